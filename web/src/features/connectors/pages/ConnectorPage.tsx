import { Button, Stack, Tabs } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { Link, useParams, useSearchParams } from "react-router";
import { useConnector } from "../../../api/connectors";
import type { ConnectorDocument } from "../../../api/types";
import { ErrorNote } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";
import { Page } from "../../../kit/Page";
import { CardsSkeleton } from "../../../kit/Skeletons";
import { ConnectorCard } from "../components/ConnectorCard";
import { Endpoints } from "../components/Endpoints";
import { FileView } from "../components/FileView";
import { Methods } from "../components/Methods";
import { Versions } from "../components/Versions";

const CRUMBS = [{ to: "/connectors", label: "Connectors" }];

/** One connector: its instances, what it can do, what it was before, and its file. */
export function ConnectorPage() {
  const { slug = "" } = useParams();
  const connector = useConnector(slug);
  const [search, setSearch] = useSearchParams();
  if (connector.error) {
    return (
      <Page name="Connector" crumbs={CRUMBS}>
        <ErrorNote error={connector.error} again={() => connector.refetch()} />
      </Page>
    );
  }
  if (!connector.data) {
    return (
      <Page name="Connector" crumbs={CRUMBS} title=" ">
        <CardsSkeleton cards={2} height={220} />
      </Page>
    );
  }
  const { document } = connector.data;
  return (
    <Page
      name={document.title}
      crumbs={CRUMBS}
      lead={leadOf(document)}
      actions={
        <Button
          component={Link}
          to={`/connectors/${slug}/edit`}
          variant="default"
          leftSection={<IconPencil size={14} />}
        >
          Edit connector
        </Button>
      }
    >
      <Stack>
        <ConnectorCard connector={connector.data} />
        <Tabs
          value={search.get("tab") ?? "endpoints"}
          onChange={(tab) => setSearch(tab && tab !== "endpoints" ? { tab } : {}, { replace: true })}
          keepMounted={false}
        >
          <Tabs.List mb="md">
            <Tabs.Tab value="endpoints">Endpoints</Tabs.Tab>
            <Tabs.Tab value="authentication">Authentication</Tabs.Tab>
            <Tabs.Tab value="versions">Versions</Tabs.Tab>
            <Tabs.Tab value="file">File</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="endpoints">
            <Endpoints endpoints={document.endpoints ?? []} />
          </Tabs.Panel>
          <Tabs.Panel value="authentication">
            <Methods connector={document} />
          </Tabs.Panel>
          <Tabs.Panel value="versions">
            <Versions connector={connector.data} />
          </Tabs.Panel>
          <Tabs.Panel value="file">
            <FileView slug={slug} />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </Page>
  );
}

function leadOf(document: ConnectorDocument): string {
  const methods = (document.auth ?? []).map((option) => option.title).join(" or ");
  const pace = document.pacing
    ? `; at most ${plural(document.pacing.amount, "call")} a ${document.pacing.unit ?? "second"}`
    : "";
  return `${plural(document.endpoints?.length ?? 0, "endpoint")}${methods ? `; authenticates by ${methods}` : ""}${pace}.`;
}
