import { Skeleton } from "@mantine/core";
import { useMemo } from "react";
import { useKinds } from "../../../api/flows";
import type { FlowDocument, RunDetail, RunStep } from "../../../api/types";
import { Canvas } from "../../../canvas/Canvas";
import { boxOf } from "../../../canvas/describe";
import { START } from "../../../canvas/graph";
import { useNames } from "../../../canvas/names";
import type { Counts } from "../../../canvas/StepCard";
import { brief, count } from "../../../kit/numbers";

interface Props {
  run: RunDetail;
  isLive: boolean;
  selected: string | null;
  onSelect: (id: string | null) => void;
}

/** The flow as it ran: counts on the cards and on the links, live. */
export function RunCanvas({ run, isLive, selected, onSelect }: Props) {
  const kinds = useKinds("shapes");
  const names = useNames();
  const document = run.document as FlowDocument;
  const boxes = useMemo(
    () => (kinds.data ? (document.steps ?? []).map((step) => boxOf(step, kinds.data, names)) : []),
    [document.steps, kinds.data, names],
  );
  const { counts, passed } = useMemo(() => {
    const counts: Record<string, Counts> = {};
    const passed: Record<string, string> = {};
    for (const step of run.steps) {
      counts[step.step_id] = countsOf(step, isLive);
      for (const [port, records] of Object.entries(step.ports)) passed[`${step.step_id}.${port}`] = brief(records);
    }
    return { counts, passed };
  }, [run.steps, isLive]);
  const height = Math.max(210, Math.min(420, 150 + rowsOf(document) * 90));
  return (
    <section className="card" style={{ height, overflow: "hidden" }}>
      {kinds.data ? (
        <Canvas
          document={document}
          boxes={boxes}
          startLine={run.trigger}
          counts={counts}
          passed={passed}
          isLive={isLive}
          selected={selected}
          onSelect={(id) => onSelect(id === START ? null : id)}
        />
      ) : (
        <Skeleton h={height} />
      )}
    </section>
  );
}

/** The most links that leave one step: how many rows the layout will need. */
function rowsOf(document: FlowDocument): number {
  const leaving = new Map<string, number>();
  for (const link of document.links ?? []) {
    const source = link.from.split(".")[0] ?? "";
    leaving.set(source, (leaving.get(source) ?? 0) + 1);
  }
  return Math.max(1, ...leaving.values());
}

function countsOf(step: RunStep, isLive: boolean): Counts {
  const failed = step.failed || step.error ? `${count(step.failed)} failed` : null;
  const isBusy = isLive && step.ended_at === null;
  if (step.sent || step.confirmed || step.skipped) {
    const skipped = step.skipped ? `, ${count(step.skipped)} already there` : "";
    return { text: `${count(step.confirmed)} of ${count(step.records_in)} confirmed${skipped}`, failed, isBusy };
  }
  if (step.dropped) return { text: `${count(step.records_out)} on, ${count(step.dropped)} out`, failed, isBusy };
  if (!step.records_in && step.requests)
    return { text: `${count(step.records_out)} in ${count(step.requests)} requests`, failed, isBusy };
  return {
    text:
      step.records_in === step.records_out
        ? `${count(step.records_out)} records`
        : `${count(step.records_in)} in, ${count(step.records_out)} out`,
    failed,
    isBusy,
  };
}
