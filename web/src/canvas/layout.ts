import dagre from "@dagrejs/dagre";
import type { FlowDocument, Link, Port } from "../api/types";
import { type Place, rootsOf, START, sourceOf } from "./graph";

export const WIDTH = 226;
export const START_WIDTH = 152;
export const HEAD = 62;
export const PORT_ROW = 24;
export const COUNTS_ROW = 28;

/** Height of a card: its head, a row a port where there are several, and the row of counts while it runs. */
export const heightOf = (ports: Port[], hasCounts: boolean): number =>
  HEAD + (ports.length > 1 ? ports.length * PORT_ROW + 6 : 0) + (hasCounts ? COUNTS_ROW : 0);

/** Places for all cards, left to right. Steps that have a place of their own keep it. */
export function layout(
  document: FlowDocument,
  heights: Record<string, number>,
  ports: Record<string, string[]>,
): Record<string, Place> {
  const graph = new dagre.graphlib.Graph().setDefaultEdgeLabel(() => ({}));
  graph.setGraph({ rankdir: "LR", nodesep: 34, ranksep: 60 });
  const steps = document.steps ?? [];
  graph.setNode(START, { width: START_WIDTH, height: HEAD });
  for (const step of steps) graph.setNode(step.id, { width: WIDTH, height: heights[step.id] ?? HEAD });
  for (const root of rootsOf(document)) graph.setEdge(START, root.id);
  // In the order of the ports: the first exit above the second. The solver's own ordering does not know ports.
  const rank = (link: Link) => ports[sourceOf(link)[0]]?.indexOf(sourceOf(link)[1]) ?? 0;
  for (const link of [...(document.links ?? [])].sort((a, b) => rank(a) - rank(b)))
    graph.setEdge(sourceOf(link)[0], link.to);
  dagre.layout(graph, { disableOptimalOrderHeuristic: true });
  const auto = (id: string, width: number): Place => {
    const node = graph.node(id);
    // Heads stand in line, however tall the cards are.
    return { x: node.x - width / 2, y: node.y - HEAD / 2 };
  };
  const places: Record<string, Place> = { [START]: auto(START, START_WIDTH) };
  for (const step of steps) places[step.id] = step.position ?? auto(step.id, WIDTH);
  if (steps.some((step) => step.position)) {
    const root = rootsOf(document)[0] ?? steps[0];
    const place = root && places[root.id];
    if (place)
      places[START] = { x: Math.min(...steps.map((step) => places[step.id]?.x ?? 0)) - START_WIDTH - 60, y: place.y };
  }
  return places;
}
