import { ActionIcon, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconCopy, IconTrash } from "@tabler/icons-react";
import { sentence } from "../../../api/client";
import type { FlowProblem, Kinds, Step } from "../../../api/types";
import { boxOf } from "../../../canvas/describe";
import type { Names } from "../../../canvas/names";
import { SchemaForm } from "../../../kit/form/SchemaForm";
import { Note } from "../../../kit/Note";
import { EDITORS } from "../editors";
import { SidePanel } from "./SidePanel";

interface Props {
  step: Step;
  kinds: Kinds;
  names: Names;
  problems: FlowProblem[];
  /** There are changes that the server has not judged: a field may be right by now. */
  isChanged: boolean;
  onChange: (step: Step) => void;
  onRemove: () => void;
  onDuplicate: () => void;
  onClose: () => void;
}

const OWN = ["id", "shape", "title", "position"];

/** What the chosen step does: a special editor where there is one, else the form of its schema. */
export function StepPanel({
  step,
  kinds,
  names,
  problems,
  isChanged,
  onChange,
  onRemove,
  onDuplicate,
  onClose,
}: Props) {
  const kind = kinds[step.shape];
  const editor = EDITORS[step.shape];
  const box = boxOf(step, kinds, names);
  const patch = (change: Record<string, unknown>) =>
    onChange(
      Object.fromEntries(
        Object.entries({ ...step, ...change }).filter(([, value]) => value !== undefined),
      ) as unknown as Step,
    );
  const config = Object.fromEntries(Object.entries(step).filter(([key]) => !OWN.includes(key)));
  const errors = Object.fromEntries(
    (isChanged ? [] : problems).filter((one) => one.field).map((one) => [one.field as string, sentence(one.message)]),
  );
  return (
    <SidePanel
      title={box.title}
      wide={editor?.wide}
      onClose={onClose}
      actions={
        <>
          <Tooltip label="Duplicate">
            <ActionIcon onClick={onDuplicate} aria-label="Duplicate">
              <IconCopy size={15} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Remove (Del)">
            <ActionIcon onClick={onRemove} aria-label="Remove">
              <IconTrash size={15} />
            </ActionIcon>
          </Tooltip>
        </>
      }
    >
      <Stack gap="md">
        {problems.map((one, index) => (
          <Note key={index} tone={one.level === "error" ? "red" : "amber"} title={sentence(one.message)}>
            {sentence(one.hint)}
          </Note>
        ))}
        <Text size="sm" c="dimmed">
          {kind?.description}
        </Text>
        {editor ? (
          <editor.Form step={step} patch={patch} errors={errors} />
        ) : kind ? (
          <SchemaForm
            schema={kind.schema}
            value={config}
            errors={errors}
            onChange={(next) => onChange({ id: step.id, shape: step.shape, ...pick(step), ...next })}
          />
        ) : (
          <Note tone="red" title={`The shape “${step.shape}” is not installed here`} />
        )}
        <div style={{ borderTop: "1px solid var(--line)", paddingTop: 14 }}>
          <TextInput
            label="Title"
            description="On the card; empty: what it does"
            placeholder={box.title}
            value={step.title ?? ""}
            onChange={(event) => patch({ title: event.currentTarget.value || undefined })}
          />
          <Text size="xs" className="faint" mt={8}>
            Step <span className="mono">{step.id}</span> · shape <span className="mono">{step.shape}</span>
          </Text>
        </div>
      </Stack>
    </SidePanel>
  );
}

const pick = (step: Step) => ({
  ...(step.title ? { title: step.title } : {}),
  ...(step.position ? { position: step.position } : {}),
});
