import { Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconClockPause, IconLoader2, IconPlayerPlay, IconPlus } from "@tabler/icons-react";
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { ConnectorIcon } from "../kit/ConnectorIcon";
import type { Box } from "./describe";
import { iconOf } from "./icons";
import { COUNTS_ROW, HEAD, PORT_ROW } from "./layout";
import { KindMenu, useTools } from "./tools";

/** What a step did so far in a run. */
export interface Counts {
  text: string;
  failed: string | null;
  isBusy: boolean;
  /** A limit lets nothing through: until when in words, and why. */
  wait?: { text: string; why: string } | null;
}

export interface StepData extends Record<string, unknown> {
  box: Box;
  problem: string | null;
  counts: Counts | null;
  /** Ports that no link leaves. */
  loose: string[];
}

export interface StartData extends Record<string, unknown> {
  line: string;
  loose: string[];
}

const topOf = (index: number, many: boolean) => (many ? HEAD + index * PORT_ROW + PORT_ROW / 2 : HEAD / 2);

/** A step as a compact card: icon, name, one line of what it does; its ports; counts while it runs. */
export const StepCard = memo(function StepCard({ data, selected }: NodeProps<Node<StepData>>) {
  const { box, problem, counts, loose } = data;
  const tools = useTools();
  const Icon = iconOf(box.icon);
  const many = box.ports.length > 1;
  const tone = problem || counts?.failed ? " bad" : "";
  return (
    <div className={`step${selected ? " selected" : ""}${tone}`}>
      <Handle type="target" position={Position.Left} style={{ top: HEAD / 2 }} />
      <div className="head" style={{ height: HEAD - 2 }}>
        {box.connector ? (
          <ConnectorIcon slug={box.connector} size={30} />
        ) : (
          <span className="glyph">
            <Icon size={17} stroke={1.7} />
          </span>
        )}
        <div className="words">
          <div className="name">{box.title}</div>
          <div className="what" title={box.line}>
            {box.line}
          </div>
        </div>
        {problem && (
          <Tooltip label={problem}>
            <IconAlertTriangle size={16} color="var(--red)" aria-label={problem} />
          </Tooltip>
        )}
      </div>
      {many &&
        box.ports.map((port) => (
          <div key={port.key} className={`port ${port.role}`} style={{ height: PORT_ROW }}>
            {port.title}
          </div>
        ))}
      {counts && (
        <div className="counts" style={{ height: COUNTS_ROW, marginTop: many ? 5 : 0 }}>
          {counts.wait ? (
            <Tooltip label={counts.wait.why}>
              <span className="waits">
                <IconClockPause size={13} />
                {counts.wait.text}
              </span>
            </Tooltip>
          ) : (
            counts.isBusy && <IconLoader2 size={13} className="spin" color="var(--accent)" />
          )}
          <span>{counts.text}</span>
          {counts.failed && <span className="failed">{counts.failed}</span>}
        </div>
      )}
      {box.ports.map((port, index) => (
        <Handle
          key={port.key}
          id={port.key}
          type="source"
          position={Position.Right}
          className={port.role}
          style={{ top: topOf(index, many) }}
        />
      ))}
      {tools &&
        box.ports.map(
          (port, index) =>
            loose.includes(port.key) && (
              <KindMenu key={port.key} kinds={tools.kinds} onPick={(kind) => tools.addAfter(kind, box.id, port.key)}>
                <button
                  type="button"
                  className="grow nodrag nopan"
                  style={{ top: topOf(index, many) - 9 }}
                  aria-label={`Add a shape after ${box.title}, ${port.title}`}
                  onClick={(event) => event.stopPropagation()}
                >
                  <IconPlus size={12} />
                </button>
              </KindMenu>
            ),
        )}
    </div>
  );
});

/** Where runs begin: the triggers in words. */
export const StartCard = memo(function StartCard({ data, selected }: NodeProps<Node<StartData>>) {
  return (
    <div className={`step start${selected ? " selected" : ""}`}>
      <div className="head" style={{ height: HEAD - 2 }}>
        <span className="glyph">
          <IconPlayerPlay size={16} stroke={1.7} />
        </span>
        <div className="words">
          <div className="name">Start</div>
          <div className="what" title={data.line}>
            {data.line}
          </div>
        </div>
      </div>
      <Handle id="out" type="source" position={Position.Right} isConnectable={false} style={{ top: HEAD / 2 }} />
    </div>
  );
});
