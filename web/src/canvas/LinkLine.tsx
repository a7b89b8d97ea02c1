import { IconPlus, IconX } from "@tabler/icons-react";
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { memo, useState } from "react";
import { KindMenu, useTools } from "./tools";

export interface LinkData extends Record<string, unknown> {
  label: string | null;
  isError: boolean;
  /** From the start card: it is no link of the document. */
  isFixed: boolean;
}

/** A link; with live counts while it runs, with tools to insert and remove while it is edited. */
export const LinkLine = memo(function LinkLine(props: EdgeProps<Edge<LinkData>>) {
  const { id, data, selected, markerEnd } = props;
  const tools = useTools();
  const [isNear, setIsNear] = useState(false);
  const [path, x, y] = getSmoothStepPath({ ...props, borderRadius: 12 });
  const color = data?.isError ? "var(--red-fill)" : selected ? "var(--accent)" : "var(--link)";
  const canEdit = tools !== null && !data?.isFixed;
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        markerEnd={markerEnd}
        style={{ stroke: color, strokeWidth: selected || isNear ? 2 : 1.5 }}
        interactionWidth={22}
      />
      <EdgeLabelRenderer>
        <div
          className="nodrag nopan linklabel"
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          onMouseEnter={() => setIsNear(true)}
          onMouseLeave={() => setIsNear(false)}
        >
          {data?.label && <span className={data.isError ? "pill red" : "pill"}>{data.label}</span>}
          {canEdit && (
            <span className="linktools">
              <KindMenu kinds={tools.kinds} onPick={(kind) => tools.insert(kind, id)}>
                <button type="button" aria-label="Insert a shape here">
                  <IconPlus size={12} />
                </button>
              </KindMenu>
              {selected && (
                <button type="button" aria-label="Remove this link" onClick={() => tools.removeLink(id)}>
                  <IconX size={12} />
                </button>
              )}
            </span>
          )}
        </div>
      </EdgeLabelRenderer>
    </>
  );
});
