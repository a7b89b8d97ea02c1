import { Button, Group, Text, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { SchemaForm } from "../../../kit/form/SchemaForm";
import { blank, resolve, type Schema, type Values } from "../../../kit/form/schema";

interface Props {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}

/** A part of a form under its heading. */
export function Section({ title, aside, children }: Props) {
  return (
    <section className="formsection" aria-label={title}>
      <Group justify="space-between" mb={8} wrap="nowrap">
        <Title order={3} fz={14}>
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </section>
  );
}

interface OptionalProps {
  name: string;
  /** The schema of what it stands in, and of the whole file. */
  schema: Schema;
  root: Schema;
  value: Values | undefined;
  onChange: (value: Values | undefined) => void;
}

/** A part that a document may leave out: added and removed as a whole. */
export function OptionalSection({ name, schema, root, value, onChange }: OptionalProps) {
  const field = resolve(schema.properties?.[name] ?? {}, root);
  const title = field.title ?? name;
  return (
    <Section
      title={title}
      aside={
        value ? (
          <Button size="compact-xs" variant="default" onClick={() => onChange(undefined)}>
            Remove {title.toLowerCase()}
          </Button>
        ) : (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconPlus size={12} />}
            onClick={() => onChange(blank(field, root) as Values)}
          >
            Add {title.toLowerCase()}
          </Button>
        )
      }
    >
      {value ? (
        <SchemaForm schema={field} root={root} value={value} onChange={onChange} />
      ) : (
        <Text size="xs" c="dimmed">
          {field.description}
        </Text>
      )}
    </Section>
  );
}

/** The schema with only these keys, in this order. */
export const only = (schema: Schema, keys: string[]): Schema => ({
  ...schema,
  properties: Object.fromEntries(
    keys.flatMap((key) => {
      const field = schema.properties?.[key];
      return field ? [[key, field]] : [];
    }),
  ),
});

/** Without what is empty: a file says only what it has to say. */
export function tidy(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) =>
        value !== undefined &&
        value !== null &&
        !(Array.isArray(value) && value.length === 0) &&
        !(typeof value === "object" && Object.keys(value).length === 0),
    ),
  );
}

/** A definition of the connector's schema. */
export const definition = (root: Schema, name: string): Schema => root.$defs?.[name] ?? {};
