import { SegmentedControl } from "@mantine/core";
import type { Conflict } from "../../../api/types";
import { JsonView } from "../../../kit/JsonView";
import { Note } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";

export type Side = "mine" | "theirs";

interface Props {
  conflicts: Conflict[];
  choices: Record<string, Side>;
  choose: (path: string, side: Side) => void;
}

/** Where the workspace and the update changed the same: both side by side, one to be chosen for each path. */
export function Conflicts({ conflicts, choices, choose }: Props) {
  const open = conflicts.filter((one) => !choices[one.path]).length;
  return (
    <>
      <Note
        tone={open ? "amber" : "green"}
        title={
          open
            ? `Decide ${plural(open, "place")} that you and the update have both changed`
            : "Every place that both have changed is decided"
        }
      />
      {conflicts.map((conflict) => (
        <section key={conflict.path} className="card" aria-label={conflict.path} style={{ boxShadow: "none" }}>
          <div className="conflicthead">
            <span className="mono" style={{ overflowWrap: "anywhere" }}>
              {conflict.path}
            </span>
            <SegmentedControl
              size="xs"
              value={choices[conflict.path] ?? ""}
              onChange={(side) => choose(conflict.path, side as Side)}
              data={[
                { value: "mine", label: "Keep mine" },
                { value: "theirs", label: "Take theirs" },
              ]}
            />
          </div>
          <div className="conflict">
            <Value word="Mine" value={conflict.mine} isTaken={choices[conflict.path] === "mine"} />
            <Value word="Theirs" value={conflict.theirs} isTaken={choices[conflict.path] === "theirs"} />
          </div>
          <div className="faint conflictbase">
            Both began with{" "}
            <span className="mono">{conflict.base === null ? "nothing" : shortly(conflict.base)}</span>
          </div>
        </section>
      ))}
    </>
  );
}

function Value({ word, value, isTaken }: { word: string; value: unknown; isTaken: boolean }) {
  return (
    <div className={isTaken ? "taken" : undefined}>
      <div className="faint" style={{ fontSize: 12, marginBottom: 4 }}>
        {word}
        {isTaken && " (taken)"}
      </div>
      {value === null || value === undefined ? (
        <span className="quiet">Removed</span>
      ) : (
        <JsonView value={value} height={200} />
      )}
    </div>
  );
}

function shortly(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 90 ? `${text.slice(0, 89)}…` : text;
}
