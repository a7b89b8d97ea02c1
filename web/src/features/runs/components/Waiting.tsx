import { Tooltip } from "@mantine/core";
import { IconClockPause } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { sentence } from "../../../api/client";
import type { RunDetail } from "../../../api/types";
import { span } from "../../../kit/numbers";
import { clock } from "../../../kit/Time";
import { isOver } from "../words";

/** "Waiting until 10:42:05": a limit lets nothing through yet; gone by itself when the time has come. */
export function Waiting({ run }: { run: RunDetail }) {
  const [now, setNow] = useState(Date.now);
  const until = run.waiting && !isOver(run.status) ? new Date(run.waiting.until).getTime() : 0;
  useEffect(() => {
    if (!until) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [until]);
  const left = (until - Math.max(now, Date.now())) / 1000;
  if (left <= 0) return null;
  return (
    <Tooltip label={`${sentence(run.waiting?.reason ?? "")} ${span(left)} to go.`}>
      <span className="status amber">
        <IconClockPause size={14} stroke={2} />
        Waiting{run.waiting?.instance ? ` for ${run.waiting.instance}` : ""} until {clock(until, true)}
      </span>
    </Tooltip>
  );
}
