import { IconClockPause } from "@tabler/icons-react";
import { clock } from "../../../kit/Time";
import type { Wait } from "../waits";

/** "Waiting until 10:42:05 — rate limit": a limit lets nothing through yet. */
export function Waiting({ wait }: { wait: Wait | null }) {
  if (!wait) return null;
  return (
    <span className="status amber waiting" role="status">
      <IconClockPause size={14} stroke={2} />
      <span>
        Waiting until {clock(wait.until, true)} — {wait.instance ? `${wait.instance}: ` : ""}
        {wait.reason.replace(/\.$/, "")}
      </span>
    </span>
  );
}
