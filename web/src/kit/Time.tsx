import { Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";

const STEPS: [number, Intl.RelativeTimeFormatUnit, number][] = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86400, "hour", 3600],
  [86400 * 14, "day", 86400],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });

/** "12 min. ago", or the date where that says more. */
export function ago(at: string, now = Date.now()): string {
  const moment = new Date(at);
  const seconds = (moment.getTime() - now) / 1000;
  if (Math.abs(seconds) < 5) return "just now";
  for (const [limit, unit, size] of STEPS) {
    if (Math.abs(seconds) < limit) return relative.format(Math.round(seconds / size), unit);
  }
  return moment.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/** 17:42, in the person's zone. */
export const clock = (at: string | number, withSeconds = false) =>
  new Date(at).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(withSeconds ? { second: "2-digit" } : {}),
  });

/** A time in the person's zone; the exact instant on hover. */
export function Time({ at, exact = false }: { at: string | null | undefined; exact?: boolean }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (exact || !at) return;
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, [at, exact]);
  if (!at) return <span className="faint">–</span>;
  const moment = new Date(at);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Tooltip
      label={
        <>
          {moment.toLocaleString("en-GB", { dateStyle: "full", timeStyle: "medium" })} {zone}
          <br />
          <span className="mono">{at}</span>
        </>
      }
    >
      <time dateTime={at} className="nowrap">
        {exact ? clock(at, true) : ago(at, Math.max(now, Date.now()))}
      </time>
    </Tooltip>
  );
}
