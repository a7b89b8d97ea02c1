import { SegmentedControl, Stack } from "@mantine/core";
import type { EditorProps } from ".";
import { ConditionField } from "./ConditionField";

/** Keep or remove the records that match. */
export function FilterEditor({ step, patch }: EditorProps) {
  const isKeep = step.remove === undefined || step.remove === null;
  const value = isKeep ? step.keep : step.remove;
  const write = (next: unknown, keep = isKeep) =>
    patch(keep ? { keep: next, remove: undefined } : { remove: next, keep: undefined });
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        value={isKeep ? "keep" : "remove"}
        onChange={(way) => write(value, way === "keep")}
        data={[
          { value: "keep", label: "Keep what matches" },
          { value: "remove", label: "Remove what matches" },
        ]}
      />
      <ConditionField value={value} onChange={(next) => write(next)} />
    </Stack>
  );
}
