import { Button, Group, Modal, Skeleton, Stack } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../../../api/actions";
import { post } from "../../../api/client";
import { connectorsStale, useChanges } from "../../../api/connectors";
import type { Changes, ConnectorRow } from "../../../api/types";
import { Difference, PathList } from "../../../kit/Difference";
import { ErrorNote } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";
import { Conflicts, type Side } from "./Conflicts";

/** What an update brings, which flows it touches and what of yours it meets, before it reaches all instances at once. */
export function UpdateDialog({
  connector,
  onClose,
}: {
  connector: Pick<ConnectorRow, "slug" | "title" | "instances">;
  onClose: () => void;
}) {
  const changes = useChanges(connector.slug);
  const [choices, setChoices] = useState<Record<string, Side>>({});
  const update = useAction(() => post<Changes>(`/connectors/${connector.slug}/update`, { choices }), {
    stale: connectorsStale,
    quiet: true,
    say: (result) => `${connector.title} is now ${result.to}.`,
    done: onClose,
  });
  const conflicts = changes.data?.conflicts ?? [];
  const kept = (changes.data?.edited ?? []).filter((path) => !conflicts.some((one) => one.path === path));
  const isDecided = conflicts.every((one) => choices[one.path]);
  return (
    <Modal opened onClose={onClose} title={`Update ${connector.title}`} size="xl">
      <Stack gap="sm">
        {changes.error ? (
          <ErrorNote error={changes.error} again={() => changes.refetch()} />
        ) : !changes.data ? (
          <Skeleton h={140} />
        ) : (
          <>
            <Difference changes={changes.data} instances={connector.instances.length} />
            {kept.length > 0 && <PathList word="Your edits are kept" paths={kept} />}
            {conflicts.length > 0 && (
              <Conflicts
                conflicts={conflicts}
                choices={choices}
                choose={(path, side) => setChoices((old) => ({ ...old, [path]: side }))}
              />
            )}
          </>
        )}
        {update.error && <ErrorNote error={update.error} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            Not now
          </Button>
          <Button disabled={!changes.data || !isDecided} loading={update.isPending} onClick={() => update.mutate()}>
            {connector.instances.length
              ? `Update ${plural(connector.instances.length, "instance")}`
              : "Update connector"}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
