import { ActionIcon, Button, Group, Skeleton, Text, TextInput, Tooltip } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { accessKeys, useApiKeys } from "../../api/access";
import { useAction } from "../../api/actions";
import { post, remove } from "../../api/client";
import type { ApiKey, NewApiKey } from "../../api/types";
import { ConfirmRemove } from "../../kit/ConfirmRemove";
import { CopyText } from "../../kit/Copy";
import { ErrorNote, Note } from "../../kit/Note";
import { Time } from "../../kit/Time";

export function ApiKeys() {
  const keys = useApiKeys();
  const [name, setName] = useState("");
  const [made, setMade] = useState<NewApiKey | null>(null);
  const [leaving, setLeaving] = useState<ApiKey | null>(null);
  const create = useAction(() => post<NewApiKey>("/keys", { name }), {
    stale: [accessKeys.keys],
    done: (key) => {
      setMade(key);
      setName("");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <div>
      {made && (
        <div style={{ marginBottom: 14 }}>
          <Note tone="green" title={`The key “${made.name}” is made. Copy it now: it is not shown again.`}>
            <div style={{ marginTop: 8 }}>
              <CopyText value={made.key} />
            </div>
          </Note>
        </div>
      )}
      {keys.error ? (
        <ErrorNote error={keys.error} again={() => keys.refetch()} />
      ) : !keys.data ? (
        <Skeleton h={60} />
      ) : keys.data.length === 0 ? (
        <Text size="sm" c="dimmed">
          No key yet. The command line and other programs need one.
        </Text>
      ) : (
        <table className="rows" style={{ marginInline: -16, width: "calc(100% + 32px)" }}>
          <thead>
            <tr>
              <th>Name</th>
              <th>Begins with</th>
              <th>Made</th>
              <th>Last used</th>
              <th aria-label="Actions" />
            </tr>
          </thead>
          <tbody>
            {keys.data.map((key) => (
              <tr key={key.id}>
                <td>{key.name}</td>
                <td className="mono">{key.prefix}…</td>
                <td className="quiet">
                  <Time at={key.created_at} />
                </td>
                <td className="quiet">{key.used_at ? <Time at={key.used_at} /> : "never"}</td>
                <td className="num">
                  <Tooltip label="Remove this key">
                    <ActionIcon onClick={() => setLeaving(key)} aria-label={`Remove ${key.name}`}>
                      <IconTrash size={15} />
                    </ActionIcon>
                  </Tooltip>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <form onSubmit={submit}>
        <Group mt="md" align="flex-end" gap={8}>
          <TextInput
            label="New key"
            placeholder="What it is for"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            w={280}
          />
          <Button type="submit" size="sm" variant="default" disabled={!name.trim()} loading={create.isPending}>
            Make key
          </Button>
        </Group>
      </form>
      {leaving && (
        <ConfirmRemove
          name={leaving.name}
          title="Remove API key"
          act={() => remove(`/keys/${leaving.id}`)}
          stale={[accessKeys.keys]}
          onClose={() => setLeaving(null)}
        >
          Programs that use this key are locked out at once.
        </ConfirmRemove>
      )}
    </div>
  );
}
