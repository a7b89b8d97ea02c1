import { Collapse, Stack, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import { SchemaField } from "./SchemaField";
import { compact, type Schema, type Values } from "./schema";

interface Props {
  schema: Schema;
  root?: Schema;
  value: Values;
  onChange: (value: Values) => void;
  /** Keys that are not shown, because they are edited elsewhere. */
  hide?: string[];
  /** Error messages by key. */
  errors?: Record<string, string>;
}

/** A form drawn from a JSON Schema: a new kind needs no code here. */
export function SchemaForm({ schema, root = schema, value, onChange, hide = [], errors = {} }: Props) {
  const [more, setMore] = useState(false);
  const entries = Object.entries(schema.properties ?? {}).filter(
    ([key, field]) => !hide.includes(key) && key !== "kind" && field.const === undefined,
  );
  const draw = ([key, field]: [string, Schema]) => (
    <SchemaField
      key={key}
      name={key}
      field={field}
      root={root}
      value={value[key]}
      required={schema.required?.includes(key) ?? false}
      error={errors[key]}
      onChange={(next) => onChange(compact({ ...value, [key]: next }))}
    />
  );
  const plain = entries.filter(([, field]) => !field.advanced);
  const advanced = entries.filter(([, field]) => field.advanced);
  return (
    <Stack gap="sm">
      {plain.map(draw)}
      {advanced.length > 0 && (
        <>
          <Fold open={more} onToggle={() => setMore(!more)} label="More settings" />
          <Collapse expanded={more}>
            <Stack gap="sm">{advanced.map(draw)}</Stack>
          </Collapse>
        </>
      )}
    </Stack>
  );
}

export function Fold({ open, onToggle, label }: { open: boolean; onToggle: () => void; label: string }) {
  return (
    <UnstyledButton
      onClick={onToggle}
      className="quiet"
      fz={13}
      style={{ display: "flex", gap: 4, alignItems: "center" }}
    >
      <IconChevronRight
        size={14}
        style={{ transform: open ? "rotate(90deg)" : undefined, transition: "transform 0.1s" }}
      />
      {label}
    </UnstyledButton>
  );
}
