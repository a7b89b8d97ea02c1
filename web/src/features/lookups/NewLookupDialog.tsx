import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { useAction } from "../../api/actions";
import { put } from "../../api/client";
import { lookupKeys, lookupPath } from "../../api/lookups";
import type { Lookup } from "../../api/types";
import { ErrorNote } from "../../kit/Note";

/** A new, empty lookup; its rows are entered on its page. */
export function NewLookupDialog({ taken, onClose }: { taken: string[]; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const name = typed.trim();
  const go = useNavigate();
  const make = useAction(() => put<Lookup>(lookupPath(name), { rows: [] }), {
    stale: [lookupKeys.all],
    quiet: true,
    done: () => go(`/lookups/${encodeURIComponent(name)}`),
  });
  const fault = taken.includes(name)
    ? "There is a lookup of that name already"
    : name.includes("/")
      ? "A name has no slash"
      : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name && !fault) make.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="New lookup">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label="Name"
            description="Maps use it by this name; it cannot be changed later."
            placeholder="Store codes"
            maxLength={120}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={fault}
            data-autofocus
          />
          {make.error && <ErrorNote error={make.error} />}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!name || fault !== null} loading={make.isPending}>
              Make it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
