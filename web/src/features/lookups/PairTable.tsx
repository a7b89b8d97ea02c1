import { ActionIcon, Button, Group, TextInput } from "@mantine/core";
import { IconArrowRight, IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { Empty } from "../../kit/Note";
import { count } from "../../kit/numbers";
import { SearchInput } from "../../kit/SearchInput";
import type { Pair } from "./pairs";

const SHOWN = 100;

interface Props {
  rows: Pair[];
  repeated: Set<string>;
  onChange: (rows: Pair[]) => void;
}

/** Left and right values, a row each; only some are drawn at once, since a lookup may have thousands. */
export function PairTable({ rows, repeated, onChange }: Props) {
  const [search, setSearch] = useState("");
  const [most, setMost] = useState(SHOWN);
  const words = search.trim().toLowerCase();
  const found = rows
    .map((pair, index) => ({ pair, index }))
    .filter(({ pair }) => !words || pair.some((value) => value.toLowerCase().includes(words)));
  const write = (index: number, side: 0 | 1, value: string) =>
    onChange(rows.map((pair, at) => (at === index ? (side === 0 ? [value, pair[1]] : [pair[0], value]) : pair)));
  const add = () => {
    setSearch("");
    onChange([["", ""], ...rows]);
  };
  return (
    <section className="card">
      <Group justify="space-between" p="10px 16px" style={{ borderBottom: "1px solid var(--line)" }}>
        <SearchInput value={search} onChange={setSearch} placeholder="Left or right value" />
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={add}>
          Add a row
        </Button>
      </Group>
      {rows.length === 0 ? (
        <Empty
          title="No rows yet"
          text="Add them one by one, or read a CSV file with two columns: the left value, and the right one it stands for."
          action={<Button onClick={add}>Add the first row</Button>}
        />
      ) : found.length === 0 ? (
        <Empty title={`No row holds “${search}”`} text="Left and right values were searched." />
      ) : (
        <div className="pairs">
          <span className="faint">Left</span>
          <span />
          <span className="faint">Right</span>
          <span />
          {found.slice(0, most).map(({ pair, index }) => (
            <PairRow
              key={index}
              pair={pair}
              isRepeated={repeated.has(pair[0])}
              write={(side, value) => write(index, side, value)}
              remove={() => onChange(rows.filter((_, at) => at !== index))}
            />
          ))}
        </div>
      )}
      {found.length > most && (
        <Group justify="center" pb="md">
          <Button variant="default" onClick={() => setMost(most + 500)}>
            {count(found.length - most)} more
          </Button>
        </Group>
      )}
    </section>
  );
}

interface RowProps {
  pair: Pair;
  isRepeated: boolean;
  write: (side: 0 | 1, value: string) => void;
  remove: () => void;
}

function PairRow({ pair: [left, right], isRepeated, write, remove }: RowProps) {
  return (
    <>
      <TextInput
        size="xs"
        aria-label="Left value"
        value={left}
        error={isRepeated ? "Stands twice" : undefined}
        onChange={(event) => write(0, event.currentTarget.value)}
      />
      <IconArrowRight size={14} color="var(--text-3)" />
      <TextInput
        size="xs"
        aria-label="Right value"
        value={right}
        onChange={(event) => write(1, event.currentTarget.value)}
      />
      <ActionIcon onClick={remove} aria-label={`Remove the row ${left}`}>
        <IconX size={14} />
      </ActionIcon>
    </>
  );
}
