import { Button, Group, Modal, Radio, Select, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { useAction } from "../../../api/actions";
import { get, post } from "../../../api/client";
import { flowsStale, useFlows } from "../../../api/flows";
import type { FlowDetail, FlowDocument } from "../../../api/types";
import { ErrorNote } from "../../../kit/Note";

type Beginning = "sync" | "webhook" | "copy" | "blank";

const BEGINNINGS: { value: Beginning; title: string; text: string }[] = [
  { value: "sync", title: "Pull, map, send", text: "Records of one application become records of another." },
  {
    value: "webhook",
    title: "Webhook, filter, send",
    text: "Another application calls; what it sends is filtered, mapped and sent on.",
  },
  { value: "copy", title: "A copy of a flow", text: "Begin from one that works." },
  { value: "blank", title: "An empty canvas", text: "Nothing but the start." },
];

/** A new flow: its name, and what it begins with. */
export function NewFlowDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [beginning, setBeginning] = useState<Beginning>("sync");
  const [source, setSource] = useState<string | null>(null);
  const flows = useFlows();
  const go = useNavigate();
  const make = useAction(
    async () => {
      const document = beginning === "copy" ? await copyOf(source) : drawn(beginning);
      return post<FlowDetail>("/flows", { document: { ...document, name: name.trim() } });
    },
    { stale: flowsStale, quiet: true, done: (flow) => go(`/flows/${flow.id}`) },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const isReady = name.trim() !== "" && (beginning !== "copy" || source !== null);
  return (
    <Modal opened onClose={onClose} title="New flow" size={520}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name"
            placeholder="Orders to the ERP"
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <Radio.Group label="Begin with" value={beginning} onChange={(value) => setBeginning(value as Beginning)}>
            <Stack gap={7} mt={4}>
              {BEGINNINGS.filter((one) => one.value !== "copy" || flows.data?.length).map((one) => (
                <Radio.Card key={one.value} value={one.value} p={10} radius="md">
                  <Group wrap="nowrap" gap="sm" align="flex-start">
                    <Radio.Indicator mt={2} size="xs" />
                    <div style={{ lineHeight: 1.4 }}>
                      <div style={{ fontWeight: 500, fontSize: 13.5 }}>{one.title}</div>
                      <div className="quiet" style={{ fontSize: 12.5 }}>
                        {one.text}
                      </div>
                    </div>
                  </Group>
                </Radio.Card>
              ))}
            </Stack>
          </Radio.Group>
          {beginning === "copy" && (
            <Select
              label="Flow"
              data={(flows.data ?? []).map((flow) => ({ value: flow.id, label: flow.name }))}
              value={source}
              onChange={setSource}
              searchable
            />
          )}
          {make.error && <ErrorNote error={make.error} />}
          <Group justify="flex-end">
            <Button type="submit" size="sm" disabled={!isReady} loading={make.isPending}>
              Create flow
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

async function copyOf(id: string | null): Promise<FlowDocument> {
  const flow = await get<FlowDetail>(`/flows/${id}`);
  return (flow.draft ?? flow.deployed ?? { name: "" }) as FlowDocument;
}

function drawn(beginning: Beginning): FlowDocument {
  if (beginning === "blank") return { name: "", steps: [], links: [] };
  const map = { id: "map", shape: "map", title: "Map the fields", rules: [] };
  const push = { id: "push", shape: "connector", title: "Send records" };
  if (beginning === "webhook") {
    return {
      name: "",
      triggers: [{ kind: "webhook", key: "webhook" }],
      steps: [
        { id: "keep", shape: "filter", title: "Keep what matters", keep: { field: "id", operator: "is_not_empty" } },
        map,
        push,
      ],
      links: [
        { from: "keep.out", to: "map" },
        { from: "map.out", to: "push" },
      ],
    };
  }
  return {
    name: "",
    steps: [{ id: "pull", shape: "connector", title: "Pull records" }, map, push],
    links: [
      { from: "pull.out", to: "map" },
      { from: "map.out", to: "push" },
    ],
  };
}
