import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useKinds } from "../../../api/flows";
import { Card } from "../../../kit/Page";
import { type Beginning, begin, slugOf } from "../start";

const KINDS: Beginning["auth"][] = ["bearer", "api_key", "basic", "none"];

/** What cannot be guessed of a new connector; all of it can be changed afterwards. */
export function StartForm({ onBegin }: { onBegin: (text: string, view: "forms" | "yaml") => void }) {
  const kinds = useKinds("auth").data;
  const [title, setTitle] = useState("");
  const [baseUrl, setBaseUrl] = useState("");
  const [path, setPath] = useState("");
  const [auth, setAuth] = useState<Beginning["auth"]>("bearer");
  const slug = slugOf(title);
  const isReady = slug !== "" && baseUrl.trim() !== "" && path.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady)
      onBegin(begin({ title: title.trim(), slug, baseUrl: baseUrl.trim(), path: path.trim(), auth }), "forms");
  };
  return (
    <Card title="Where to begin" padded>
      <form onSubmit={submit}>
        <Stack gap="sm" maw={560}>
          <TextInput
            label="Title"
            description={slug ? `Its name in files and addresses: ${slug}` : "The application's name"}
            placeholder="Acme Shop"
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            data-autofocus
          />
          <TextInput
            label="Base URL"
            description="Every instance may set another"
            placeholder="https://api.acme.example/v1"
            classNames={{ input: "mono" }}
            value={baseUrl}
            onChange={(event) => setBaseUrl(event.currentTarget.value)}
          />
          <TextInput
            label="Path of a list"
            description="The first endpoint: something that the application lists"
            placeholder="/orders"
            classNames={{ input: "mono" }}
            value={path}
            onChange={(event) => setPath(event.currentTarget.value)}
          />
          <Select
            label="Authentication"
            description="Every other kind can be chosen afterwards"
            allowDeselect={false}
            data={KINDS.map((kind) => ({ value: kind, label: kinds?.[kind]?.title ?? kind }))}
            value={auth}
            onChange={(kind) => setAuth((kind as Beginning["auth"]) ?? "bearer")}
          />
          <Group gap={10} mt={4}>
            <Button type="submit" disabled={!isReady}>
              Begin
            </Button>
            <Button
              variant="default"
              onClick={() =>
                onBegin(
                  begin({
                    title: title.trim() || "New connector",
                    slug: slug || "new-connector",
                    baseUrl: baseUrl.trim() || "https://",
                    path: path.trim() || "/items",
                    auth,
                  }),
                  "yaml",
                )
              }
            >
              Paste a file instead
            </Button>
          </Group>
          <Text size="xs" c="dimmed">
            Nothing is saved until you say so.
          </Text>
        </Stack>
      </form>
    </Card>
  );
}
