import { Button, Collapse, Group, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { InstanceDocument } from "../../../../api/types";
import { Fold } from "../../../../kit/form/SchemaForm";
import type { StepProps } from "./NameStep";
import { VariableField } from "./VariableField";

const ZONES = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];
const UNITS = ["second", "minute", "hour", "day"];

interface SettingsProps extends StepProps {
  isUnfolded?: boolean;
}

/** The connector's variables; what most people leave as it is stands behind a fold. */
export function SettingsStep({ connector, document, patch, back, next, isUnfolded }: SettingsProps) {
  const variables = connector.variables ?? [];
  const values = document.variables ?? {};
  const [more, setMore] = useState(
    () => isUnfolded || variables.some((one) => one.advanced && values[one.key] !== undefined),
  );
  const set = (key: string, value: unknown) => {
    const { [key]: _, ...rest } = values;
    patch({ variables: value === undefined ? rest : { ...rest, [key]: value } });
  };
  const missing = variables.filter(
    (one) => one.required && (one.default === undefined || one.default === null) && !values[one.key],
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing.length === 0) next();
  };
  const draw = (isAdvanced: boolean) =>
    variables
      .filter((one) => Boolean(one.advanced) === isAdvanced)
      .map((one) => (
        <VariableField
          key={one.key}
          variable={one}
          value={values[one.key]}
          onChange={(value) => set(one.key, value)}
        />
      ));
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {draw(false)}
        <Fold open={more} onToggle={() => setMore(!more)} label="Addresses, time zone and pace" />
        <Collapse expanded={more}>
          <Stack gap="sm">
            {draw(true)}
            <Group grow align="flex-start">
              <Select
                label="Time zone"
                description="In which the application writes times"
                searchable
                data={ZONES}
                value={document.timezone ?? "UTC"}
                onChange={(zone) => patch({ timezone: zone ?? "UTC" })}
              />
              <TextInput
                label="Date format"
                description="Empty: ISO 8601"
                placeholder="yyyy-MM-dd"
                value={document.date_format ?? ""}
                onChange={(event) => patch({ date_format: event.currentTarget.value })}
              />
            </Group>
            <Pace
              document={document}
              patch={patch}
              usual={
                connector.pacing ? `${connector.pacing.amount} a ${connector.pacing.unit ?? "second"}` : "no limit"
              }
            />
          </Stack>
        </Collapse>
        <Group justify="space-between" mt="xs">
          <Button size="sm" variant="default" onClick={back}>
            Back
          </Button>
          <Button size="sm" type="submit" disabled={missing.length > 0}>
            Next
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface PaceProps {
  document: InstanceDocument;
  patch: (change: Partial<InstanceDocument>) => void;
  usual: string;
}

function Pace({ document, patch, usual }: PaceProps) {
  const limit = document.rate_limit;
  return (
    <>
      <Group grow align="flex-start">
        <NumberInput
          label="Rate limit"
          description={`Empty: the connector's own, ${usual}`}
          min={1}
          value={limit?.amount ?? ""}
          onChange={(amount) =>
            patch({ rate_limit: amount === "" ? null : { amount: Number(amount), unit: limit?.unit ?? "second" } })
          }
        />
        <Select
          label="Calls per"
          description="Calls over the limit wait"
          data={UNITS}
          disabled={!limit}
          value={limit?.unit ?? "second"}
          onChange={(unit) => limit && patch({ rate_limit: { ...limit, unit: (unit ?? "second") as "second" } })}
        />
      </Group>
      <Group grow align="flex-start">
        <NumberInput
          label="Concurrency"
          description="Calls under way at once; empty: no cap of its own"
          min={1}
          value={document.concurrency ?? ""}
          onChange={(amount) => patch({ concurrency: amount === "" ? null : Number(amount) })}
        />
        <TextInput
          label="Connection pool"
          description="Instances that name the same pool share its cap"
          placeholder="none"
          value={document.pool ?? ""}
          onChange={(event) => patch({ pool: event.currentTarget.value || null })}
        />
      </Group>
    </>
  );
}
