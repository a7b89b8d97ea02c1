import { ActionIcon, Button, Group, Input, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { parse, stringify } from "../../api/exact";
import type { Values } from "./schema";

interface Props {
  label?: string;
  description?: string;
  withAsterisk?: boolean;
  error?: string;
  value: Values;
  /** Values are text, whatever they look like. */
  isText?: boolean;
  onChange: (value: unknown) => void;
}

const asText = (value: unknown): string => (typeof value === "string" ? value : stringify(value));

/** Text stays text; numbers, true, false, null, lists and objects are taken as such. */
function asValue(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}

/** Names and values. The rows are kept here, so that two rows may have the same name while one is being typed. */
export function DictField({ value, isText, onChange, ...shared }: Props) {
  const [pairs, setPairs] = useState<[string, string][]>(() =>
    Object.entries(value).map(([key, item]) => [key, asText(item)]),
  );
  const write = (next: [string, string][]) => {
    setPairs(next);
    onChange(
      Object.fromEntries(next.filter(([key]) => key).map(([key, text]) => [key, isText ? text : asValue(text)])),
    );
  };
  const set = (index: number, pair: [string, string]) => write(pairs.map((one, at) => (at === index ? pair : one)));
  return (
    <Input.Wrapper {...shared}>
      <Stack gap={6} mt={4}>
        {pairs.map(([key, text], index) => (
          <Group key={index} gap={6} wrap="nowrap">
            <TextInput
              size="xs"
              w="38%"
              classNames={{ input: "mono" }}
              placeholder="name"
              aria-label="Name"
              value={key}
              onChange={(event) => set(index, [event.currentTarget.value, text])}
            />
            <TextInput
              size="xs"
              flex={1}
              classNames={{ input: "mono" }}
              placeholder="value or {{ … }}"
              aria-label="Value"
              value={text}
              onChange={(event) => set(index, [key, event.currentTarget.value])}
            />
            <ActionIcon size="sm" aria-label="Remove" onClick={() => write(pairs.filter((_, at) => at !== index))}>
              <IconX size={14} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="default"
          w="fit-content"
          leftSection={<IconPlus size={14} />}
          onClick={() => setPairs([...pairs, ["", ""]])}
        >
          Add
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
