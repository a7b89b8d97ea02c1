import { UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconCircleX } from "@tabler/icons-react";
import { sentence } from "../../../api/client";
import type { BuilderProblem } from "../../../api/types";
import type { Values } from "../../../kit/form/schema";
import type { Place } from "../document";

interface Props {
  problems: BuilderProblem[];
  document: Values | null;
  go: (place: Place) => void;
}

/** What is wrong or missing; each leads to its place. */
export function Problems({ problems, document, go }: Props) {
  if (problems.length === 0) return null;
  return (
    <ul className="buildproblems" aria-label="Problems">
      {problems.map((problem, index) => (
        <li key={index}>
          <UnstyledButton onClick={() => go(problem.place)} className="problem">
            {problem.level === "error" ? (
              <IconCircleX size={15} color="var(--red)" aria-label="Error" />
            ) : (
              <IconAlertTriangle size={15} color="var(--amber)" aria-label="Warning" />
            )}
            <span>
              <b>{placeWords(problem.place, document)}</b> {sentence(problem.message)}{" "}
              <span className="quiet">{sentence(problem.hint)}</span>
            </span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}

/** `endpoints, 0, request` reads "orders.list · request". */
function placeWords(place: Place, document: Values | null): string {
  const words: string[] = [];
  let value: unknown = document;
  for (const part of place) {
    value = (value as Values | undefined)?.[part];
    const key = typeof part === "number" ? (value as Values | undefined)?.key : undefined;
    if (typeof key === "string") words.pop();
    words.push(typeof key === "string" ? key : typeof part === "number" ? `${part + 1}` : part);
  }
  return words.join(" · ") || "file";
}

/** Whether a problem stands at a place or beneath it. */
export const isWithin = (problem: BuilderProblem, place: Place): boolean =>
  place.every((part, index) => problem.place[index] === part);
