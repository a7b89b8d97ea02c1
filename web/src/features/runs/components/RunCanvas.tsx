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
import { clock } from "../../../kit/Time";
import type { Wait } from "../waits";
import { startedBy } from "../words";

interface Props {
  run: RunDetail;
  isLive: boolean;
  /** By step. */
  waits: Record<string, Wait>;
  selected: string | null;
  onSelect: (id: string | null) => void;
}

/** The flow as it ran: counts on the cards and on the links, live. */
export function RunCanvas({ run, isLive, waits, selected, onSelect }: Props) {
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
      counts[step.step_id] = countsOf(step, isLive, waits[step.step_id]);
      for (const [port, records] of Object.entries(step.ports)) passed[`${step.step_id}.${port}`] = brief(records);
    }
    // A step that waits with its first call has counted nothing yet.
    for (const [id, wait] of Object.entries(waits)) counts[id] ??= { text: "", failed: null, ...busy(true, wait) };
    return { counts, passed };
  }, [run.steps, isLive, waits]);
  const height = Math.max(210, Math.min(420, 150 + rowsOf(document) * 90));
  return (
    <section className="card" style={{ height, overflow: "hidden" }}>
      {kinds.data ? (
        <Canvas
          document={document}
          boxes={boxes}
          startLine={startedBy(run)}
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

const busy = (isBusy: boolean, wait: Wait | undefined) => ({
  isBusy,
  wait: isBusy && wait ? { text: `until ${clock(wait.until, true)}`, why: wait.reason } : null,
});

function countsOf(step: RunStep, isLive: boolean, wait: Wait | undefined): Counts {
  const failed = step.failed || step.error ? `${count(step.failed)} failed` : null;
  const state = busy(isLive && step.ended_at === null, wait);
  if (step.sent || step.confirmed || step.skipped) {
    const skipped = step.skipped ? `, ${count(step.skipped)} already there` : "";
    return { text: `${count(step.confirmed)} of ${count(step.records_in)} confirmed${skipped}`, failed, ...state };
  }
  if (step.dropped) return { text: `${count(step.records_out)} on, ${count(step.dropped)} out`, failed, ...state };
  if (!step.records_in && step.requests)
    return { text: `${count(step.records_out)} in ${count(step.requests)} requests`, failed, ...state };
  return {
    text:
      step.records_in === step.records_out
        ? `${count(step.records_out)} records`
        : `${count(step.records_in)} in, ${count(step.records_out)} out`,
    failed,
    ...state,
  };
}
