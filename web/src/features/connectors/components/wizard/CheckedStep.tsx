import { Button, Group, Stack } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { sentence } from "../../../../api/client";
import type { InstanceRow } from "../../../../api/types";
import { Note } from "../../../../kit/Note";
import { Authorise } from "../Authorise";

interface Props {
  instance: InstanceRow;
  isNew: boolean;
  again: () => void;
  onClose: () => void;
}

/** It is saved: how the check went, and what to do next. */
export function CheckedStep({ instance, isNew, again, onClose }: Props) {
  const [isGranted, setIsGranted] = useState(false);
  const isHealthy = instance.health === "healthy" || isGranted;
  const asks = instance.asks_consent && instance.health === "needs_authorisation";
  return (
    <Stack>
      {asks && !isGranted && (
        <Note tone="amber" title={`${instance.name} is saved. One step is left: let Weftline in.`}>
          {instance.connector_title} asks on its own page whether Weftline may use the account.
        </Note>
      )}
      {asks && <Authorise instance={instance} onDone={() => setIsGranted(true)} />}
      {!asks && (
        <Note
          tone={isHealthy ? "green" : "amber"}
          title={
            isHealthy
              ? `${instance.name} answered and accepted the credentials.`
              : `${instance.name} is saved, but was not checked.`
          }
        >
          {isHealthy
            ? "It can be used in flows now."
            : `${sentence(instance.health_message)} Check it again on its page when the application is back.`}
        </Note>
      )}
      <Group justify="flex-end" gap={8}>
        {isNew && (
          <Button size="sm" variant="default" onClick={again}>
            Add another
          </Button>
        )}
        {isNew && (
          <Button size="sm" variant="default" component={Link} to="/flows?new">
            Draw a flow
          </Button>
        )}
        <Button size="sm" onClick={onClose} data-autofocus>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
