import { Button, Group, Skeleton, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useKinds } from "../../../api/flows";
import { plural } from "../../../kit/numbers";
import type { EditorProps } from ".";
import { type MapRule, MapRuleRow } from "./MapRuleRow";

/** A table of rules: each fills one target field from the source, through transforms. */
export function MapEditor({ step, patch, errors }: EditorProps) {
  const rules = (step.rules as MapRule[] | undefined) ?? [];
  const kinds = useKinds("transforms");
  const write = (next: MapRule[]) => patch({ rules: next });
  const swap = (index: number, other: number) => {
    const next = [...rules];
    const [one, two] = [next[index], next[other]];
    if (!one || !two) return;
    next[index] = two;
    next[other] = one;
    write(next);
  };
  if (!kinds.data) return <Skeleton h={200} />;
  return (
    <div>
      <Group justify="space-between" mb={6} px={2}>
        <Text size="xs" className="faint">
          Target, from source. {plural(rules.length, "rule")}.
        </Text>
      </Group>
      {rules.map((rule, index) => (
        <MapRuleRow
          key={index}
          rule={rule}
          kinds={kinds.data}
          error={errors[`rules.${index + 1}`]}
          onChange={(next) => write(rules.map((one, at) => (at === index ? next : one)))}
          onRemove={() => write(rules.filter((_, at) => at !== index))}
          onUp={index > 0 ? () => swap(index, index - 1) : undefined}
          onDown={index < rules.length - 1 ? () => swap(index, index + 1) : undefined}
        />
      ))}
      {rules.length === 0 && (
        <Text size="sm" c="dimmed" py="md">
          No rules yet. A rule takes a field of the record that arrives and puts it into a field of the record that
          leaves; what no rule fills does not leave.
        </Text>
      )}
      <Button
        variant="default"
        mt={10}
        leftSection={<IconPlus size={14} />}
        onClick={() => write([...rules, { to: "", from: "" }])}
      >
        Add rule
      </Button>
    </div>
  );
}
