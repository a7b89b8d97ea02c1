import { useEffect, useState } from "react";
import type { RunDetail } from "../../../api/types";
import { Figures } from "../../../kit/Figures";
import { count } from "../../../kit/numbers";
import type { Point } from "../useLive";
import { durationOf, isOver, paceOf } from "../words";
import { PacePlot } from "./PacePlot";

/** The figures of a run, and its pace over time. */
export function RunFigures({ run, points }: { run: RunDetail; points: Point[] }) {
  const over = isOver(run.status);
  const [, tick] = useState(0);
  useEffect(() => {
    if (over) return;
    const timer = setInterval(() => tick((old) => old + 1), 500);
    return () => clearInterval(timer);
  }, [over]);
  const requests = run.steps.reduce((sum, step) => sum + step.requests, 0);
  return (
    <div style={{ display: "flex", gap: 32, alignItems: "center", flexWrap: "wrap" }}>
      <Figures
        items={[
          { value: count(run.pulled), word: "pulled" },
          { value: count(run.sent), word: "sent" },
          { value: count(run.confirmed), word: "confirmed" },
          { value: count(run.failed), word: "failed", tone: run.failed ? "red" : undefined },
          { value: count(requests), word: "requests" },
          { value: durationOf(run), word: over ? "took" : "so far" },
          { value: paceOf(run), word: "records a second" },
        ]}
      />
      {points.length > 3 && <PacePlot points={points} />}
    </div>
  );
}
