import { ActionIcon, Button, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconChevronRight, IconCopy, IconPlus, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { Values } from "../../../kit/form/schema";

interface Props {
  items: Values[];
  /** What one is called: "variable". */
  word: string;
  blank: () => Values;
  onChange: (items: Values[]) => void;
  children: (item: Values, change: (next: Values) => void, index: number) => ReactNode;
}

/** A list of which one item is open at a time: added, copied, moved, removed. */
export function Items({ items, word, blank, onChange, children }: Props) {
  const [open, setOpen] = useState<number | null>(null);
  const set = (index: number, next: Values) => onChange(items.map((one, at) => (at === index ? next : one)));
  return (
    <Stack gap={8}>
      {items.length === 0 && (
        <Text size="sm" c="dimmed">
          No {word} yet.
        </Text>
      )}
      {items.map((item, index) => {
        const name = String(item.title || item.key || `${word} ${index + 1}`);
        return (
          <section key={index} className="card" style={{ boxShadow: "none" }}>
            <div className="itemhead">
              <UnstyledButton
                className="itemname"
                aria-expanded={open === index}
                onClick={() => setOpen(open === index ? null : index)}
              >
                <IconChevronRight size={14} style={{ transform: open === index ? "rotate(90deg)" : undefined }} />
                <b>{name}</b>
                <span className="mono faint">{String(item.key ?? "")}</span>
              </UnstyledButton>
              <ItemActions
                name={name}
                index={index}
                items={items}
                onChange={(next, at) => {
                  onChange(next);
                  setOpen(at);
                }}
              />
            </div>
            {open === index && <div className="itembody">{children(item, (next) => set(index, next), index)}</div>}
          </section>
        );
      })}
      <Button
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={14} />}
        onClick={() => {
          onChange([...items, blank()]);
          setOpen(items.length);
        }}
      >
        Add {word}
      </Button>
    </Stack>
  );
}

interface ActionsProps {
  name: string;
  index: number;
  items: Values[];
  /** The list afterwards, and the item to look at then. */
  onChange: (items: Values[], at: number | null) => void;
}

/** Move, clone, remove. */
export function ItemActions({ name, index, items, onChange }: ActionsProps) {
  const moved = (to: number) => {
    const next = items.filter((_, at) => at !== index);
    next.splice(to, 0, items[index] as Values);
    onChange(next, to);
  };
  const clone = () => {
    const one = items[index] as Values;
    const taken = items.map((item) => item.key);
    let key = `${one.key}_copy`;
    while (taken.includes(key)) key = `${key}2`;
    onChange(
      [...items.slice(0, index + 1), { ...one, key, title: `${one.title} (copy)` }, ...items.slice(index + 1)],
      index + 1,
    );
  };
  return (
    <Group gap={2} wrap="nowrap">
      <ActionIcon size="sm" disabled={index === 0} aria-label={`Move ${name} up`} onClick={() => moved(index - 1)}>
        <IconArrowUp size={14} />
      </ActionIcon>
      <ActionIcon
        size="sm"
        disabled={index === items.length - 1}
        aria-label={`Move ${name} down`}
        onClick={() => moved(index + 1)}
      >
        <IconArrowDown size={14} />
      </ActionIcon>
      <ActionIcon size="sm" aria-label={`Clone ${name}`} onClick={clone}>
        <IconCopy size={14} />
      </ActionIcon>
      <ActionIcon
        size="sm"
        aria-label={`Remove ${name}`}
        onClick={() =>
          onChange(
            items.filter((_, at) => at !== index),
            null,
          )
        }
      >
        <IconTrash size={14} />
      </ActionIcon>
    </Group>
  );
}
