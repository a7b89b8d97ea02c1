import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useAction } from "../api/actions";
import { ErrorNote } from "./Note";

interface Props {
  /** What the person types to confirm. */
  name: string;
  title: string;
  /** What will happen, and to what. */
  children: ReactNode;
  /** What stands in the way: then nothing can be removed yet. */
  blocked?: ReactNode;
  act: () => Promise<unknown>;
  stale: QueryKey[];
  /** What is not there any more afterwards, so that nobody asks for it again. */
  gone?: QueryKey;
  onDone?: () => void;
  onClose: () => void;
}

/** Removing takes the name typed, and says beforehand what goes or what stands in the way. */
export function ConfirmRemove({ name, title, children, blocked, act, stale, gone, onDone, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const client = useQueryClient();
  const removal = useAction(act, {
    stale,
    quiet: true,
    say: `${name} is removed.`,
    done: () => {
      if (gone) client.removeQueries({ queryKey: gone });
      onClose();
      onDone?.();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() === name) removal.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={title}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm" component="div">
            {children}
          </Text>
          {blocked || (
            <TextInput
              label={`Type “${name}” to confirm`}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              data-autofocus
              autoComplete="off"
            />
          )}
          {removal.error && <ErrorNote error={removal.error} />}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {blocked ? "Close" : "Keep it"}
            </Button>
            {!blocked && (
              <Button color="red" type="submit" disabled={typed.trim() !== name} loading={removal.isPending}>
                Remove
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
