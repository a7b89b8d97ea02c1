import { Button } from "@mantine/core";
import { IconBulb, IconCheck } from "@tabler/icons-react";
import { stringify } from "../../../api/exact";
import type { Suggestion } from "../../../api/types";
import type { Values } from "../../../kit/form/schema";
import type { Place } from "../document";

interface Props {
  suggestions: Suggestion[];
  endpoint: Values;
  apply: (place: Place, value: unknown) => void;
}

const WORDS: Record<string, string> = { items_path: "Items path", pagination: "Pagination" };

/** What the answer speaks for; one press sets it in the file. */
export function Suggestions({ suggestions, endpoint, apply }: Props) {
  return (
    <ul className="suggestions" aria-label="Suggestions">
      {suggestions.map((one) => {
        const isApplied = stringify(valueAt(endpoint, one.field)) === stringify(one.value);
        return (
          <li key={one.field} className="note">
            <IconBulb size={18} />
            <div style={{ flex: 1, minWidth: 0 }}>
              <div className="why">
                {WORDS[one.field] ?? one.field}: <Value of={one.value} />
              </div>
              <div className="hint">{one.why}</div>
            </div>
            {isApplied ? (
              <span className="status green">
                <IconCheck size={14} /> Applied
              </span>
            ) : (
              <Button
                variant="light"
                aria-label={`Apply ${WORDS[one.field] ?? one.field}`}
                onClick={() => apply(one.field.split("."), one.value)}
              >
                Apply
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Value({ of }: { of: unknown }) {
  const words =
    typeof of === "object" && of !== null
      ? Object.entries(of)
          .map(([name, value]) => `${name} ${typeof value === "string" ? value : stringify(value)}`)
          .join(", ")
      : String(of);
  return <span className="mono">{words || "the answer itself"}</span>;
}

const valueAt = (endpoint: Values, field: string): unknown =>
  field.split(".").reduce<unknown>((value, part) => (value as Values | undefined)?.[part], endpoint);
