import { Button, Stack } from "@mantine/core";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { useConnectors } from "../../../api/connectors";
import type { ConnectorRow } from "../../../api/types";
import { Empty, ErrorNote } from "../../../kit/Note";
import { count, plural } from "../../../kit/numbers";
import { Page } from "../../../kit/Page";
import { SearchInput } from "../../../kit/SearchInput";
import { CardsSkeleton } from "../../../kit/Skeletons";
import { CatalogProblems } from "../components/CatalogProblems";
import { ConnectorCard } from "../components/ConnectorCard";

/** What is installed, with its instances beneath. */
export function ConnectorsPage() {
  const connectors = useConnectors();
  const [search, setSearch] = useState("");
  const all = connectors.data ?? [];
  const words = search.trim().toLowerCase();
  const shown = all.filter((row) =>
    [row.title, ...row.instances.map((one) => one.name)].join(" ").toLowerCase().includes(words),
  );
  return (
    <Page
      name="Connectors"
      lead={connectors.data && sentenceOf(connectors.data)}
      actions={
        <>
          <SearchInput value={search} onChange={setSearch} placeholder="Connector or instance" />
          <Button component={Link} to="/connectors/new" variant="default">
            Make a connector
          </Button>
          <Button component={Link} to="/marketplace" leftSection={<IconPlus size={14} />}>
            Add connector
          </Button>
        </>
      }
    >
      <CatalogProblems />
      {connectors.error && !connectors.data ? (
        <ErrorNote error={connectors.error} again={() => connectors.refetch()} />
      ) : !connectors.data ? (
        <CardsSkeleton cards={2} height={200} />
      ) : all.length === 0 ? (
        <div className="card">
          <Empty
            icon={<IconPlugConnected size={32} stroke={1.4} />}
            title="No connector is installed"
            text="A connector knows how to talk to one application. Install it once, then add as many instances as you have accounts."
            action={
              <Button component={Link} to="/marketplace">
                Open the marketplace
              </Button>
            }
          />
        </div>
      ) : shown.length === 0 ? (
        <div className="card">
          <Empty
            title={`Nothing here is called “${search}”`}
            text="Look for it in the marketplace, or clear the search."
            action={
              <Button variant="default" onClick={() => setSearch("")}>
                Clear the search
              </Button>
            }
          />
        </div>
      ) : (
        <Stack>
          {shown.map((connector) => (
            <ConnectorCard key={connector.slug} connector={connector} />
          ))}
        </Stack>
      )}
    </Page>
  );
}

function sentenceOf(connectors: ConnectorRow[]): string {
  const instances = connectors.flatMap((connector) => connector.instances);
  if (instances.length === 0) return "No instance yet: add one with your credentials.";
  const ill = instances.filter((row) => row.health === "needs_authorisation" || row.health === "unreachable");
  const unchecked = instances.filter((row) => row.health === "unchecked").length;
  const updates = connectors.filter((row) => row.update_available).length;
  const parts = [
    ill.length
      ? `${count(ill.length)} of ${plural(instances.length, "instance")} ${ill.length === 1 ? "needs" : "need"} attention`
      : unchecked
        ? `${plural(instances.length, "instance")}, ${count(unchecked)} not checked yet`
        : instances.length === 1
          ? "The one instance is healthy"
          : `All ${count(instances.length)} instances are healthy`,
    ...(updates ? [`${plural(updates, "update")} available`] : []),
  ];
  return `${parts.join("; ")}.`;
}
