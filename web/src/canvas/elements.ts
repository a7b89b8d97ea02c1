import { type Edge, MarkerType, type Node } from "@xyflow/react";
import type { FlowDocument } from "../api/types";
import type { Box } from "./describe";
import { linkId, type Place, rootsOf, START, sourceOf } from "./graph";
import { HEAD, START_WIDTH, WIDTH } from "./layout";
import type { Counts } from "./StepCard";

interface NodeFacts {
  document: FlowDocument;
  boxes: Box[];
  startLine: string;
  places: Record<string, Place>;
  heights: Record<string, number>;
  selected: string | null;
  problems: Record<string, string>;
  counts?: Record<string, Counts>;
  isLive?: boolean;
}

const idle = (isLive: boolean): Counts => ({ text: isLive ? "nothing yet" : "not run", failed: null, isBusy: false });
const ORIGIN: Place = { x: 0, y: 0 };

/** The start card and a card a step, as the canvas library wants them. */
export function nodesOf({
  document,
  boxes,
  startLine,
  places,
  heights,
  selected,
  problems,
  counts,
  isLive,
}: NodeFacts): Node[] {
  const linked = new Set((document.links ?? []).map((one) => sourceOf(one).join(".")));
  const start: Node = {
    id: START,
    type: "start",
    position: places[START] ?? ORIGIN,
    width: START_WIDTH,
    height: HEAD,
    selected: selected === START,
    deletable: false,
    draggable: false,
    data: { line: startLine, loose: [] },
  };
  const steps = boxes.map((box) => ({
    id: box.id,
    type: "step",
    position: places[box.id] ?? ORIGIN,
    width: WIDTH,
    height: heights[box.id],
    selected: selected === box.id,
    data: {
      box,
      problem: problems[box.id] ?? null,
      counts: counts ? (counts[box.id] ?? idle(isLive ?? false)) : null,
      loose: box.ports.filter((port) => !linked.has(`${box.id}.${port.key}`)).map((port) => port.key),
    },
  }));
  return [start, ...steps];
}

interface EdgeFacts {
  document: FlowDocument;
  boxes: Box[];
  /** The link that a person clicked. */
  chosen: string | null;
  passed?: Record<string, string>;
  isLive: boolean;
}

const arrow = (color: string) => ({ type: MarkerType.ArrowClosed, width: 15, height: 15, color });

/** The links, and lines from the start card to where runs begin. */
export function edgesOf({ document, boxes, chosen, passed, isLive }: EdgeFacts): Edge[] {
  const fixed = rootsOf(document).map((step) => ({
    id: `${START}>${step.id}`,
    source: START,
    sourceHandle: "out",
    target: step.id,
    type: "link",
    deletable: false,
    selectable: false,
    markerEnd: arrow("var(--link)"),
    data: { label: null, isError: false, isFixed: true },
  }));
  const links = (document.links ?? []).map((one) => {
    const [source, port] = sourceOf(one);
    const label = passed?.[`${source}.${port}`] ?? null;
    const exits = boxes.find((box) => box.id === source)?.ports ?? [];
    const isError = exits.find((item) => item.key === port)?.role === "error";
    return {
      id: linkId(one),
      source,
      sourceHandle: port,
      target: one.to,
      type: "link",
      selected: chosen === linkId(one),
      animated: isLive && label !== null,
      markerEnd: arrow(isError ? "var(--red-fill)" : "var(--link)"),
      data: { label, isError, isFixed: false },
    };
  });
  return [...fixed, ...links];
}
