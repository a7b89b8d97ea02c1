import { ActionIcon, Button, Menu, Stack, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import type { Kinds } from "../../../api/types";
import { SchemaForm } from "../../../kit/form/SchemaForm";
import { blank, type Schema, showExample } from "../../../kit/form/schema";

export interface Transform {
  kind: string;
  [key: string]: unknown;
}

/** `Date format yyyy-MM-dd`: a transform with its first setting. */
export function transformWords(transform: Transform, kinds: Kinds): string {
  const [, first] =
    Object.entries(transform).find(([key, value]) => key !== "kind" && value !== "" && value !== null) ?? [];
  const title = kinds[transform.kind]?.title ?? transform.kind;
  return first === undefined ? title : `${title} ${showExample(first)}`;
}

interface Props {
  transforms: Transform[];
  kinds: Kinds;
  onChange: (transforms: Transform[]) => void;
}

/** What is done to the value on the way, in order. */
export function TransformChain({ transforms, kinds, onChange }: Props) {
  const groups = [...new Set(Object.values(kinds).map((kind) => kind.group ?? "other"))];
  const add = (kind: string) => {
    const schema = (kinds[kind]?.schema ?? {}) as Schema;
    onChange([...transforms, { kind, ...(blank({ ...schema, type: "object" }, schema) as object) }]);
  };
  return (
    <div>
      <Text size="xs" fw={500} mb={5}>
        Transforms
      </Text>
      <Stack gap={6}>
        {transforms.map((transform, index) => {
          const kind = kinds[transform.kind];
          const hasForm = Object.keys((kind?.schema.properties as object | undefined) ?? {}).length > 0;
          return (
            <div key={index} className="rule" style={{ margin: 0, padding: "6px 6px 6px 10px" }}>
              <div style={{ display: "flex", alignItems: "center", gap: 6 }}>
                <span className="faint">{index + 1}</span>
                <Text size="sm" fw={500}>
                  {kind?.title ?? transform.kind}
                </Text>
                <Text size="xs" c="dimmed" flex={1} truncate>
                  {kind?.description}
                </Text>
                <ActionIcon
                  size="sm"
                  onClick={() => onChange(transforms.filter((_, at) => at !== index))}
                  aria-label="Remove transform"
                >
                  <IconX size={13} />
                </ActionIcon>
              </div>
              {kind && hasForm && (
                <div style={{ padding: "6px 4px 6px 14px" }}>
                  <SchemaForm
                    schema={kind.schema}
                    value={transform}
                    onChange={(next) =>
                      onChange(transforms.map((one, at) => (at === index ? { ...next, kind: transform.kind } : one)))
                    }
                  />
                </div>
              )}
            </div>
          );
        })}
        <Menu position="bottom-start" width={280}>
          <Menu.Target>
            <Button size="compact-xs" variant="default" w="fit-content" leftSection={<IconPlus size={13} />}>
              Add transform
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={360} style={{ overflow: "auto" }}>
            {groups.map((group) => (
              <div key={group}>
                <Menu.Label>{group.charAt(0).toUpperCase() + group.slice(1)}</Menu.Label>
                {Object.values(kinds)
                  .filter((kind) => (kind.group ?? "other") === group)
                  .map((kind) => (
                    <Menu.Item key={kind.kind} onClick={() => add(kind.kind)}>
                      <Text size="sm">{kind.title}</Text>
                      <Text size="xs" c="dimmed" lineClamp={1}>
                        {kind.description}
                      </Text>
                    </Menu.Item>
                  ))}
              </div>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Stack>
    </div>
  );
}
