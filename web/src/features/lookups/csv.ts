/** Rows of a CSV text (RFC 4180): commas, quotes doubled within quotes; empty lines are left out. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.some((value) => value !== "")) rows.push(row);
    row = [];
    cell = "";
  };
  const clean = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < clean.length; at++) {
    const sign = clean[at] as string;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (clean[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === ",") {
      row.push(cell);
      cell = "";
    } else if (sign === "\n") endRow();
    else if (sign !== "\r") cell += sign;
  }
  endRow();
  return rows;
}

/** Pairs of a CSV file with two columns; a first line "left,right" is its heading. Throws what does not fit. */
export function readPairs(text: string): [string, string][] {
  const rows = readCsv(text);
  const wrong = rows.findIndex((row) => row.length !== 2);
  if (wrong >= 0) throw new Error(`row ${wrong + 1} has ${rows[wrong]?.length} columns, a lookup has two`);
  const pairs = rows as [string, string][];
  const [first] = pairs;
  return first?.[0].toLowerCase() === "left" && first[1].toLowerCase() === "right" ? pairs.slice(1) : pairs;
}
