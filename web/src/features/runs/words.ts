import { errorRecord, type FlowDocument, type RunDetail, type RunRow, type Step } from "../../api/types";
import { instancesOf } from "../../canvas/describe";
import { joinNames } from "../../canvas/names";
import { count, plural, span } from "../../kit/numbers";
import { clock } from "../../kit/Time";

export const isOver = (status: RunRow["status"]): boolean => status !== "queued" && status !== "running";

/** Seconds that a run took, or has taken so far. */
export function secondsOf(run: RunRow): number | null {
  if (!run.started_at) return null;
  const end = run.ended_at ? new Date(run.ended_at).getTime() : Date.now();
  return Math.max(0, (end - new Date(run.started_at).getTime()) / 1000);
}

/** What is counted: the word before the dot of the source's endpoint (`orders.list`), else records. */
function nounOf(steps: Step[], run: RunDetail): string {
  const sources = new Set(run.sources.map((source) => source.instance));
  const step = steps.find((one) => instancesOf(one).some((name) => sources.has(name)));
  const word = String(step?.endpoint ?? "").split(".")[0] ?? "";
  return /^[a-z_]{3,}s$/.test(word) ? word.replaceAll("_", " ") : "records";
}

/** Where records were sent. */
function targetOf(steps: Step[], run: RunDetail): string {
  const names = run.steps
    .filter((one) => one.sent > 0 || one.confirmed > 0)
    .flatMap((one) => instancesOf(steps.find((step) => step.id === one.step_id) ?? { id: "", shape: "" }));
  return joinNames([...new Set(names)]);
}

/** The sentence that a person came for: did everything arrive, and if not, what happened? */
export function runSentence(run: RunDetail): string {
  const steps = ((run.document as FlowDocument | null)?.steps ?? []) as Step[];
  const noun = nounOf(steps, run);
  const target = targetOf(steps, run);
  const one = noun.replace(/s$/, "");
  const pulled = plural(run.pulled, one, noun);
  if (run.waiting)
    return `${arrived(run, noun, target)}; waits for ${run.waiting.instance ?? "a limit"} until ${clock(run.waiting.until, true)}.`;
  switch (run.status) {
    case "queued":
      return "Waiting for its turn.";
    case "running":
      return run.pulled || run.confirmed
        ? `${arrived(run, noun, target)} so far${run.failed ? `, ${count(run.failed)} failed` : ""}.`
        : "Started; nothing pulled yet.";
    case "failed":
      if (waitsForConsent(run))
        return `Ended where ${parkedFor(run)} had to be authorised; ${arrived(run, noun, target)}.`;
      return run.pulled || run.confirmed
        ? `Failed: ${arrived(run, noun, target)}.`
        : "Failed before the first record.";
    case "parked":
      return `Parked until ${parkedFor(run)} is authorised again; ${arrived(run, noun, target)}.`;
    case "stopped":
      return `Stopped; ${arrived(run, noun, target)}.`;
    default: {
      const dropped = run.steps.reduce((sum, step) => sum + step.dropped, 0);
      if (!target) return `${pulled} processed${run.failed ? `, ${count(run.failed)} failed` : ""}.`;
      const rest = [
        ...(run.failed ? [`${count(run.failed)} failed`] : []),
        ...(dropped ? [`${count(dropped)} filtered out`] : []),
      ];
      return `${arrived(run, noun, target)}${rest.length ? `, ${rest.join(", ")}` : ""}.`;
    }
  }
}

/** Whether the run ended because a person must let an instance in; it is "failed" once another went on. */
export const waitsForConsent = (run: RunRow): boolean =>
  (run.status === "parked" || run.status === "failed") && Boolean(errorRecord(run.error)?.context?.needs_consent);

/** What started the run. */
export const startedBy = (run: RunRow): string =>
  run.trigger === "authorised" ? "consent" : run.retry_of ? "retry" : run.trigger;

/** The instance that a person must let in. */
function parkedFor(run: RunDetail): string {
  const name = errorRecord(run.error)?.context?.instance;
  return typeof name === "string" && name ? name : "its instance";
}

function arrived(run: RunDetail, noun: string, target: string): string {
  if (!target)
    return run.confirmed || !run.pulled
      ? `${count(run.confirmed)} ${noun} arrived`
      : `${count(run.pulled)} ${noun} pulled`;
  return run.pulled
    ? `${count(run.confirmed)} of ${count(run.pulled)} ${noun} reached ${target}`
    : `${count(run.confirmed)} ${noun} reached ${target}`;
}

/** Records a second over the whole run. */
export function paceOf(run: RunRow): string {
  const seconds = secondsOf(run);
  const done = run.confirmed || run.pulled;
  return seconds && seconds > 0.2 && done ? count(Math.round(done / seconds)) : "–";
}

export const durationOf = (run: RunRow): string => span(secondsOf(run));
