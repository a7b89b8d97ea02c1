import { Collapse, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconChevronUp, IconInfoCircle } from "@tabler/icons-react";
import { useState } from "react";
import { sentence } from "../../../api/client";
import type { FlowProblem } from "../../../api/types";
import { plural } from "../../../kit/numbers";

interface Props {
  problems: FlowProblem[];
  /** There are changes that the server has not seen. */
  isStale: boolean;
  onSelect: (step: string) => void;
}

/** What keeps the flow from being deployed, and what should be looked at; each leads to its step. */
export function Problems({ problems, isStale, onSelect }: Props) {
  const [open, setOpen] = useState(false);
  if (problems.length === 0) return null;
  const errors = problems.filter((one) => one.level === "error");
  const words = errors.length
    ? `${plural(errors.length, "problem")} to solve before it can be deployed`
    : `${plural(problems.length, "thing")} to look at`;
  return (
    <div className="problems">
      <UnstyledButton className="top" onClick={() => setOpen(!open)} aria-expanded={open}>
        <IconAlertTriangle size={16} color={errors.length ? "var(--red)" : "var(--amber)"} />
        <span style={{ flex: 1 }}>
          {words}
          {isStale && <span className="faint"> · as of the last save</span>}
        </span>
        <IconChevronUp size={15} style={{ transform: open ? "rotate(180deg)" : undefined }} />
      </UnstyledButton>
      <Collapse expanded={open}>
        <div className="list">
          {[...errors, ...problems.filter((one) => one.level !== "error")].map((one, index) => (
            <UnstyledButton key={index} className="item" onClick={() => one.step_id && onSelect(one.step_id)}>
              {one.level === "error" ? (
                <IconAlertTriangle size={15} color="var(--red)" />
              ) : (
                <IconInfoCircle size={15} color="var(--amber)" />
              )}
              <span>
                {sentence(one.message)} <span className="quiet">{sentence(one.hint)}</span>
              </span>
            </UnstyledButton>
          ))}
        </div>
      </Collapse>
    </div>
  );
}
