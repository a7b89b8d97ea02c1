import { Button, Drawer, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { useAction } from "../../../api/actions";
import { post } from "../../../api/client";
import { connectorsStale, useConnectors, useMarketplaceEntry } from "../../../api/connectors";
import type { ConnectorDetail, MarketplaceEntry } from "../../../api/types";
import { ConnectorIcon } from "../../../kit/ConnectorIcon";
import { Markdown } from "../../../kit/Markdown";
import { ErrorNote, Note } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";
import { categoryWord } from "../categories";
import { InstanceWizard } from "./InstanceWizard";
import { UpdateDialog } from "./UpdateDialog";

/** A connector of the marketplace: what it can do, and the button that installs it. */
export function EntryDrawer({ slug, onClose }: { slug: string; onClose: () => void }) {
  const entry = useMarketplaceEntry(slug);
  return (
    <Drawer opened onClose={onClose} position="right" size={520} padding="lg" title={entry.data?.title ?? " "}>
      {entry.error ? (
        <ErrorNote error={entry.error} again={() => entry.refetch()} />
      ) : entry.data ? (
        <Entry entry={entry.data} />
      ) : (
        <Skeleton h={300} />
      )}
    </Drawer>
  );
}

function Entry({ entry }: { entry: MarketplaceEntry }) {
  const connectors = useConnectors();
  const [dialog, setDialog] = useState<"instance" | "update" | null>(null);
  const mine = connectors.data?.find((row) => row.slug === entry.slug);
  const install = useAction(() => post<ConnectorDetail>("/connectors", { slug: entry.slug }), {
    stale: connectorsStale,
    quiet: true,
    say: `${entry.title} is installed.`,
  });
  const endpoints = entry.document.endpoints ?? [];
  return (
    <Stack>
      <Group gap={14} wrap="nowrap">
        <ConnectorIcon slug={entry.slug} size={52} />
        <div>
          <Text size="sm">{entry.summary}</Text>
          <Text size="xs" c="dimmed" mt={2}>
            {categoryWord(entry.category)} · version {entry.version}
            {entry.installed_version && entry.installed_version !== entry.version
              ? ` (installed: ${entry.installed_version})`
              : ""}
          </Text>
        </div>
      </Group>
      {entry.installed_version && (
        <Note
          tone="grey"
          title={
            mine?.instances.length
              ? `Installed, with ${plural(mine.instances.length, "instance")}.`
              : "Installed. Next: add an instance with your credentials."
          }
        />
      )}
      {install.error && <ErrorNote error={install.error} />}
      <Group gap={8}>
        {entry.installed_version ? (
          <>
            {entry.update_available && <Button onClick={() => setDialog("update")}>Update to {entry.version}</Button>}
            <Button variant={entry.update_available ? "default" : "filled"} onClick={() => setDialog("instance")}>
              Add instance
            </Button>
            <Button variant="default" component={Link} to={`/connectors/${entry.slug}`}>
              Open
            </Button>
          </>
        ) : (
          <Button loading={install.isPending} onClick={() => install.mutate()}>
            Install
          </Button>
        )}
        {entry.docs_url && (
          <Button
            variant="subtle"
            color="gray"
            component="a"
            href={entry.docs_url}
            target="_blank"
            rel="noreferrer"
            rightSection={<IconExternalLink size={13} />}
          >
            Vendor's documentation
          </Button>
        )}
      </Group>
      <div>
        <Title order={3} mb={6}>
          {plural(endpoints.length, "endpoint")}
        </Title>
        <div className="card" style={{ boxShadow: "none" }}>
          {endpoints.map((endpoint, index) => (
            <Group
              key={endpoint.key}
              justify="space-between"
              px={12}
              py={7}
              wrap="nowrap"
              style={{ borderTop: index ? "1px solid var(--line)" : undefined }}
            >
              <Text size="sm">{endpoint.title}</Text>
              <Text size="xs" c="dimmed">
                {endpoint.direction === "send" ? "send" : "receive"}
              </Text>
            </Group>
          ))}
        </div>
      </div>
      <Markdown text={entry.readme.replace(/^# .*\n/, "")} />
      {dialog === "instance" && <InstanceWizard slug={entry.slug} onClose={() => setDialog(null)} />}
      {dialog === "update" && (
        <UpdateDialog
          connector={{ slug: entry.slug, title: entry.title, instances: mine?.instances ?? [] }}
          onClose={() => setDialog(null)}
        />
      )}
    </Stack>
  );
}
