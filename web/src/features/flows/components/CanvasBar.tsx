import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, IconLayoutDistributeHorizontal } from "@tabler/icons-react";
import { Panel, useReactFlow } from "@xyflow/react";
import { FIT } from "../../../canvas/Canvas";
import type { Draft } from "../useDraft";

/** Undo, redo, layout. */
export function CanvasBar({ draft, onTidy }: { draft: Draft; onTidy: () => void }) {
  const flow = useReactFlow();
  const tidy = () => {
    onTidy();
    requestAnimationFrame(() => void flow.fitView({ ...FIT, duration: 250 }));
  };
  return (
    <Panel position="top-left">
      <div className="canvasbar">
        <Tooltip label="Undo (Ctrl Z)">
          <ActionIcon disabled={!draft.canUndo} onClick={draft.undo} aria-label="Undo">
            <IconArrowBackUp size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Redo (Ctrl Shift Z)">
          <ActionIcon disabled={!draft.canRedo} onClick={draft.redo} aria-label="Redo">
            <IconArrowForwardUp size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Lay out from left to right">
          <ActionIcon onClick={tidy} aria-label="Lay out">
            <IconLayoutDistributeHorizontal size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
    </Panel>
  );
}
