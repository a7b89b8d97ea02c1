import { Input, Select, Stack } from "@mantine/core";
import type { FieldProps } from "./SchemaField";
import { SchemaField } from "./SchemaField";
import { alternatives, blank, type Schema } from "./schema";

function fits(value: unknown, option: Schema): boolean {
  if (value === undefined || value === null) return false;
  if (option.type === "array") return Array.isArray(value);
  if (option.type === "object" || option.properties) return typeof value === "object" && !Array.isArray(value);
  if (option.type === "integer" || option.type === "number") return typeof value === "number";
  return typeof value === option.type;
}

const wordOf = (option: Schema): string =>
  option.properties
    ? (option.title ?? "Object")
    : ({
        string: "Text",
        boolean: "Yes or no",
        integer: "Number",
        number: "Number",
        array: "List",
        object: "Names and values",
      }[option.type ?? ""] ?? "Text");

/** One of several forms: choose which, then fill it in. */
export function UnionField({ field, root, value, onChange, required, error, name }: FieldProps) {
  const options = alternatives(field, root);
  const known = options.findIndex((option) => fits(value ?? field.default, option));
  const at = Math.max(known, 0);
  const option = options[at] ?? {};
  const bare: Schema = {
    ...option,
    title: "",
    description: "",
    default: known === at ? field.default : option.default,
  };
  return (
    <Input.Wrapper
      label={field.title ?? name}
      description={field.description || undefined}
      withAsterisk={required}
      error={error}
    >
      <Stack gap={6} mt={4}>
        <Select
          size="xs"
          w={190}
          aria-label="Form"
          allowDeselect={false}
          data={options.map((one, index) => ({ value: String(index), label: wordOf(one) }))}
          value={String(at)}
          onChange={(index) => onChange(blank(options[Number(index)] ?? {}, root))}
        />
        <SchemaField
          key={at}
          name=""
          field={bare.type === "boolean" ? { ...bare, title: "Yes" } : bare}
          root={root}
          value={value}
          required={false}
          onChange={onChange}
        />
      </Stack>
    </Input.Wrapper>
  );
}
