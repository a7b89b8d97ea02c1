import { useState } from "react";
import { count } from "./numbers";

export interface Bar {
  label: string;
  good: number;
  bad: number;
}

/** A round number at or above the value, for the top of an axis. */
export function niceTop(value: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return ([1, 2, 2.5, 5, 10].find((step) => step * size >= value) ?? 10) * size;
}

/** Bars over time: what arrived, and on top what failed. The figures stand above while one points at a bar. */
export function Bars({ bars, height = 132, unit }: { bars: Bar[]; height?: number; unit: string }) {
  const [at, setAt] = useState<number | null>(null);
  const top = niceTop(Math.max(1, ...bars.map((bar) => bar.good + bar.bad)));
  const shown = at === null ? null : bars[at];
  return (
    <div>
      <div className="faint" style={{ fontSize: 12, height: 20, display: "flex", justifyContent: "space-between" }}>
        <span>{count(top)}</span>
        <span>
          {shown
            ? `${shown.label}: ${count(shown.good)} arrived${shown.bad ? `, ${count(shown.bad)} failed` : ""}`
            : unit}
        </span>
      </div>
      <div
        role="img"
        aria-label={`${unit}: ${bars.map((bar) => `${bar.label} ${bar.good + bar.bad}`).join(", ")}`}
        style={{
          height,
          display: "flex",
          alignItems: "flex-end",
          borderBottom: "1px solid var(--line-strong)",
          borderTop: "1px dashed var(--line)",
        }}
        onMouseLeave={() => setAt(null)}
      >
        {bars.map((bar, index) => (
          <div
            key={index}
            onMouseEnter={() => setAt(index)}
            style={{
              flex: 1,
              height: "100%",
              display: "flex",
              flexDirection: "column",
              justifyContent: "flex-end",
              padding: "0 2px",
              background: at === index ? "var(--hover)" : undefined,
            }}
          >
            <div
              style={{
                height: `${(bar.bad / top) * 100}%`,
                minHeight: bar.bad ? 3 : 0,
                background: "var(--red-fill)",
                borderRadius: "2px 2px 0 0",
              }}
            />
            <div
              style={{
                height: `${(bar.good / top) * 100}%`,
                minHeight: bar.good ? 2 : 0,
                background: "var(--accent)",
                borderRadius: bar.bad ? 0 : "2px 2px 0 0",
                opacity: 0.85,
              }}
            />
          </div>
        ))}
      </div>
      <div
        className="faint"
        style={{ fontSize: 12, display: "flex", justifyContent: "space-between", paddingTop: 4 }}
      >
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part}>{bars[Math.round(part * (bars.length - 1))]?.label}</span>
        ))}
      </div>
    </div>
  );
}
