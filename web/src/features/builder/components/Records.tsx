import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { stringify } from "../../../api/exact";
import type { Trial } from "../../../api/types";
import type { Schema } from "../../../kit/form/schema";
import { JsonView } from "../../../kit/JsonView";
import { SchemaTree } from "./SchemaTree";

const COLUMNS = 12;

/** What came: as a table, as JSON, or as the schema that all of it fits. */
export function Records({ trial }: { trial: Trial }) {
  const [view, setView] = useState("table");
  const records = trial.pages.flatMap((page) => page.records);
  return (
    <div>
      <SegmentedControl
        size="xs"
        value={view}
        onChange={setView}
        mb={8}
        data={[
          { value: "table", label: "Records" },
          { value: "json", label: "JSON" },
          { value: "schema", label: "Schema" },
        ]}
      />
      {view === "table" && <Table records={records} />}
      {view === "json" && <JsonView value={records} height={360} />}
      {view === "schema" && <SchemaTree schema={(trial.schema ?? {}) as Schema} />}
    </div>
  );
}

function Table({ records }: { records: unknown[] }) {
  const rows = records.map((one) => (typeof one === "object" && one !== null ? one : { value: one })) as Record<
    string,
    unknown
  >[];
  const all = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const names = all.slice(0, COLUMNS);
  return (
    <div className="codebox scroll recordtable">
      <table className="rows">
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name}>{name}</th>
            ))}
            {all.length > COLUMNS && <th>{all.length - COLUMNS} more fields</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {names.map((name) => (
                <td key={name} className="mono">
                  {cell(row[name])}
                </td>
              ))}
              {all.length > COLUMNS && <td className="faint">in JSON</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cell(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
