import { Button, Collapse, Group, Select, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Fold } from "../../../../kit/form/SchemaForm";
import { VariableField } from "../../../../kit/form/VariableField";
import type { StepProps } from "./NameStep";
import { PaceFields } from "./PaceFields";

const ZONES = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];

interface SettingsProps extends StepProps {
  isUnfolded?: boolean;
  savedName?: string;
}

/** The connector's variables; what most people leave as it is stands behind a fold. */
export function SettingsStep({ connector, document, patch, back, next, isUnfolded, savedName }: SettingsProps) {
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
            <PaceFields connector={connector} document={document} savedName={savedName} patch={patch} />
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
