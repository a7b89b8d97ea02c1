import { Button, Group, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { type QueryKey, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAction } from "../../../api/actions";
import { get, post } from "../../../api/client";
import type { FlowDetail, FlowDocument, FlowVersion } from "../../../api/types";
import { JsonView } from "../../../kit/JsonView";
import { ErrorNote } from "../../../kit/Note";
import { Status } from "../../../kit/Status";
import { Time } from "../../../kit/Time";
import { SidePanel } from "./SidePanel";

interface Props {
  flow: FlowDetail;
  stale: QueryKey[];
  isChanged: boolean;
  onClose: () => void;
}

/** One draft at most, one deployed at most, any number that were. */
export function VersionsPanel({ flow, stale, isChanged, onClose }: Props) {
  const [shown, setShown] = useState<number | null>(null);
  const restore = useAction((version: number) => post<FlowDetail>(`/flows/${flow.id}/versions/${version}/restore`), {
    stale,
    say: (answer) => `Version ${answer.draft_version} is now the draft.`,
  });
  const deploy = useAction((version: number) => post<FlowDetail>(`/flows/${flow.id}/versions/${version}/deploy`), {
    stale,
    say: (answer) => `Version ${answer.deployed_version} is deployed.`,
  });
  const versions = [...flow.versions].sort((a, b) => b.version - a.version);
  return (
    <SidePanel title="Versions" onClose={onClose}>
      <Stack gap={8}>
        {isChanged && (
          <Text size="sm" c="dimmed">
            Your unsaved changes are in no version yet.
          </Text>
        )}
        {versions.map((version) => (
          <section key={version.version} className="card" style={{ boxShadow: "none", padding: "10px 12px" }}>
            <Group justify="space-between" wrap="nowrap">
              <Text fw={600} size="sm">
                Version {version.version}
              </Text>
              <Status of={version.status} />
            </Group>
            <Text size="xs" c="dimmed" mt={2}>
              <When version={version} />
            </Text>
            <Group gap={6} mt={8}>
              <Button size="compact-xs" variant="default" onClick={() => setShown(version.version)}>
                View
              </Button>
              {version.status !== "draft" && (
                <Button
                  size="compact-xs"
                  variant="default"
                  disabled={isChanged}
                  loading={restore.isPending && restore.variables === version.version}
                  onClick={() => restore.mutate(version.version)}
                >
                  Make it the draft
                </Button>
              )}
              {version.status === "inactive" && (
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={deploy.isPending && deploy.variables === version.version}
                  onClick={() => deploy.mutate(version.version)}
                >
                  Deploy again
                </Button>
              )}
            </Group>
          </section>
        ))}
      </Stack>
      {shown !== null && <VersionDialog flow={flow} version={shown} onClose={() => setShown(null)} />}
    </SidePanel>
  );
}

function When({ version }: { version: FlowVersion }) {
  return version.deployed_at ? (
    <>
      deployed <Time at={version.deployed_at} />
    </>
  ) : (
    <>
      changed <Time at={version.updated_at} />
    </>
  );
}

function VersionDialog({ flow, version, onClose }: { flow: FlowDetail; version: number; onClose: () => void }) {
  const found = useQuery({
    queryKey: ["flows", flow.id, "versions", version],
    queryFn: () => get<{ document: FlowDocument }>(`/flows/${flow.id}/versions/${version}`),
  });
  return (
    <Modal opened onClose={onClose} title={`${flow.name}, version ${version}`} size="xl">
      {found.error ? (
        <ErrorNote error={found.error} />
      ) : found.data ? (
        <JsonView value={found.data.document} height="65vh" />
      ) : (
        <Skeleton h={300} />
      )}
    </Modal>
  );
}
