import { Button, Group, Stack } from "@mantine/core";
import { Link } from "react-router";
import { sentence } from "../../../../api/client";
import type { InstanceRow } from "../../../../api/types";
import { Note } from "../../../../kit/Note";

interface Props {
  instance: InstanceRow;
  isNew: boolean;
  again: () => void;
  onClose: () => void;
}

/** It is saved: how the check went, and what to do next. */
export function CheckedStep({ instance, isNew, again, onClose }: Props) {
  const isHealthy = instance.health === "healthy";
  return (
    <Stack>
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
          : `${sentence(instance.health_message)} Check it again on the page of connectors when the application is back.`}
      </Note>
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
