import { Button, Group, Stack, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import type { ConnectorDocument, InstanceDocument } from "../../../../api/types";

export interface StepProps {
  connector: ConnectorDocument;
  document: InstanceDocument;
  patch: (change: Partial<InstanceDocument>) => void;
  back?: () => void;
  next: () => void;
}

export function NameStep({ connector, document, patch, next }: StepProps) {
  const name = document.name.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name) next();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          description="Everyone who draws flows sees it, so say which account it is."
          placeholder={`${connector.title} UK`}
          value={document.name}
          onChange={(event) => patch({ name: event.currentTarget.value })}
          maxLength={120}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button size="sm" type="submit" disabled={!name}>
            Next
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
