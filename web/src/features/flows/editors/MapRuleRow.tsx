import { ActionIcon, Button, Checkbox, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowLeft, IconArrowUp, IconChevronDown, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { stringify } from "../../../api/exact";
import type { Kinds } from "../../../api/types";
import { JsonField } from "../../../kit/form/JsonField";
import { type Transform, TransformChain, transformWords } from "./TransformChain";

export interface MapRule {
  to: string;
  from?: string | string[] | null;
  value?: unknown;
  transforms?: Transform[];
  required?: boolean;
  when?: string | null;
  note?: string | null;
}

interface Props {
  rule: MapRule;
  kinds: Kinds;
  error?: string;
  onChange: (rule: MapRule) => void;
  onRemove: () => void;
  onUp?: () => void;
  onDown?: () => void;
}

const isFixed = (rule: MapRule) => (rule.from === undefined || rule.from === null) && rule.value !== undefined;
const textOf = (value: unknown) =>
  typeof value === "string" ? value : value === undefined || value === null ? "" : stringify(value);

/** One rule as a row: target, source, what is done on the way; the rest unfolds. */
export function MapRuleRow({ rule, kinds, error, onChange, onRemove, onUp, onDown }: Props) {
  const [open, setOpen] = useState(false);
  const patch = (change: Partial<MapRule>) => onChange(stripped({ ...rule, ...change }));
  const transforms = rule.transforms ?? [];
  const source = isFixed(rule)
    ? textOf(rule.value)
    : Array.isArray(rule.from)
      ? rule.from.join(", ")
      : (rule.from ?? "");
  return (
    <div className="rule" style={error ? { borderColor: "var(--red-fill)" } : undefined}>
      <div className="main">
        <TextInput
          size="xs"
          classNames={{ input: "mono" }}
          placeholder="target field"
          aria-label="Target"
          value={rule.to}
          onChange={(event) => patch({ to: event.currentTarget.value })}
        />
        <IconArrowLeft size={14} color="var(--text-3)" />
        <TextInput
          size="xs"
          classNames={{ input: "mono" }}
          placeholder={
            isFixed(rule) ? "fixed value" : transforms.length ? "made by a transform" : "payload.field or {{ … }}"
          }
          aria-label="Source"
          readOnly={Array.isArray(rule.from) || (isFixed(rule) && typeof rule.value !== "string")}
          value={source}
          onChange={(event) =>
            patch(isFixed(rule) ? { value: event.currentTarget.value } : { from: event.currentTarget.value })
          }
        />
        <ActionIcon
          size="sm"
          onClick={() => setOpen(!open)}
          aria-label={open ? "Fold" : "Transforms and more"}
          aria-expanded={open}
        >
          <IconChevronDown size={15} style={{ transform: open ? "rotate(180deg)" : undefined }} />
        </ActionIcon>
      </div>
      {!open && (transforms.length > 0 || rule.required || rule.when || isFixed(rule)) && (
        <div className="chips">
          {isFixed(rule) && <span className="chip">fixed value</span>}
          {transforms.map((transform, index) => (
            <span key={index} className="chip">
              {transformWords(transform, kinds)}
            </span>
          ))}
          {rule.required && <span className="chip">required</span>}
          {rule.when && <span className="chip mono">when {rule.when}</span>}
        </div>
      )}
      {error && (
        <Text size="xs" c="var(--red)" px={9} pb={7}>
          {error}
        </Text>
      )}
      {open && (
        <div className="more">
          <Stack gap="sm">
            <SegmentedControl
              size="xs"
              w="fit-content"
              value={isFixed(rule) ? "fixed" : "source"}
              onChange={(way) =>
                patch(way === "fixed" ? { from: undefined, value: "" } : { value: undefined, from: "" })
              }
              data={[
                { value: "source", label: "From the record" },
                { value: "fixed", label: "Fixed value" },
              ]}
            />
            {isFixed(rule) && typeof rule.value !== "string" && (
              <JsonField label="Value" value={rule.value} onChange={(value) => patch({ value: value ?? "" })} />
            )}
            {Array.isArray(rule.from) && (
              <JsonField
                label="Sources"
                description="Several give a list"
                value={rule.from}
                onChange={(from) => Array.isArray(from) && patch({ from: from as string[] })}
              />
            )}
            <TransformChain
              transforms={transforms}
              kinds={kinds}
              onChange={(next) => patch({ transforms: next.length ? next : undefined })}
            />
            <TextInput
              size="xs"
              label="Only when"
              description="An expression; the rule is skipped unless it holds"
              classNames={{ input: "mono" }}
              placeholder="payload.paid"
              value={rule.when ?? ""}
              onChange={(event) => patch({ when: event.currentTarget.value || undefined })}
            />
            <TextInput
              size="xs"
              label="Note"
              placeholder="For whoever reads the map next"
              value={rule.note ?? ""}
              onChange={(event) => patch({ note: event.currentTarget.value || undefined })}
            />
            <Group justify="space-between">
              <Checkbox
                size="xs"
                label="Required: the record fails without it"
                checked={rule.required ?? false}
                onChange={(event) => patch({ required: event.currentTarget.checked || undefined })}
              />
              <Group gap={2}>
                <ActionIcon size="sm" disabled={!onUp} onClick={onUp} aria-label="Move up">
                  <IconArrowUp size={14} />
                </ActionIcon>
                <ActionIcon size="sm" disabled={!onDown} onClick={onDown} aria-label="Move down">
                  <IconArrowDown size={14} />
                </ActionIcon>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="gray"
                  leftSection={<IconTrash size={13} />}
                  onClick={onRemove}
                >
                  Remove
                </Button>
              </Group>
            </Group>
          </Stack>
        </div>
      )}
    </div>
  );
}

const stripped = (rule: MapRule): MapRule =>
  Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as unknown as MapRule;
