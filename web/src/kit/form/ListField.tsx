import { ActionIcon, Button, Group, Input, Stack } from "@mantine/core";
import { IconArrowUp, IconPlus, IconX } from "@tabler/icons-react";
import { SchemaField } from "./SchemaField";
import { SchemaForm } from "./SchemaForm";
import { blank, resolve, type Schema, type Values } from "./schema";

interface Props {
  label: string;
  description?: string;
  withAsterisk: boolean;
  error?: string;
  items: Schema;
  root: Schema;
  value: unknown[];
  onChange: (value: unknown) => void;
}

/** A list of objects, each a small form. */
export function ListField({ items, root, value, onChange, ...shared }: Props) {
  const item = resolve(items, root);
  const set = (index: number, next: unknown) => onChange(value.map((one, at) => (at === index ? next : one)));
  const up = (index: number) => {
    const next = [...value];
    const [moved] = next.splice(index, 1);
    next.splice(index - 1, 0, moved);
    onChange(next);
  };
  return (
    <Input.Wrapper {...shared}>
      <Stack gap={8} mt={4}>
        {value.map((one, index) => (
          <Group
            key={index}
            className="card"
            p={10}
            gap={8}
            align="flex-start"
            wrap="nowrap"
            style={{ boxShadow: "none" }}
          >
            <div style={{ flex: 1, minWidth: 0 }}>
              {item.properties ? (
                <SchemaForm
                  schema={item}
                  root={root}
                  value={(one as Values) ?? {}}
                  onChange={(next) => set(index, next)}
                />
              ) : (
                <SchemaField
                  name={`Item ${index + 1}`}
                  field={item}
                  root={root}
                  value={one}
                  required={false}
                  onChange={(next) => set(index, next)}
                />
              )}
            </div>
            <Stack gap={2}>
              <ActionIcon
                size="sm"
                aria-label="Remove"
                onClick={() => onChange(value.filter((_, at) => at !== index))}
              >
                <IconX size={14} />
              </ActionIcon>
              {index > 0 && (
                <ActionIcon size="sm" aria-label="Move up" onClick={() => up(index)}>
                  <IconArrowUp size={14} />
                </ActionIcon>
              )}
            </Stack>
          </Group>
        ))}
        <Button
          variant="default"
          w="fit-content"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...value, blank(items, root)])}
        >
          Add
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
