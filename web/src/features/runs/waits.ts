import { useEffect, useState } from "react";
import { sentence } from "../../api/client";
import type { RunDetail, RunEvent } from "../../api/types";
import { isOver } from "./words";

/** A limit lets nothing through until then. */
export interface Wait {
  /** Milliseconds since the epoch. */
  until: number;
  reason: string;
  instance: string | null;
}

/** What the run itself waits for, and each of its steps; gone by themselves when the time has come. */
export function useWaits(run: RunDetail, lines: RunEvent[]): { run: Wait | null; steps: Record<string, Wait> } {
  const [, tick] = useState(0);
  const over = isOver(run.status);
  const now = Date.now();
  const steps: Record<string, Wait> = {};
  if (!over) {
    for (const line of lines) {
      const wait =
        line.kind === "wait" && line.step_id ? waitOf(line.data.until, line.data.instance, line.message) : null;
      if (wait && line.step_id && wait.until > now) steps[line.step_id] = wait;
    }
  }
  const own = over || !run.waiting ? null : waitOf(run.waiting.until, run.waiting.instance, run.waiting.reason);
  const all = own && own.until > now ? own : null;
  const next = Math.min(...[all, ...Object.values(steps)].map((wait) => wait?.until ?? Number.POSITIVE_INFINITY));
  useEffect(() => {
    if (!Number.isFinite(next)) return;
    const timer = setTimeout(() => tick((old) => old + 1), Math.min(next - Date.now() + 50, 60_000));
    return () => clearTimeout(timer);
  }, [next]);
  return { run: all, steps };
}

/** The log says "<instance>: <reason>"; the instance stands beside it anyway. */
function waitOf(until: unknown, instance: unknown, message: string): Wait | null {
  const at = typeof until === "string" ? new Date(until).getTime() : Number.NaN;
  if (Number.isNaN(at)) return null;
  const name = typeof instance === "string" ? instance : null;
  const reason = name && message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
  return { until: at, reason: sentence(reason), instance: name };
}
