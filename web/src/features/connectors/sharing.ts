import type { InstanceRow } from "../../api/types";

type Shared = "quota_group" | "pool";

/** The names that instances have given so far, for suggestions. */
export const namesOf = (instances: InstanceRow[], what: Shared): string[] =>
  [...new Set(instances.map((row) => row[what] ?? ""))].filter(Boolean).sort();

/** The other instances in the same quota group (of one connector) or pool. */
export function sharersOf(
  instances: InstanceRow[],
  what: Shared,
  value: string | null | undefined,
  self: { name: string; connector: string },
): InstanceRow[] {
  if (!value) return [];
  return instances.filter(
    (row) => row[what] === value && row.name !== self.name && (what === "pool" || row.connector === self.connector),
  );
}

/** What is typed as a quota group: lower case with hyphens, as the server wants it. */
export const groupOf = (typed: string): string =>
  typed
    .toLowerCase()
    .replace(/[\s_]+/g, "-")
    .replace(/[^a-z0-9-]/g, "")
    .replace(/^[^a-z]+/, "")
    .slice(0, 80);
