import { Tooltip } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconLoader2,
  IconLock,
  IconPlayerStop,
  IconPlugOff,
  IconProgressCheck,
  IconQuestionMark,
  IconSend,
  type TablerIcon,
} from "@tabler/icons-react";

type Tone = "green" | "amber" | "red" | "grey" | "accent";
type Look = [Tone, string, TablerIcon];

const LOOKS: Record<string, Look> = {
  queued: ["grey", "Queued", IconClock],
  running: ["accent", "Running", IconLoader2],
  success: ["green", "Success", IconCircleCheck],
  partial_success: ["amber", "Partial success", IconAlertTriangle],
  failed: ["red", "Failed", IconCircleX],
  parked: ["amber", "Parked", IconLock],
  stopped: ["grey", "Stopped", IconPlayerStop],
  healthy: ["green", "Healthy", IconCircleCheck],
  unchecked: ["grey", "Not checked", IconCircleDashed],
  needs_authorisation: ["red", "Needs authorisation", IconLock],
  unreachable: ["amber", "Unreachable", IconPlugOff],
  confirmed: ["green", "Confirmed", IconCircleCheck],
  intended: ["grey", "Intended", IconProgressCheck],
  sent: ["accent", "Sent", IconSend],
  uncertain: ["amber", "Uncertain", IconQuestionMark],
  deployed: ["green", "Deployed", IconCircleCheck],
  draft: ["grey", "Draft", IconCircleDashed],
  inactive: ["grey", "Inactive", IconCircleDashed],
};

export const statusWord = (of: string) => LOOKS[of]?.[1] ?? of;

/** A status as icon and word, never colour alone. */
export function Status({ of, hint, bare }: { of: string; hint?: string | null; bare?: boolean }) {
  const [tone, word, Icon] = LOOKS[of] ?? ["grey", of, IconCircleDashed];
  const badge = (
    <span className={`status ${tone}${bare ? " bare" : ""}`}>
      <Icon size={14} stroke={2} className={of === "running" ? "spin" : undefined} />
      {word}
    </span>
  );
  return hint ? <Tooltip label={hint}>{badge}</Tooltip> : badge;
}
