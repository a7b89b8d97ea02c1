import {
  Checkbox,
  Group,
  Input,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  TagsInput,
  TextInput,
} from "@mantine/core";
import type { Values } from "../../../kit/form/schema";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const UNITS = ["second", "minute", "hour", "day", "week"];
const ZONES = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];
const OVERLAP = [
  { value: "skip", label: "leave this time out" },
  { value: "queue", label: "start when it has ended" },
  { value: "cancel", label: "stop it and start" },
];

type Way = "every" | "at" | "cron";

/** Every so often, at times of day, or by a cron line: exactly one of them. */
export function ScheduleForm({ value, onChange }: { value: Values; onChange: (value: Values) => void }) {
  const at = (value.at as string[] | undefined) ?? [];
  const way: Way = value.cron !== undefined && value.cron !== null ? "cron" : at.length ? "at" : "every";
  const patch = (change: Values) =>
    onChange(
      Object.fromEntries(
        Object.entries({ ...value, ...change }).filter(([, item]) => item !== undefined && item !== null),
      ),
    );
  const choose = (next: Way) =>
    patch({
      every: next === "every" ? "15 minutes" : undefined,
      at: next === "at" ? ["09:00"] : undefined,
      cron: next === "cron" ? "0 6 * * 1-5" : undefined,
      days: next === "cron" ? undefined : value.days,
      timezone: value.timezone ?? (next === "every" ? undefined : Intl.DateTimeFormat().resolvedOptions().timeZone),
    });
  const [amount, unit] = intervalOf(String(value.every ?? "15 minutes"));
  const days = (value.days as string[] | undefined) ?? [];
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        value={way}
        onChange={(next) => choose(next as Way)}
        data={[
          { value: "every", label: "Every" },
          { value: "at", label: "At times of day" },
          { value: "cron", label: "Cron" },
        ]}
      />
      {way === "every" && (
        <Group gap={8} wrap="nowrap">
          <NumberInput
            w={90}
            min={1}
            aria-label="Amount"
            value={amount}
            onChange={(next) => patch({ every: intervalText(Number(next) || 1, unit) })}
          />
          <Select
            flex={1}
            aria-label="Unit"
            allowDeselect={false}
            data={UNITS.map((one) => ({ value: one, label: amount === 1 ? one : `${one}s` }))}
            value={unit}
            onChange={(next) => patch({ every: intervalText(amount, next ?? "minute") })}
          />
        </Group>
      )}
      {way === "at" && (
        <TagsInput
          label="Times"
          placeholder="09:00, then Enter"
          value={at}
          onChange={(times) => patch({ at: times.filter((time) => /^([01]\d|2[0-3]):[0-5]\d$/.test(time)) })}
        />
      )}
      {way === "cron" && (
        <TextInput
          label="Cron"
          description="Minute, hour, day, month, day of the week; six fields: seconds first"
          classNames={{ input: "mono" }}
          value={String(value.cron ?? "")}
          onChange={(event) => patch({ cron: event.currentTarget.value })}
        />
      )}
      {way !== "cron" && (
        <Input.Wrapper label="Days" description="None: every day">
          <Checkbox.Group value={days} onChange={(next) => patch({ days: next.length ? next : undefined })}>
            <Group gap={7} mt={6}>
              {DAYS.map((day) => (
                <Checkbox
                  key={day}
                  size="xs"
                  value={day}
                  label={day.charAt(0).toUpperCase() + day.slice(1)}
                  styles={{ label: { paddingLeft: 4 } }}
                />
              ))}
            </Group>
          </Checkbox.Group>
        </Input.Wrapper>
      )}
      <Select
        label="Time zone"
        searchable
        data={ZONES}
        value={String(value.timezone ?? "UTC")}
        onChange={(zone) => patch({ timezone: zone ?? "UTC" })}
      />
      <Select
        label="While a run is under way"
        allowDeselect={false}
        data={OVERLAP}
        value={String(value.overlap ?? "skip")}
        onChange={(overlap) => patch({ overlap: overlap ?? "skip" })}
      />
    </Stack>
  );
}

function intervalOf(text: string): [number, string] {
  const found = /^(?:(\d+)\s+)?(\w+?)s?$/.exec(text.trim());
  return [Number(found?.[1] ?? 1), UNITS.includes(found?.[2] ?? "") ? (found?.[2] as string) : "minute"];
}

const intervalText = (amount: number, unit: string) => `${amount} ${unit}${amount === 1 ? "" : "s"}`;
