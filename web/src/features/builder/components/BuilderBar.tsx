import { ActionIcon, Button, Group, SegmentedControl, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp } from "@tabler/icons-react";
import type { Text } from "../useText";

interface Props {
  file: Text;
  view: string;
  setView: (view: string) => void;
  /** The text cannot be read: there is nothing to draw forms of. */
  isFaulty: boolean;
  canSave: boolean;
  isSaving: boolean;
  word: string;
  save: () => void;
}

/** Undo, redo, the two views, save. */
export function BuilderBar({ file, view, setView, isFaulty, canSave, isSaving, word, save }: Props) {
  return (
    <Group gap={8} wrap="nowrap">
      <Tooltip label="Undo (Ctrl Z)">
        <ActionIcon aria-label="Undo" disabled={!file.canUndo} onClick={file.undo}>
          <IconArrowBackUp size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Redo (Ctrl Shift Z)">
        <ActionIcon aria-label="Redo" disabled={!file.canRedo} onClick={file.redo}>
          <IconArrowForwardUp size={16} />
        </ActionIcon>
      </Tooltip>
      <SegmentedControl
        size="xs"
        value={view}
        onChange={setView}
        data={[
          { value: "forms", label: "Forms", disabled: isFaulty },
          { value: "yaml", label: "YAML" },
        ]}
      />
      <Button disabled={!canSave} loading={isSaving} onClick={save}>
        {word}
      </Button>
    </Group>
  );
}
