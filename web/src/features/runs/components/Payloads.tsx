import { ActionIcon, Group, SegmentedControl, Select, Skeleton, Stack, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { type CSSProperties, useState } from "react";
import { useChunks, usePayload } from "../../../api/runs";
import type { Chunk, Step } from "../../../api/types";
import { JsonView } from "../../../kit/JsonView";
import { Empty, ErrorNote } from "../../../kit/Note";
import { bytes, count, plural } from "../../../kit/numbers";

interface Props {
  id: string;
  steps: Step[];
  step: string | null;
  isLive: boolean;
  onStep: (id: string | null) => void;
}

/** What a step saw and gave, record by record. */
export function Payloads({ id, steps, step, isLive, onStep }: Props) {
  const at = step ?? steps[1]?.id ?? steps[0]?.id ?? null;
  const [side, setSide] = useState<"in" | "out">("out");
  const [chosen, setChosen] = useState<string | null>(null);
  const [payload, setPayload] = useState(0);
  const [offset, setOffset] = useState(0);
  const chunks = useChunks(id, at, isLive);
  const chunk = chunks.data?.find((one) => one.id === chosen) ?? chunks.data?.[0] ?? null;
  const view = usePayload(id, chunk && at ? { chunk: chunk.id, step: at, side, payload, offset } : null);
  const restart = (change: () => void) => {
    change();
    setOffset(0);
    setPayload(0);
  };
  if (chunks.error) {
    return (
      <div style={{ padding: 16 }}>
        <ErrorNote error={chunks.error} again={() => chunks.refetch()} />
      </div>
    );
  }
  const total = view.data?.total ?? 0;
  return (
    <div className="besides" style={{ "--left": "250px", gap: 20, padding: 16 } as CSSProperties}>
      <Stack gap="sm">
        <Select
          label="Step"
          allowDeselect={false}
          data={steps.map((one) => ({ value: one.id, label: one.title || one.id }))}
          value={at}
          onChange={(value) => restart(() => onStep(value))}
        />
        <SegmentedControl
          size="xs"
          value={side}
          onChange={(value) => restart(() => setSide(value as "in" | "out"))}
          data={[
            { value: "in", label: "What it saw" },
            { value: "out", label: "What it gave" },
          ]}
        />
        {chunk && (
          <Select
            label="Chunk"
            description="Records that travel together"
            searchable
            data={(chunks.data ?? []).map((one, index) => ({ value: one.id, label: chunkWords(one, index) }))}
            value={chunk.id}
            onChange={(value) => restart(() => setChosen(value))}
            allowDeselect={false}
          />
        )}
        {chunk && chunk.payloads.length > 1 && (
          <Select
            label="Payload"
            allowDeselect={false}
            data={chunk.payloads.map((one, index) => ({
              value: String(index),
              label: `${index + 1}: ${plural(one.records, "record")}, ${bytes(one.size_bytes)}`,
            }))}
            value={String(payload)}
            onChange={(value) => {
              setPayload(Number(value));
              setOffset(0);
            }}
          />
        )}
        {view.data && total > 0 && (
          <Group gap={6}>
            <ActionIcon
              variant="default"
              disabled={offset === 0}
              onClick={() => setOffset(offset - 1)}
              aria-label="Previous record"
            >
              <IconChevronLeft size={15} />
            </ActionIcon>
            <Text size="sm" c="dimmed">
              {count(offset + 1)} of {count(total)}
            </Text>
            <ActionIcon
              variant="default"
              disabled={offset + 1 >= total}
              onClick={() => setOffset(offset + 1)}
              aria-label="Next record"
            >
              <IconChevronRight size={15} />
            </ActionIcon>
            {view.data.ports[0] && <span className="chip">port {view.data.ports[0]}</span>}
          </Group>
        )}
      </Stack>
      <div>
        {view.error ? (
          <ErrorNote error={view.error} again={() => view.refetch()} />
        ) : chunks.data?.length === 0 ? (
          <Empty title="Nothing came this way" text="No chunk has passed this step yet." />
        ) : !view.data ? (
          <Skeleton h={220} />
        ) : total === 0 ? (
          <Empty
            title={side === "in" ? "It saw no record" : "It gave no record"}
            text="Choose another chunk, or the other side of the step."
          />
        ) : (
          <JsonView key={`${at}${side}${chunk?.id}${payload}${offset}`} value={view.data.records[0]} height={520} />
        )}
      </div>
    </div>
  );
}

const chunkWords = (chunk: Chunk, index: number) =>
  `${index + 1} · ${chunk.source ?? "start"} · ${plural(chunk.records, "record")}`;
