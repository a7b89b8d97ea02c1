import { Button, Group, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { Link } from "react-router";
import { useAction } from "../../../api/actions";
import { post } from "../../../api/client";
import { connectorsStale, useChanges } from "../../../api/connectors";
import type { Changes, ConnectorRow } from "../../../api/types";
import { ErrorNote, Note } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";

/** What an update brings, and which flows it touches, before it is applied to all instances at once. */
export function UpdateDialog({
  connector,
  onClose,
}: {
  connector: Pick<ConnectorRow, "slug" | "title" | "instances">;
  onClose: () => void;
}) {
  const changes = useChanges(connector.slug);
  const update = useAction(() => post<Changes>(`/connectors/${connector.slug}/update`), {
    stale: connectorsStale,
    quiet: true,
    say: (result) => `${connector.title} is now ${result.to}.`,
    done: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={`Update ${connector.title}`} size="lg">
      <Stack gap="sm">
        {changes.error ? (
          <ErrorNote error={changes.error} again={() => changes.refetch()} />
        ) : !changes.data ? (
          <Skeleton h={140} />
        ) : (
          <Difference changes={changes.data} instances={connector.instances.length} />
        )}
        {update.error && <ErrorNote error={update.error} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            Not now
          </Button>
          <Button disabled={!changes.data} loading={update.isPending} onClick={() => update.mutate()}>
            {connector.instances.length
              ? `Update ${plural(connector.instances.length, "instance")}`
              : "Update connector"}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Difference({ changes, instances }: { changes: Changes; instances: number }) {
  const groups: [string, string[]][] = [
    ["Added", changes.added],
    ["Changed", changes.changed],
    ["Removed", changes.removed],
  ];
  const known = groups.filter(([, keys]) => keys.length > 0);
  return (
    <>
      <Text size="sm">
        From <b>{changes.from}</b> to <b>{changes.to}</b>
        {instances
          ? `, for ${plural(instances, "instance")} at once. Credentials and settings stay.`
          : ". It has no instance yet."}
      </Text>
      {known.length === 0 && (
        <Text size="sm" c="dimmed">
          No endpoint is added, changed or removed.
        </Text>
      )}
      {known.map(([word, keys]) => (
        <div key={word}>
          <Text size="xs" c="dimmed" mb={3}>
            {word}
          </Text>
          <Group gap={6}>
            {keys.map((key) => (
              <span key={key} className="chip mono">
                {key}
              </span>
            ))}
          </Group>
        </div>
      ))}
      {changes.flows.length > 0 && (
        <Note
          tone={changes.removed.length ? "red" : "amber"}
          title={`${plural(changes.flows.length, "step")} in your flows use what changes`}
        >
          {changes.flows.map((flow) => (
            <div key={`${flow.id}${flow.version}${flow.step_id}`}>
              <Link to={`/flows/${flow.id}`} className="textlink">
                {flow.name}
              </Link>{" "}
              version {flow.version}, step <span className="mono">{flow.step_id}</span>:{" "}
              <span className="mono">{flow.endpoint}</span>
            </div>
          ))}
        </Note>
      )}
    </>
  );
}
