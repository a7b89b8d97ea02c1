import { Button, Group, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useState } from "react";
import { useAction } from "../../../api/actions";
import { post } from "../../../api/client";
import { connectorsStale, useHistory, useRollback } from "../../../api/connectors";
import type { Changes, ConnectorRow, OldVersion } from "../../../api/types";
import { Difference } from "../../../kit/Difference";
import { ErrorNote, Note } from "../../../kit/Note";
import { Card } from "../../../kit/Page";
import { Time } from "../../../kit/Time";
import { Origin } from "./Origin";

/** What stands now and what stood before it; the last change can be taken back. */
export function Versions({ connector }: { connector: ConnectorRow }) {
  const history = useHistory(connector.slug);
  const [isAsking, setIsAsking] = useState(false);
  if (history.error) return <ErrorNote error={history.error} again={() => history.refetch()} />;
  if (!history.data) return <Skeleton h={160} />;
  const [last] = history.data;
  return (
    <Card
      title="Versions"
      aside={
        last && (
          <Button variant="default" leftSection={<IconArrowBackUp size={14} />} onClick={() => setIsAsking(true)}>
            {last.version === connector.version ? "Roll back the last change" : `Roll back to ${last.version}`}
          </Button>
        )
      }
    >
      <table className="rows">
        <thead>
          <tr>
            <th>Version</th>
            <th>In place</th>
            <th>Replaced</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>
              <Group gap={8}>
                <b>{connector.version}</b>
                <Origin connector={connector} />
              </Group>
            </td>
            <td>
              Now, since <Time at={connector.updated_at} />
            </td>
            <td className="faint">in use</td>
          </tr>
          {history.data.map((old) => (
            <tr key={old.replaced_at}>
              <td>
                <Group gap={8}>
                  {old.version}
                  {old.edited && <span className="chip">edited</span>}
                </Group>
              </td>
              <td className="faint">earlier</td>
              <td>
                <Time at={old.replaced_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!last && (
        <Text size="sm" c="dimmed" px={16} py={12}>
          Nothing has been replaced yet. An update or an edit leaves what stood before it here.
        </Text>
      )}
      {isAsking && last && <RollBack connector={connector} to={last} onClose={() => setIsAsking(false)} />}
    </Card>
  );
}

function RollBack({ connector, to, onClose }: { connector: ConnectorRow; to: OldVersion; onClose: () => void }) {
  const back = useAction(() => post<Changes>(`/connectors/${connector.slug}/rollback`), {
    stale: connectorsStale,
    quiet: true,
    say: (result) => `${connector.title} is ${result.to} again.`,
    done: onClose,
  });
  const changes = useRollback(connector.slug);
  return (
    <Modal opened onClose={onClose} size="lg" title={`Roll ${connector.title} back`}>
      <Stack gap="sm">
        <Text size="sm">
          What stands now{connector.edited && ", your edits included,"} is put aside, and what stood before it
          {to.edited && ", with its edits,"} comes back.
        </Text>
        {changes.error ? (
          <ErrorNote error={changes.error} again={() => changes.refetch()} />
        ) : changes.data ? (
          <Difference changes={changes.data} instances={connector.instances.length} />
        ) : (
          <Skeleton h={120} />
        )}
        <Note tone="grey" title="Nothing is lost">
          Rolling back once more brings today's version back. Flows stay as they are.
        </Note>
        {back.error && <ErrorNote error={back.error} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            Keep what stands
          </Button>
          <Button disabled={!changes.data} loading={back.isPending} onClick={() => back.mutate()}>
            Roll back
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
