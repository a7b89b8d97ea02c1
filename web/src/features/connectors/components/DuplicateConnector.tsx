import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { useAction } from "../../../api/actions";
import { post } from "../../../api/client";
import { connectorsStale } from "../../../api/connectors";
import type { ConnectorDetail, ConnectorRow } from "../../../api/types";
import { ErrorNote } from "../../../kit/Note";

const slugOf = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");

/** A connector of the workspace's own that begins as a copy; leads to it. */
export function DuplicateConnector({ connector, onClose }: { connector: ConnectorRow; onClose: () => void }) {
  const [title, setTitle] = useState(`${connector.title} copy`);
  const [slug, setSlug] = useState<string | null>(null);
  const chosen = slug ?? slugOf(title);
  const go = useNavigate();
  const copy = useAction(
    () => post<ConnectorDetail>(`/connectors/${connector.slug}/duplicate`, { slug: chosen, title: title.trim() }),
    {
      stale: connectorsStale,
      quiet: true,
      say: `${title} is yours to edit.`,
      done: (made) => {
        onClose();
        go(`/connectors/${made.slug}`);
      },
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    copy.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={`Duplicate ${connector.title}`}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label="Title"
            description="The copy is your own: the marketplace does not update it."
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            data-autofocus
          />
          <TextInput
            label="Slug"
            description="Its name in files and addresses"
            classNames={{ input: "mono" }}
            value={chosen}
            onChange={(event) => setSlug(event.currentTarget.value)}
          />
          {copy.error && <ErrorNote error={copy.error} />}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!title.trim() || !chosen} loading={copy.isPending}>
              Duplicate
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
