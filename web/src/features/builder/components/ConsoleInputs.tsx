import { Collapse, NumberInput, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useInstances } from "../../../api/connectors";
import type { Parameter, Variable } from "../../../api/types";
import { CodeField } from "../../../kit/form/CodeField";
import { JsonField } from "../../../kit/form/JsonField";
import { Fold } from "../../../kit/form/SchemaForm";
import type { Values } from "../../../kit/form/schema";
import { VariableField } from "../../../kit/form/VariableField";
import type { Inputs } from "../trial";

interface Props {
  document: Values;
  endpoint: Values;
  inputs: Inputs;
  patch: (change: Partial<Inputs>) => void;
  sample: unknown;
  /** Whether there can be saved instances. */
  isInstalled: boolean;
}

const TYPED = "typed";
const listOf = <T,>(value: unknown): T[] => (Array.isArray(value) ? (value.filter(Boolean) as T[]) : []);

/** What an endpoint is called with: an instance or typed values, its parameters, and the record that it sends. */
export function ConsoleInputs({ document, endpoint, inputs, patch, sample, isInstalled }: Props) {
  const instances = (useInstances(isInstalled).data ?? []).filter((row) => row.connector === document.slug);
  const methods = listOf<{ key: string; title: string; credentials?: Variable[] }>(document.auth);
  const method = methods.find((one) => one.key === inputs.auth) ?? methods[0];
  const key = String(endpoint.key ?? "");
  const parameters = listOf<Parameter>(endpoint.parameters);
  const values = inputs.parameters[key] ?? {};
  const isSend = endpoint.direction === "send";
  const setParameter = (name: string, value: unknown) => {
    const { [name]: _, ...rest } = values;
    patch({
      parameters: {
        ...inputs.parameters,
        [key]: value === undefined || value === "" ? rest : { ...rest, [name]: value },
      },
    });
  };
  return (
    <Stack gap="sm">
      <Select
        label="Call as"
        allowDeselect={false}
        data={[
          ...instances.map((row) => ({ value: row.name, label: row.name })),
          { value: TYPED, label: "With values typed here" },
        ]}
        value={inputs.instance || TYPED}
        onChange={(name) => patch({ instance: name === TYPED ? "" : (name ?? "") })}
      />
      {!inputs.instance && (
        <>
          {listOf<Variable>(document.variables)
            .filter((one) => one.key)
            .map((one) => (
              <VariableField
                key={one.key}
                variable={{ ...one, title: one.title || one.key }}
                value={inputs.variables[one.key]}
                onChange={(value) => patch({ variables: { ...inputs.variables, [one.key]: value } })}
              />
            ))}
          {methods.length > 1 && (
            <Select
              label="Authentication method"
              allowDeselect={false}
              data={methods.map((one) => ({ value: one.key, label: one.title }))}
              value={method?.key ?? null}
              onChange={(auth) => patch({ auth, credentials: {} })}
            />
          )}
          {listOf<Variable>(method?.credentials).map((one) => (
            <VariableField
              key={`${method?.key} ${one.key}`}
              variable={{ ...one, title: one.title || one.key, secret: true }}
              value={inputs.credentials[one.key]}
              onChange={(value) =>
                patch({ credentials: { ...inputs.credentials, [one.key]: value === undefined ? "" : String(value) } })
              }
            />
          ))}
          <Text size="xs" c="dimmed">
            What is typed here is used for the call and never stored.
          </Text>
        </>
      )}
      {parameters.length > 0 && <Parameters key={key} parameters={parameters} values={values} set={setParameter} />}
      {isSend ? (
        <JsonField
          key={`${key} ${sample === undefined}`}
          label="Record"
          description="It is really sent: take one that does no harm."
          minRows={6}
          value={inputs.records[key] ?? sample}
          onChange={(record) => patch({ records: { ...inputs.records, [key]: record } })}
        />
      ) : (
        <NumberInput
          label="Pages"
          description="At most, 1 to 3"
          min={1}
          max={3}
          w={120}
          value={inputs.pages}
          onChange={(pages) => patch({ pages: Number(pages) || 1 })}
        />
      )}
    </Stack>
  );
}

interface ParametersProps {
  parameters: Parameter[];
  values: Values;
  set: (name: string, value: unknown) => void;
}

function Parameters({ parameters, values, set }: ParametersProps) {
  const [isOpen, setIsOpen] = useState(parameters.some((one) => one.required));
  return (
    <>
      <Fold open={isOpen} onToggle={() => setIsOpen(!isOpen)} label={`Parameters (${parameters.length})`} />
      <Collapse expanded={isOpen}>
        <Stack gap="sm">
          {parameters.map((one) => {
            const shared = { label: one.title || one.key, description: one.help || undefined };
            const change = (value: unknown) => set(one.key, value);
            if (one.type === "json")
              return <JsonField key={one.key} {...shared} value={values[one.key]} onChange={change} />;
            if (one.type === "sql")
              return <CodeField key={one.key} {...shared} value={String(values[one.key] ?? "")} onChange={change} />;
            return (
              <VariableField
                key={one.key}
                variable={{ ...one, title: one.title || one.key, type: one.type ?? "text" }}
                value={values[one.key]}
                onChange={change}
              />
            );
          })}
        </Stack>
      </Collapse>
    </>
  );
}
