import { Button, Group, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useAction } from "../../../api/actions";
import { post, put } from "../../../api/client";
import { connectorsStale } from "../../../api/connectors";
import { stringify } from "../../../api/exact";
import type { Changes, ConnectorDetail } from "../../../api/types";
import { Difference } from "../../../kit/Difference";
import type { Values } from "../../../kit/form/schema";
import { ErrorNote } from "../../../kit/Note";

interface Props {
  connector: ConnectorDetail;
  document: Values;
  onSaved: () => void;
  onClose: () => void;
}

/** What saving changes for the instances and flows that are there, before it is done. */
export function SaveDialog({ connector, document, onSaved, onClose }: Props) {
  const { slug } = connector;
  const changes = useQuery({
    queryKey: ["builder", "compare", slug, stringify(document)],
    queryFn: () => post<Changes>(`/connectors/${slug}/compare`, { document }),
    gcTime: 0,
    retry: false,
  });
  const save = useAction(() => put<ConnectorDetail>(`/connectors/${slug}`, { document }), {
    stale: connectorsStale,
    quiet: true,
    say: (saved) => `${saved.title} is saved.`,
    done: onSaved,
  });
  return (
    <Modal opened onClose={onClose} title={`Save ${connector.title}`} size="lg">
      <Stack gap="sm">
        {changes.error ? (
          <ErrorNote error={changes.error} />
        ) : changes.data ? (
          <Difference changes={changes.data} instances={connector.instances.length} />
        ) : (
          <Skeleton h={120} />
        )}
        {connector.origin === "marketplace" && !connector.edited && (
          <Text size="sm" c="dimmed">
            From now on it is an edited copy of the marketplace's; updates keep your edits.
          </Text>
        )}
        {save.error && <ErrorNote error={save.error} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            Back to the file
          </Button>
          <Button disabled={!changes.data} loading={save.isPending} onClick={() => save.mutate()}>
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
