import { SegmentedControl, Skeleton, Stack, Text } from "@mantine/core";
import { type CSSProperties, useState } from "react";
import { sentence } from "../../../api/client";
import { useExchanges } from "../../../api/runs";
import { type Exchange, errorRecord } from "../../../api/types";
import { BodyView } from "../../../kit/JsonView";
import { Empty, ErrorNote, Note } from "../../../kit/Note";
import { count } from "../../../kit/numbers";
import { Time } from "../../../kit/Time";

interface Props {
  id: string;
  step: string | null;
  isLive: boolean;
}

/** The first requests of every step and every one that failed; secrets are masked. */
export function Requests({ id, step, isLive }: Props) {
  const list = useExchanges(id, step, isLive);
  const [chosen, setChosen] = useState<number | null>(null);
  const [which, setWhich] = useState("all");
  if (list.error && !list.data) {
    return (
      <div style={{ padding: 16 }}>
        <ErrorNote error={list.error} again={() => list.refetch()} />
      </div>
    );
  }
  if (!list.data) return <Skeleton h={240} m={16} w="auto" />;
  if (list.data.length === 0)
    return (
      <Empty title="No request yet" text="The first ones of every step are kept here, and every one that fails." />
    );
  const items = list.data.filter((one) => which === "all" || isBad(one));
  const shown = items.find((one) => one.id === chosen) ?? items[0];
  return (
    <div
      className="besides"
      style={{ "--left": "minmax(280px, 5fr)", "--right": "minmax(0, 8fr)", minHeight: 300 } as CSSProperties}
    >
      <div style={{ borderRight: "1px solid var(--line)", minWidth: 0 }}>
        <div style={{ padding: "10px 16px", borderBottom: "1px solid var(--line)" }}>
          <SegmentedControl
            size="xs"
            value={which}
            onChange={setWhich}
            data={[
              { value: "all", label: `All ${count(list.data.length)}` },
              { value: "failed", label: `Failed ${count(list.data.filter(isBad).length)}` },
            ]}
          />
        </div>
        <div style={{ maxHeight: 620, overflow: "auto" }}>
          {items.length === 0 && (
            <Text size="sm" c="dimmed" p={16}>
              None of the kept requests failed.
            </Text>
          )}
          {items.map((one) => (
            <Entry key={one.id} exchange={one} isShown={one === shown} onShow={() => setChosen(one.id)} />
          ))}
        </div>
      </div>
      {shown && <Detail key={shown.id} exchange={shown} />}
    </div>
  );
}

const isBad = (exchange: Exchange) => exchange.error !== null || exchange.status === 0 || exchange.status >= 400;

function Entry({ exchange, isShown, onShow }: { exchange: Exchange; isShown: boolean; onShow: () => void }) {
  const bad = isBad(exchange);
  return (
    <button type="button" className={isShown ? "exchange on" : "exchange"} onClick={onShow}>
      <span className={`status ${bad ? "red" : "green"}`} style={{ padding: "1px 7px" }}>
        {exchange.status || "none"}
      </span>
      <span style={{ minWidth: 0, flex: 1 }}>
        <span className="mono line">
          <b>{textOf(exchange.request.method)}</b> {pathOf(textOf(exchange.request.url))}
        </span>
        <span className="faint line" style={{ fontSize: 12 }}>
          {exchange.instance}
          {exchange.record_key ? ` · ${exchange.record_key}` : ""}
        </span>
      </span>
      <span className="faint nowrap" style={{ fontSize: 12 }}>
        {count(exchange.elapsed_ms)} ms
      </span>
    </button>
  );
}

function Detail({ exchange }: { exchange: Exchange }) {
  const { request, response } = exchange;
  const error = errorRecord(exchange.error);
  const hasAnswer = response !== null && Object.keys(response).length > 0;
  return (
    <Stack gap="sm" p={16} style={{ minWidth: 0 }}>
      {error && (
        <Note tone="red" title={sentence(error.message)}>
          {sentence(error.hint)}
        </Note>
      )}
      <div>
        <Text size="xs" c="dimmed" mb={4}>
          Request
          {exchange.at ? (
            <>
              {" "}
              at <Time at={exchange.at} exact />
            </>
          ) : null}
          , step <span className="mono">{exchange.step_id}</span>
        </Text>
        <div className="mono" style={{ overflowWrap: "anywhere", fontWeight: 500 }}>
          {textOf(request.method)} {textOf(request.url)}
          {queryOf(request.query)}
        </div>
      </div>
      <Headers of={request.headers} />
      {textOf(request.body) && <BodyView text={textOf(request.body)} height={240} />}
      <Text size="xs" c="dimmed">
        {hasAnswer ? `Answer ${exchange.status} after ${count(exchange.elapsed_ms)} ms` : "No answer came."}
      </Text>
      {hasAnswer && (
        <>
          <Headers of={response.headers} />
          {textOf(response.body) && <BodyView text={textOf(response.body)} height={300} />}
        </>
      )}
    </Stack>
  );
}

function Headers({ of }: { of: unknown }) {
  const entries = of && typeof of === "object" ? Object.entries(of) : [];
  if (entries.length === 0) return null;
  return (
    <div
      className="mono quiet"
      style={{ display: "grid", gridTemplateColumns: "max-content minmax(0, 1fr)", gap: "1px 14px", fontSize: 11.5 }}
    >
      {entries.map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <span className="faint">{name}</span>
          <span style={{ overflowWrap: "anywhere" }}>{textOf(value)}</span>
        </div>
      ))}
    </div>
  );
}

const textOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : value === undefined || value === null
      ? ""
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);

function pathOf(url: string): string {
  try {
    return new URL(url).pathname;
  } catch {
    return url;
  }
}

function queryOf(query: unknown): string {
  const pairs = Array.isArray(query)
    ? (query as [string, unknown][])
    : query && typeof query === "object"
      ? Object.entries(query)
      : [];
  return pairs.length ? `?${pairs.map(([key, value]) => `${key}=${textOf(value)}`).join("&")}` : "";
}
