import { Select, TextInput } from "@mantine/core";
import type { Parameter } from "../../../api/types";
import { CodeField } from "../../../kit/form/CodeField";
import { JsonField } from "../../../kit/form/JsonField";
import { showExample } from "../../../kit/form/schema";

interface Props {
  parameter: Parameter;
  value: unknown;
  error?: string;
  onChange: (value: unknown) => void;
}

const SQL_HINT = "Values in {{ … }} are bound, never pasted into the statement.";

/** One parameter of an endpoint, by its type. Every text may be a template. */
export function ParameterField({ parameter, value, error, onChange }: Props) {
  const text = value === undefined || value === null ? "" : String(value);
  const usual = showExample(parameter.default);
  const shared = {
    label: parameter.title,
    description: parameter.help || undefined,
    withAsterisk: parameter.required && !usual,
    error,
  };
  if (parameter.type === "sql") {
    return (
      <CodeField
        {...shared}
        size="xs"
        minRows={5}
        description={[parameter.help, SQL_HINT].filter(Boolean).join(" ")}
        placeholder={usual || "SELECT id, total FROM orders WHERE updated_at > {{ since }}"}
        value={text}
        onChange={onChange}
      />
    );
  }
  if (parameter.type === "json")
    return <JsonField {...shared} placeholder={usual || "{ }"} value={value} onChange={onChange} />;
  if (parameter.options?.length && !text.includes("{{")) {
    return (
      <Select
        {...shared}
        size="xs"
        clearable
        data={parameter.options}
        placeholder={usual}
        value={text || null}
        onChange={onChange}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      size="xs"
      classNames={{ input: "mono" }}
      placeholder={usual || (parameter.type === "datetime" ? "2026-01-31T00:00:00Z or {{ … }}" : "")}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
