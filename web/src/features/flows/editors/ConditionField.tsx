import {
  ActionIcon,
  Button,
  Group,
  SegmentedControl,
  Select,
  Stack,
  TagsInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { conditionWords } from "../../../canvas/describe";
import { JsonField } from "../../../kit/form/JsonField";
import {
  asRules,
  emptyRule,
  listOf,
  needsList,
  needsNoValue,
  OPERATORS,
  type Rule,
  withOperator,
} from "./conditions";

/** Rules joined by and/or; or an expression; what is deeper, as JSON. */
export function ConditionField({ value, onChange }: { value: unknown; onChange: (value: unknown) => void }) {
  const rules = asRules(value);
  if (typeof value === "string") {
    return (
      <Stack gap={6}>
        <Textarea
          label="Expression"
          description="True for the records that match"
          classNames={{ input: "mono" }}
          autosize
          minRows={2}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        <Button variant="subtle" w="fit-content" onClick={() => onChange(emptyRule())}>
          Use rules instead
        </Button>
      </Stack>
    );
  }
  if (!rules) return <JsonField label="Condition" value={value} onChange={onChange} />;
  const write = (list: Rule[], join = rules.join) => onChange(list.length === 1 ? list[0] : { [join]: list });
  return (
    <Stack gap={8}>
      {rules.list.length > 1 && (
        <SegmentedControl
          size="xs"
          w="fit-content"
          value={rules.join}
          onChange={(join) => write(rules.list, join as "all" | "any")}
          data={[
            { value: "all", label: "All of these" },
            { value: "any", label: "Any of these" },
          ]}
        />
      )}
      {rules.list.map((rule, index) => (
        <RuleRow
          key={index}
          rule={rule}
          onChange={(next) => write(rules.list.map((one, at) => (at === index ? next : one)))}
          onRemove={rules.list.length > 1 ? () => write(rules.list.filter((_, at) => at !== index)) : undefined}
        />
      ))}
      <Group gap={8}>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => write([...rules.list, emptyRule()])}
        >
          Add rule
        </Button>
        <Button variant="subtle" color="gray" onClick={() => onChange(asExpression(rules.list, rules.join))}>
          Write an expression
        </Button>
      </Group>
    </Stack>
  );
}

function RuleRow({
  rule,
  onChange,
  onRemove,
}: {
  rule: Rule;
  onChange: (rule: Rule) => void;
  onRemove?: () => void;
}) {
  const { operator } = rule;
  return (
    <div className="rule" style={{ padding: 8 }}>
      <Group gap={6} wrap="nowrap">
        <TextInput
          size="xs"
          flex={1}
          classNames={{ input: "mono" }}
          placeholder="field, such as total_price"
          aria-label="Field"
          value={rule.field}
          onChange={(event) => onChange({ ...rule, field: event.currentTarget.value })}
        />
        {onRemove && (
          <ActionIcon size="sm" onClick={onRemove} aria-label="Remove rule">
            <IconX size={14} />
          </ActionIcon>
        )}
      </Group>
      <Group gap={6} mt={6} wrap="nowrap" align="flex-start">
        <Select
          size="xs"
          w={132}
          aria-label="Operator"
          allowDeselect={false}
          data={OPERATORS.map((one) => ({ value: one, label: one.replaceAll("_", " ") }))}
          value={operator}
          onChange={(next) => onChange(withOperator(rule, next ?? "is"))}
        />
        {needsNoValue(operator) ? null : needsList(operator) ? (
          <TagsInput
            size="xs"
            flex={1}
            placeholder="Type and press Enter"
            aria-label="Values"
            value={listOf(rule.value)}
            onChange={(value) => onChange({ ...rule, value })}
          />
        ) : (
          <TextInput
            size="xs"
            flex={1}
            classNames={{ input: "mono" }}
            placeholder="value or {{ … }}"
            aria-label="Value"
            value={rule.value === undefined || rule.value === null ? "" : String(rule.value)}
            onChange={(event) => onChange({ ...rule, value: event.currentTarget.value })}
          />
        )}
      </Group>
    </div>
  );
}

/** A first expression to edit, from the rules where they are simple. */
function asExpression(list: Rule[], join: "all" | "any"): string {
  const known: Record<string, string> = {
    is: "==",
    is_not: "!=",
    greater_than: ">",
    at_least: ">=",
    less_than: "<",
    at_most: "<=",
  };
  const parts = list.map((rule) => {
    const sign = known[rule.operator];
    if (!rule.field || !sign) return null;
    const text = String(rule.value ?? "");
    return `payload.${rule.field.replace(/^payload\./, "")} ${sign} ${/^-?\d+(\.\d+)?$/.test(text) ? text : JSON.stringify(text)}`;
  });
  return parts.every((part) => part !== null)
    ? parts.join(join === "all" ? " and " : " or ")
    : `payload.${conditionWords(list[0]).split(" ")[0]} != null`;
}
