import { type ReactNode, useState } from "react";
import { ExactNumber, parse, stringify } from "../api/exact";
import { CopyIcon } from "./Copy";

const FOLD_OVER = 60;

/** A value as JSON: coloured, foldable, ready to copy. Numbers keep their exact text. */
export function JsonView({ value, height = 440 }: { value: unknown; height?: number | string }) {
  return (
    <div className="codebox">
      <div className="copy">
        <CopyIcon value={stringify(value, 2)} label="Copy as JSON" />
      </div>
      <div className="body" style={{ maxHeight: height }}>
        <pre className="json">
          <Item value={value} depth={0} />
        </pre>
      </div>
    </div>
  );
}

/** Text that may be JSON. */
export function BodyView({ text, height }: { text: string; height?: number | string }) {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return (
      <div className="codebox">
        <div className="copy">
          <CopyIcon value={text} />
        </div>
        <div className="body" style={{ maxHeight: height }}>
          <pre className="json">{text}</pre>
        </div>
      </div>
    );
  }
  return <JsonView value={value} height={height} />;
}

function Item({ value, depth }: { value: unknown; depth: number }): ReactNode {
  if (value === null || value === undefined) return <span className="b">null</span>;
  if (typeof value === "string") return <span className="s">{JSON.stringify(value)}</span>;
  if (typeof value === "number" || value instanceof ExactNumber) return <span className="n">{String(value)}</span>;
  if (typeof value !== "object") return <span className="b">{String(value)}</span>;
  const isList = Array.isArray(value);
  const entries: [string, unknown][] = isList
    ? value.map((item, index) => [String(index), item])
    : Object.entries(value);
  return <Branch entries={entries} isList={isList} depth={depth} />;
}

function Branch({ entries, isList, depth }: { entries: [string, unknown][]; isList: boolean; depth: number }) {
  const [open, setOpen] = useState(depth < 2 || (depth < 4 && entries.length <= 12));
  const [most, setMost] = useState(FOLD_OVER);
  const [begin, end] = isList ? "[]" : "{}";
  if (entries.length === 0)
    return (
      <span className="p">
        {begin}
        {end}
      </span>
    );
  const inner = "  ".repeat(depth + 1);
  if (!open) {
    return (
      <button type="button" className="fold" onClick={() => setOpen(true)} aria-label="Unfold">
        {begin} {entries.length}{" "}
        {isList ? (entries.length === 1 ? "item" : "items") : entries.length === 1 ? "field" : "fields"} {end}
      </button>
    );
  }
  return (
    <>
      <button type="button" className="fold" onClick={() => setOpen(false)} aria-label="Fold">
        {begin}
      </button>
      {entries.slice(0, most).map(([key, item], index) => (
        <span key={key}>
          {`\n${inner}`}
          {!isList && (
            <>
              <span className="k">{JSON.stringify(key)}</span>
              <span className="p">: </span>
            </>
          )}
          <Item value={item} depth={depth + 1} />
          {index < entries.length - 1 && <span className="p">,</span>}
        </span>
      ))}
      {entries.length > most && (
        <>
          {`\n${inner}`}
          <button type="button" className="fold" onClick={() => setMost(most + 500)}>
            … {entries.length - most} more
          </button>
        </>
      )}
      {`\n${"  ".repeat(depth)}`}
      <span className="p">{end}</span>
    </>
  );
}
