import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { useAction } from "../../../api/actions";
import { post } from "../../../api/client";
import { connectorsStale } from "../../../api/connectors";
import type { InstanceRow } from "../../../api/types";
import { ErrorNote } from "../../../kit/Note";

/** The same settings and credentials under another name; leads to the copy. */
export function DuplicateDialog({ instance, onClose }: { instance: InstanceRow; onClose: () => void }) {
  const [name, setName] = useState(`${instance.name} copy`);
  const go = useNavigate();
  const copy = useAction(() => post<InstanceRow>(`/instances/${instance.id}/duplicate`, { name }), {
    stale: connectorsStale,
    quiet: true,
    say: `${name} is added.`,
    done: (row) => {
      onClose();
      go(`/instances/${row.id}`);
    },
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
          <Text size="sm" c="dimmed">
            {instance.quota_group
              ? `Both are in the quota group ${instance.quota_group} and share its rate limit.`
              : "Both use one account. Give them the same quota group, and they share its rate limit."}
          </Text>
          {copy.error && <ErrorNote error={copy.error} />}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!name.trim()} loading={copy.isPending}>
              Duplicate
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
