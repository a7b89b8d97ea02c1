import { Fragment } from "react";
import { Link } from "react-router";
import { useInstances } from "../../../api/connectors";
import type { ConnectorDocument, InstanceDetail, InstanceRow } from "../../../api/types";
import { Facts } from "../../../kit/Facts";
import { plural } from "../../../kit/numbers";
import { type Pace, paceMeaning, paceWords } from "../../../kit/pace";
import { sharersOf } from "../sharing";

/** How an instance is set up; what it shares leads to those it shares with. */
export function InstanceSettings({
  instance,
  connector,
}: {
  instance: InstanceDetail;
  connector: ConnectorDocument;
}) {
  const instances = useInstances().data ?? [];
  const { document } = instance;
  const values = document.variables ?? {};
  const pace = (document.rate_limit ?? connector.pacing) as Pace | null | undefined;
  const inGroup = sharersOf(instances, "quota_group", document.quota_group, instance);
  const inPool = sharersOf(instances, "pool", document.pool, instance);
  return (
    <Facts
      items={[
        ...(connector.variables ?? [])
          .filter((one) => values[one.key] !== undefined)
          .map((one) => ({
            word: one.title,
            value: one.secret ? "Set and sealed" : <span className="mono">{String(values[one.key])}</span>,
          })),
        {
          word: "Rate limit",
          value: pace ? (
            <>
              {paceWords(pace)}
              <span className="quiet">
                {[paceMeaning(pace), document.rate_limit ? "" : "as the connector has it"]
                  .filter(Boolean)
                  .map((words) => `, ${words}`)}
              </span>
            </>
          ) : (
            "None"
          ),
        },
        {
          word: "Quota group",
          value: document.quota_group && (
            <Shared name={document.quota_group} sharers={inGroup} words="one rate limit" />
          ),
        },
        {
          word: "Concurrency",
          value: document.concurrency ? `${plural(document.concurrency, "call")} at once` : null,
        },
        {
          word: "Connection pool",
          value: document.pool && <Shared name={document.pool} sharers={inPool} words="connections" />,
        },
        { word: "Time zone", value: document.timezone ?? "UTC" },
        { word: "Date format", value: document.date_format || "ISO 8601" },
      ]}
    />
  );
}

function Shared({ name, sharers, words }: { name: string; sharers: InstanceRow[]; words: string }) {
  return (
    <>
      <span className="mono">{name}</span>
      <span className="quiet">
        {sharers.length === 0
          ? ", with no other instance yet"
          : `, ${words} with ${sharers.length > 1 ? `${sharers.length} others: ` : ""}`}
        {sharers.map((row, index) => (
          <Fragment key={row.id}>
            {index > 0 && ", "}
            <Link to={`/instances/${row.id}`} className="textlink">
              {row.name}
            </Link>
          </Fragment>
        ))}
      </span>
    </>
  );
}
