import { Skeleton, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleX, IconPointFilled } from "@tabler/icons-react";
import { useEffect, useMemo, useRef } from "react";
import { sentence } from "../../../api/client";
import { useRunEvents } from "../../../api/runs";
import type { RunEvent } from "../../../api/types";
import { ErrorNote } from "../../../kit/Note";
import { Time } from "../../../kit/Time";

const LOOKS = {
  error: { icon: IconCircleX, color: "var(--red)" },
  warning: { icon: IconAlertTriangle, color: "var(--amber)" },
  info: { icon: IconPointFilled, color: "var(--text-3)" },
};

interface Props {
  id: string;
  lines: RunEvent[];
  isLive: boolean;
  step: string | null;
}

/** What happened, in order; while the run is under way its end stays in sight. */
export function Log({ id, lines, isLive, step }: Props) {
  const stored = useRunEvents(id);
  const frame = useRef<HTMLDivElement>(null);
  const all = useMemo(() => {
    const known = new Map([...(stored.data ?? []), ...lines].map((line) => [line.id, line]));
    return [...known.values()].sort((a, b) => a.id - b.id).filter((line) => !step || line.step_id === step);
  }, [stored.data, lines, step]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new line moves the end
  useEffect(() => {
    const element = frame.current;
    if (isLive && element && element.scrollHeight - element.scrollTop - element.clientHeight < 120)
      element.scrollTop = element.scrollHeight;
  }, [all.length]);
  if (stored.error && all.length === 0) return <ErrorNote error={stored.error} again={() => stored.refetch()} />;
  if (!stored.data && all.length === 0) return <Skeleton h={160} m={16} w="auto" />;
  return (
    <div ref={frame} style={{ maxHeight: 460, overflow: "auto", padding: "8px 0" }}>
      {all.length === 0 && (
        <Text size="sm" c="dimmed" p={16}>
          {step ? "This step has said nothing." : "Nothing to tell yet."}
        </Text>
      )}
      {all.map((line) => (
        <Line key={line.id} line={line} />
      ))}
    </div>
  );
}

function Line({ line }: { line: RunEvent }) {
  const { icon: Icon, color } = LOOKS[line.level];
  const hint = typeof line.data.hint === "string" ? line.data.hint : "";
  return (
    <div style={{ display: "flex", gap: 10, padding: "3px 16px", fontSize: 13, alignItems: "baseline" }}>
      <span className="faint mono" style={{ width: 66, flexShrink: 0 }}>
        <Time at={line.at} exact />
      </span>
      <Icon
        size={line.level === "info" ? 10 : 14}
        color={color}
        style={{ flexShrink: 0, alignSelf: "center", width: 14 }}
      />
      <span style={{ color: line.level === "info" ? undefined : color, overflowWrap: "anywhere" }}>
        {line.message} {hint && <span className="quiet">{sentence(hint)}</span>}
      </span>
      {line.step_id && (
        <span className="chip mono" style={{ marginLeft: "auto", flexShrink: 0 }}>
          {line.step_id}
        </span>
      )}
    </div>
  );
}
