import { Select, Stack, TagsInput, Textarea, TextInput } from "@mantine/core";
import type { FlowDetail, FlowDocument } from "../../../api/types";
import { ListField } from "../../../kit/form/ListField";
import type { Schema } from "../../../kit/form/schema";
import { SidePanel } from "./SidePanel";

interface Props {
  flow: FlowDetail;
  document: FlowDocument;
  change: (document: FlowDocument) => void;
  onClose: () => void;
}

const VARIABLE: Schema = {
  type: "object",
  required: ["key"],
  properties: {
    key: { type: "string", title: "Name", examples: ["region"] },
    type: { type: "string", title: "Type", enum: ["text", "number", "boolean", "datetime", "json"], default: "text" },
    value: { title: "Value", description: "Unless the run is given another" },
  },
};

/** Name, labels, variables, and what happens when a record fails. */
export function FlowSettingsPanel({ document, change, onClose }: Props) {
  const settings = document.settings ?? {};
  const patch = (values: Partial<typeof settings>) => change({ ...document, settings: { ...settings, ...values } });
  return (
    <SidePanel title="Settings and variables" onClose={onClose}>
      <Stack gap="md">
        <TextInput
          label="Name"
          value={document.name}
          onChange={(event) => change({ ...document, name: event.currentTarget.value })}
        />
        <Textarea
          label="Description"
          autosize
          minRows={2}
          value={document.description ?? ""}
          onChange={(event) => change({ ...document, description: event.currentTarget.value })}
        />
        <TagsInput
          label="Labels"
          placeholder="Type and press Enter"
          value={settings.labels ?? []}
          onChange={(labels) => patch({ labels })}
        />
        <Select
          label="When a record fails"
          allowDeselect={false}
          data={[
            { value: "continue", label: "The others go on; the run ends in part" },
            { value: "stop", label: "The run fails" },
          ]}
          value={settings.on_record_error ?? "continue"}
          onChange={(value) => patch({ on_record_error: (value ?? "continue") as "continue" })}
        />
        <Select
          label="Priority"
          allowDeselect={false}
          data={["highest", "high", "regular", "low", "lowest"]}
          value={settings.priority ?? "regular"}
          onChange={(value) => patch({ priority: (value ?? "regular") as "regular" })}
        />
        <ListField
          label="Variables"
          description="Read as vars.name in templates and expressions"
          withAsterisk={false}
          items={VARIABLE}
          root={VARIABLE}
          value={(settings.variables as unknown[]) ?? []}
          onChange={(variables) => patch({ variables: variables as [] })}
        />
      </Stack>
    </SidePanel>
  );
}
