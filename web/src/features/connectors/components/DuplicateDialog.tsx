import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "../../../api/actions";
import { post } from "../../../api/client";
import { connectorsStale } from "../../../api/connectors";
import type { InstanceRow } from "../../../api/types";
import { ErrorNote } from "../../../kit/Note";

/** The same settings and credentials under another name. */
export function DuplicateDialog({ instance, onClose }: { instance: InstanceRow; onClose: () => void }) {
  const [name, setName] = useState(`${instance.name} copy`);
  const copy = useAction(() => post<InstanceRow>(`/instances/${instance.id}/duplicate`, { name }), {
    stale: connectorsStale,
    quiet: true,
    say: `${name} is added.`,
    done: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    copy.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={`Duplicate ${instance.name}`}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label="Name of the copy"
            description="Settings and credentials are copied; change them afterwards."
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          {copy.error && <ErrorNote error={copy.error} />}
          <Group justify="flex-end">
            <Button type="submit" disabled={!name.trim()} loading={copy.isPending}>
              Duplicate
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
