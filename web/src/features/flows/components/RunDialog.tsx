import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useAction } from "../../../api/actions";
import { post } from "../../../api/client";
import type { FlowDetail, FlowDocument, RunRow } from "../../../api/types";
import { DictField } from "../../../kit/form/DictField";
import { JsonField } from "../../../kit/form/JsonField";
import { Fold } from "../../../kit/form/SchemaForm";
import type { Values } from "../../../kit/form/schema";
import { ErrorNote, Note } from "../../../kit/Note";
import { statusWord } from "../../../kit/Status";

interface Props {
  flow: FlowDetail;
  document: FlowDocument;
  isChanged: boolean;
  onClose: () => void;
}

/** Run by hand: which version, with what payload and variables. */
export function RunDialog({ flow, document, isChanged, onClose }: Props) {
  const usual = flow.deployed_version ?? flow.draft_version;
  const [version, setVersion] = useState(String(usual ?? ""));
  const [payload, setPayload] = useState<unknown>();
  const [isValid, setIsValid] = useState(true);
  const [variables, setVariables] = useState<Values>(() =>
    Object.fromEntries((document.settings?.variables ?? []).map((one) => [one.key, one.value ?? ""])),
  );
  const [more, setMore] = useState(Object.keys(variables).length > 0);
  const go = useNavigate();
  const run = useAction(
    () => post<RunRow>(`/flows/${flow.id}/run`, { version: Number(version), payload: payload ?? null, variables }),
    {
      stale: [["runs"], ["flows"], ["summary"]],
      quiet: true,
      done: (started) => go(`/runs/${started.id}`),
    },
  );
  if (usual === null) return null;
  return (
    <Modal opened onClose={onClose} title={`Run ${flow.name}`} size={540}>
      <Stack>
        {isChanged && (
          <Note tone="amber" title="Your unsaved changes are not part of this run.">
            Save the draft first, then choose it here.
          </Note>
        )}
        <Select
          label="Version"
          allowDeselect={false}
          value={version}
          onChange={(value) => setVersion(value ?? "")}
          data={[...flow.versions]
            .sort((a, b) => b.version - a.version)
            .map((one) => ({
              value: String(one.version),
              label: `Version ${one.version}, ${statusWord(one.status).toLowerCase()}`,
            }))}
        />
        <Fold open={more} onToggle={() => setMore(!more)} label="Payload and variables" />
        {more && (
          <>
            <JsonField
              label="Payload"
              description="A record or a list of records; empty for none"
              value={payload}
              onChange={setPayload}
              onValid={setIsValid}
            />
            <DictField
              label="Variables"
              description="In place of the flow's own values"
              value={variables}
              onChange={(next) => setVariables(next as Values)}
            />
          </>
        )}
        {run.error && <ErrorNote error={run.error} />}
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            The run is durable once it has started.
          </Text>
          <Button size="sm" disabled={!isValid} loading={run.isPending} onClick={() => run.mutate()} data-autofocus>
            Run now
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
