import { Select, Stack, Text } from "@mantine/core";
import { type Room, useKinds } from "../../../api/flows";
import { SchemaForm } from "../../../kit/form/SchemaForm";
import type { Schema, Values } from "../../../kit/form/schema";

interface Props {
  room: Room;
  label: string;
  value: Values;
  /** Keys that stay when another kind is chosen. */
  own?: string[];
  onChange: (value: Values) => void;
}

/** A kind of a room, and the form of its config, drawn from its schema. */
export function KindForm({ room, label, value, own = [], onChange }: Props) {
  const kinds = useKinds(room).data ?? {};
  const kind = typeof value.kind === "string" ? value.kind : "";
  const known = kinds[kind];
  const choose = (next: string | null) => {
    const stays = Object.fromEntries(Object.entries(value).filter(([key]) => own.includes(key)));
    onChange({ ...stays, kind: next ?? "" });
  };
  return (
    <Stack gap="sm">
      <Select
        label={label}
        searchable
        allowDeselect={false}
        data={Object.values(kinds).map((one) => ({ value: one.kind, label: one.title }))}
        value={kind || null}
        error={kind && Object.keys(kinds).length && !known ? `There is no kind '${kind}'` : undefined}
        onChange={choose}
      />
      {known?.description && (
        <Text size="xs" c="dimmed">
          {known.description}
        </Text>
      )}
      {known && (
        <SchemaForm key={kind} schema={known.schema as Schema} value={value} hide={own} onChange={onChange} />
      )}
    </Stack>
  );
}
