import type { BuilderProblem } from "../../api/types";
import { plural } from "../../kit/numbers";
import type { Part } from "./components/SectionNav";
import { linesOf, type Place, type Reading } from "./document";

export type Marks = Map<number, { level: string; message: string }>;

/** What is wrong, by line. */
export function marksOf(text: string, problems: BuilderProblem[], fault: Reading["fault"]): Marks {
  const found: Marks = new Map();
  const lines = linesOf(
    text,
    problems.map((one) => one.place),
  );
  problems.forEach(({ level, message }, index) => {
    const line = lines[index] ?? 1;
    if (found.get(line)?.level !== "error") found.set(line, { level, message });
  });
  if (fault) found.set(fault.line, { level: "error", message: fault.message });
  return found;
}

/** Whether a problem belongs to the part that is shown. */
export function isShown(place: Place, part: Part, at: number): boolean {
  const [room, index] = place;
  if (part === "endpoints") return room === "endpoints" && (index === at || index === undefined);
  if (part !== "details") return room === part;
  return !["variables", "auth", "endpoints"].includes(String(room));
}

/** How the file stands, in a sentence. */
export function leadOf(
  isChanged: boolean,
  isInstalled: boolean,
  errors: number,
  warnings: number,
  isFaulty: boolean,
): string {
  const saved = isChanged ? (isInstalled ? "Changes are not saved" : "Not saved yet") : "Everything is saved";
  if (isFaulty) return `${saved}; the text cannot be read.`;
  const found = [
    ...(errors ? [plural(errors, "error")] : []),
    ...(warnings ? [plural(warnings, "warning")] : []),
  ].join(" and ");
  return `${saved}; ${found ? `${found}.` : "no problem was found."}`;
}
