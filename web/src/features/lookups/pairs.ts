/** Left and right value of a row. */
export type Pair = [string, string];

/** Left values that stand more than once: a lookup would not know which row is meant. */
export function repeatedIn(rows: Pair[]): Set<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const [left] of rows) {
    if (left === "") continue;
    if (seen.has(left)) repeated.add(left);
    seen.add(left);
  }
  return repeated;
}
