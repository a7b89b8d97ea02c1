import { Tooltip } from "@mantine/core";
import type { Kind, Kinds } from "../../../api/types";
import { DRAGGED_KIND } from "../../../canvas/Canvas";
import { iconOf } from "../../../canvas/icons";

const ORDER = ["connect", "transform", "route", "control"];
const WORDS: Record<string, string> = {
  connect: "Connect",
  transform: "Transform",
  route: "Route",
  control: "Control",
};

/** Every kind of shape: click to add behind the chosen step, or drag onto the canvas. */
export function ShapePalette({ kinds, onAdd }: { kinds: Kinds; onAdd: (kind: string) => void }) {
  const all = Object.values(kinds);
  const categories = [...new Set([...ORDER, ...all.map((kind) => kind.category ?? "control")])];
  return (
    <aside className="palette" aria-label="Shapes">
      {categories.map((category) => {
        const own = all.filter((kind) => (kind.category ?? "control") === category);
        return (
          own.length > 0 && (
            <div key={category}>
              <div className="group">{WORDS[category] ?? category}</div>
              {own.map((kind) => (
                <Shape key={kind.kind} kind={kind} onAdd={() => onAdd(kind.kind)} />
              ))}
            </div>
          )
        );
      })}
    </aside>
  );
}

function Shape({ kind, onAdd }: { kind: Kind; onAdd: () => void }) {
  const Icon = iconOf(kind.icon ?? "");
  return (
    <Tooltip label={kind.description} position="right" maw={240}>
      <button
        type="button"
        className="nav"
        draggable
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAGGED_KIND, kind.kind);
          event.dataTransfer.effectAllowed = "copy";
        }}
        onClick={onAdd}
      >
        <Icon size={17} stroke={1.6} />
        {kind.title}
      </button>
    </Tooltip>
  );
}
