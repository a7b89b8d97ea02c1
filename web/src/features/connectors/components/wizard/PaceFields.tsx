import { Autocomplete, Group, NumberInput, Select } from "@mantine/core";
import { useInstances } from "../../../../api/connectors";
import type { ConnectorDocument, InstanceDocument, InstanceRow } from "../../../../api/types";
import { type Pace, paceMeaning, paceWords } from "../../../../kit/pace";
import { groupOf, namesOf, sharersOf } from "../../sharing";

const UNITS = ["second", "minute", "hour", "day"];

interface Props {
  connector: ConnectorDocument;
  document: InstanceDocument;
  /** The name that the instance is known by so far: it shares nothing with itself. */
  savedName?: string;
  patch: (change: Partial<InstanceDocument>) => void;
}

/** How fast an instance may be called, and with which others it shares that. */
export function PaceFields({ connector, document, savedName, patch }: Props) {
  const instances = useInstances().data ?? [];
  const limit = document.rate_limit;
  const self = { name: savedName ?? document.name, connector: connector.slug };
  const group = document.quota_group ?? "";
  const pool = document.pool ?? "";
  const usual = connector.pacing as Pace | null | undefined;
  return (
    <>
      <Group grow align="flex-start">
        <NumberInput
          label="Rate limit"
          description={`Empty: the connector's own, ${usual ? paceWords(usual) : "none"}`}
          min={1}
          value={limit?.amount ?? ""}
          onChange={(amount) =>
            patch({ rate_limit: amount === "" ? null : { amount: Number(amount), unit: limit?.unit ?? "second" } })
          }
        />
        <Select
          label="Calls per"
          description={
            limit && paceMeaning(limit) ? `${paceMeaning(limit)}; the others wait` : "Calls over the limit wait"
          }
          data={UNITS}
          disabled={!limit}
          value={limit?.unit ?? "second"}
          onChange={(unit) => limit && patch({ rate_limit: { ...limit, unit: (unit ?? "second") as "second" } })}
        />
      </Group>
      <Autocomplete
        label="Quota group"
        description="Does another instance use the same account? Give both the same word, and they share its rate limit."
        placeholder="none: a rate limit of its own"
        data={namesOf(
          instances.filter((row) => row.connector === connector.slug),
          "quota_group",
        )}
        value={group}
        onChange={(typed) => patch({ quota_group: groupOf(typed) || null })}
      />
      <Sharers
        of={sharersOf(instances, "quota_group", group, self)}
        words="one rate limit"
        none={group && "No other instance is in this group yet."}
        then="Give all of them the same limit."
      />
      <Group grow align="flex-start">
        <NumberInput
          label="Concurrency"
          description="Calls under way at once; empty: no cap of its own"
          min={1}
          value={document.concurrency ?? ""}
          onChange={(amount) => patch({ concurrency: amount === "" ? null : Number(amount) })}
        />
        <Autocomplete
          label="Connection pool"
          description="Instances that name the same pool share its cap"
          placeholder="none"
          data={namesOf(instances, "pool")}
          value={pool}
          onChange={(typed) => patch({ pool: typed || null })}
        />
      </Group>
      <Sharers
        of={sharersOf(instances, "pool", pool, self)}
        words="connections"
        none={pool && "No other instance names this pool yet."}
      />
    </>
  );
}

/** With whom it shares, so that nobody joins a group by accident. */
function Sharers(props: { of: InstanceRow[]; words: string; none: string; then?: string }) {
  if (props.of.length === 0 && !props.none) return null;
  return (
    <div className="quiet" style={{ fontSize: 12.5, marginTop: -4 }} role="status">
      {props.of.length === 0
        ? props.none
        : `Shares ${props.words} with ${props.of.map((row) => row.name).join(", ")}. ${props.then ?? ""}`}
    </div>
  );
}
