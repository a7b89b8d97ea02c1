import { Button, Group, Select, Skeleton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { sentence } from "../../../api/client";
import { useDeliveries } from "../../../api/runs";
import { type Delivery, errorRecord, type RunDetail } from "../../../api/types";
import { Empty, ErrorNote } from "../../../kit/Note";
import { SearchInput } from "../../../kit/SearchInput";
import { Status, statusWord } from "../../../kit/Status";
import { Time } from "../../../kit/Time";

const STATES = ["confirmed", "failed", "uncertain", "sent", "intended"].map((value) => ({
  value,
  label: statusWord(value),
}));

interface Props {
  run: RunDetail;
  isLive: boolean;
  initial: string;
  initialState: string | null;
}

/** The ledger: every record, where it went and how that ended. */
export function Deliveries({ run, isLive, initial, initialState }: Props) {
  const [text, setText] = useState(initial);
  const [state, setState] = useState(initialState);
  const [source, setSource] = useState<string | null>(null);
  const [cursors, setCursors] = useState<string[]>([]);
  const [search] = useDebouncedValue(text.trim(), 250);
  const page = useDeliveries(run.id, { search, state, source, after: cursors.at(-1) ?? null }, isLive);
  const filter =
    <V,>(set: (value: V) => void) =>
    (value: V) => {
      set(value);
      setCursors([]);
    };
  const isFiltered = text !== "" || state !== null || source !== null;
  const items = page.data?.items ?? [];
  return (
    <div>
      <Group p="12px 16px" gap={8}>
        <SearchInput value={text} onChange={filter(setText)} placeholder="Record key" />
        <Select
          size="xs"
          w={150}
          placeholder="Every state"
          aria-label="State"
          clearable
          data={STATES}
          value={state}
          onChange={filter(setState)}
        />
        <Select
          size="xs"
          w={180}
          placeholder="Every source"
          aria-label="Source"
          clearable
          data={run.sources.map((one) => one.instance)}
          value={source}
          onChange={filter(setSource)}
        />
        <Group gap={4} ml="auto">
          <Button variant="default" disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
            Back
          </Button>
          <Button
            variant="default"
            disabled={!page.data?.next}
            onClick={() => page.data?.next && setCursors([...cursors, page.data.next])}
          >
            Next 50
          </Button>
        </Group>
      </Group>
      {page.error && !page.data ? (
        <div style={{ padding: 16 }}>
          <ErrorNote error={page.error} again={() => page.refetch()} />
        </div>
      ) : !page.data ? (
        <Skeleton h={200} m={16} w="auto" />
      ) : items.length === 0 ? (
        <Empty
          title={isFiltered ? "No record fits" : "No record on its way yet"}
          text={
            isFiltered
              ? "Search by the beginning of a record's key."
              : "Each record is written down here before it is sent, and again when the target has confirmed it."
          }
        />
      ) : (
        <table className="rows">
          <thead>
            <tr>
              <th>Record key</th>
              <th>State</th>
              <th>From</th>
              <th>To</th>
              <th>Id there</th>
              <th className="num">Answer</th>
              <th className="num">Tries</th>
              <th className="num">When</th>
            </tr>
          </thead>
          <tbody>
            {items.map((row) => (
              <Row key={`${row.step_id}${row.record_key}${row.chunk_id}${row.position}`} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function Row({ row }: { row: Delivery }) {
  const error = errorRecord(row.error);
  return (
    <tr>
      <td style={{ maxWidth: 420 }}>
        <span className="mono" style={{ fontWeight: 500 }}>
          {row.record_key}
        </span>
        {error && (
          <div style={{ fontSize: 12.5, overflowWrap: "anywhere" }}>
            <span style={{ color: "var(--red)" }}>{sentence(error.message)}</span>{" "}
            <span className="quiet">{sentence(error.hint)}</span>
          </div>
        )}
      </td>
      <td>
        <Status of={row.state} />
      </td>
      <td>{row.source ?? "–"}</td>
      <td>{row.target}</td>
      <td className="mono">{row.result_id ?? "–"}</td>
      <td className="num">{row.status_code ?? "–"}</td>
      <td className="num">{row.attempts}</td>
      <td className="num quiet">
        <Time at={row.updated_at} exact />
      </td>
    </tr>
  );
}
