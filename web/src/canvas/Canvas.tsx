import "@xyflow/react/dist/style.css";
import "./canvas.css";
import { useComputedColorScheme } from "@mantine/core";
import {
  Background,
  BackgroundVariant,
  type Connection,
  Controls,
  type Edge,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { type DragEvent, type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { FlowDocument } from "../api/types";
import type { Box } from "./describe";
import { edgesOf, nodesOf } from "./elements";
import { closesCircle, type Place, START } from "./graph";
import { LinkLine } from "./LinkLine";
import { HEAD, heightOf, layout, WIDTH } from "./layout";
import { neighbour } from "./neighbour";
import { type Counts, StartCard, StepCard } from "./StepCard";
import { type Tools, ToolsContext } from "./tools";

const NODE_TYPES = { step: StepCard, start: StartCard };
/** How the whole flow is brought into sight: never larger than life. */
export const FIT = { padding: 0.07, maxZoom: 1, minZoom: 0.55 };
const EDGE_TYPES = { link: LinkLine };

const NONE = {};

/** What a drag from the palette carries. */
export const DRAGGED_KIND = "application/x-weftline-kind";

export interface CanvasProps {
  document: FlowDocument;
  boxes: Box[];
  /** The triggers in words. */
  startLine: string;
  problems?: Record<string, string>;
  counts?: Record<string, Counts>;
  /** Records that passed each link, by `step.port`. */
  passed?: Record<string, string>;
  isLive?: boolean;
  selected: string | null;
  onSelect: (id: string | null) => void;
  /** Changes; without them the canvas only shows. */
  edit?: CanvasEdits;
  children?: ReactNode;
}

export interface CanvasEdits extends Tools {
  move: (places: Record<string, Place>) => void;
  connect: (from: string, port: string, to: string) => void;
  removeSteps: (ids: string[]) => void;
  drop: (kind: string, place: Place) => void;
}

/** A flow from left to right. */
export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <ToolsContext.Provider value={props.edit ?? null}>
        <Board {...props} />
      </ToolsContext.Provider>
    </ReactFlowProvider>
  );
}

function Board(props: CanvasProps) {
  const {
    document,
    boxes,
    problems = NONE,
    counts,
    passed,
    isLive,
    selected,
    onSelect,
    edit,
    startLine,
    children,
  } = props;
  const scheme = useComputedColorScheme("light");
  const flow = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  const [moving, setMoving] = useState<Record<string, Place>>({});
  const [link, setLink] = useState<string | null>(null);
  const heights = useMemo(
    () => Object.fromEntries(boxes.map((box) => [box.id, heightOf(box.ports, counts !== undefined)])),
    [boxes, counts],
  );
  const ports = useMemo(
    () => Object.fromEntries(boxes.map((box) => [box.id, box.ports.map((port) => port.key)])),
    [boxes],
  );
  const places = useMemo(() => layout(document, heights, ports), [document, heights, ports]);
  const nodes = useMemo(
    () =>
      nodesOf({
        document,
        boxes,
        startLine,
        places: { ...places, ...moving },
        heights,
        selected,
        problems,
        counts,
        isLive,
      }),
    [document, boxes, startLine, places, moving, heights, selected, problems, counts, isLive],
  );
  const edges = useMemo(
    () => edgesOf({ document, boxes, chosen: link, passed, isLive: isLive === true }),
    [document, boxes, link, passed, isLive],
  );

  // The selected card stays in sight when the drawer beside takes its room.
  useEffect(() => {
    const element = frame.current;
    if (!element || !selected) return;
    const look = () => {
      const node = flow.getNode(selected);
      if (!node) return;
      const { x, y } = flow.flowToScreenPosition(node.position);
      const box = element.getBoundingClientRect();
      const zoom = flow.getZoom();
      const right = x + (node.width ?? WIDTH) * zoom;
      if (x < box.left + 10 || right > box.right - 10 || y < box.top + 10 || y + HEAD * zoom > box.bottom - 10) {
        void flow.setCenter(node.position.x + WIDTH / 2, node.position.y + HEAD / 2, { zoom, duration: 200 });
      }
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [selected, flow]);

  const changes = (list: NodeChange[]) => {
    const moved = list.flatMap((change) =>
      change.type === "position" && change.position ? [[change.id, change.position] as const] : [],
    );
    if (moved.length) setMoving((old) => ({ ...old, ...Object.fromEntries(moved) }));
  };
  const settle = () => {
    if (Object.keys(moving).length === 0) return;
    const { [START]: _, ...all } = { ...places, ...moving };
    edit?.move(all);
    setMoving({});
  };
  const mayConnect = (one: Connection | Edge) =>
    one.source !== START && one.source !== one.target && !closesCircle(document, one.source, one.target);
  const keys = (event: KeyboardEvent) => {
    if (!selected || !event.key.startsWith("Arrow")) return;
    const next = neighbour(selected, event.key, document, places);
    if (next) {
      event.preventDefault();
      onSelect(next);
    }
  };
  const drop = (event: DragEvent) => {
    const kind = event.dataTransfer.getData(DRAGGED_KIND);
    if (!kind || !edit) return;
    event.preventDefault();
    const place = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    edit.drop(kind, { x: place.x - WIDTH / 2, y: place.y - HEAD / 2 });
  };
  return (
    <div
      ref={frame}
      className="canvas"
      onKeyDown={keys}
      onDragOver={(event) => edit && event.dataTransfer.types.includes(DRAGGED_KIND) && event.preventDefault()}
      onDrop={drop}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={edit && changes}
        onNodeDragStop={settle}
        onConnect={
          edit && ((one) => mayConnect(one) && edit.connect(one.source, one.sourceHandle ?? "out", one.target))
        }
        isValidConnection={mayConnect}
        onNodeClick={(_, node) => {
          setLink(null);
          onSelect(node.id);
        }}
        onEdgeClick={(_, edge) => edit && setLink(edge.id)}
        onPaneClick={() => {
          setLink(null);
          onSelect(null);
        }}
        onDelete={({ nodes: gone, edges: cut }) => {
          if (gone.length) edit?.removeSteps(gone.map((node) => node.id));
          else for (const edge of cut) edit?.removeLink(edge.id);
        }}
        deleteKeyCode={edit ? ["Delete", "Backspace"] : null}
        nodesConnectable={edit !== undefined}
        nodesDraggable={edit !== undefined}
        elementsSelectable
        disableKeyboardA11y
        fitView
        fitViewOptions={FIT}
        minZoom={0.25}
        maxZoom={1.6}
        colorMode={scheme}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.2} color="var(--dots)" />
        <Controls showInteractive={false} position="bottom-left" />
        {children}
      </ReactFlow>
    </div>
  );
}
