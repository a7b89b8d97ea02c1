import { Stack } from "@mantine/core";
import { IconArrowDownToArc, IconArrowUpFromArc } from "@tabler/icons-react";
import { useParams } from "react-router";
import { useConnector } from "../../../api/connectors";
import type { ConnectorDocument, Endpoint } from "../../../api/types";
import { ErrorNote } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";
import { Card, Page } from "../../../kit/Page";
import { CardsSkeleton } from "../../../kit/Skeletons";
import { ConnectorCard } from "../components/ConnectorCard";

const CRUMBS = [{ to: "/connectors", label: "Connectors" }];

/** One connector: its instances and what it can do. */
export function ConnectorPage() {
  const { slug = "" } = useParams();
  const connector = useConnector(slug);
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
    <Page name={document.title} crumbs={CRUMBS} lead={leadOf(document)}>
      <Stack>
        <ConnectorCard connector={connector.data} />
        <Endpoints endpoints={document.endpoints ?? []} />
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

function Endpoints({ endpoints }: { endpoints: Endpoint[] }) {
  const entities = [...new Set(endpoints.map((endpoint) => endpoint.entity))];
  return (
    <Card title="Endpoints" aside={<span className="faint">what a flow can receive and send</span>}>
      <table className="rows">
        <thead>
          <tr>
            <th>Endpoint</th>
            <th>Key</th>
            <th>Direction</th>
            <th>Request</th>
            <th>Filters</th>
          </tr>
        </thead>
        <tbody>
          {entities.flatMap((entity) =>
            endpoints
              .filter((endpoint) => endpoint.entity === entity)
              .map((endpoint) => (
                <tr key={endpoint.key}>
                  <td style={{ maxWidth: 340 }}>
                    <div style={{ fontWeight: 500 }}>{endpoint.title}</div>
                    {endpoint.description && (
                      <div className="faint" style={{ fontSize: 12.5 }}>
                        {endpoint.description}
                      </div>
                    )}
                  </td>
                  <td className="mono">{endpoint.key}</td>
                  <td>
                    <Direction of={endpoint.direction} />
                  </td>
                  <td className="mono" style={{ maxWidth: 380, overflowWrap: "anywhere" }}>
                    <b>{endpoint.request.method ?? "GET"}</b> {endpoint.request.path}
                  </td>
                  <td className="quiet" style={{ maxWidth: 220 }}>
                    {(endpoint.parameters ?? []).map((parameter) => parameter.title).join(", ") || "none"}
                  </td>
                </tr>
              )),
          )}
        </tbody>
      </table>
    </Card>
  );
}

function Direction({ of }: { of: Endpoint["direction"] }) {
  const Icon = of === "send" ? IconArrowUpFromArc : IconArrowDownToArc;
  return (
    <span className="status grey bare">
      <Icon size={14} />
      {of === "send" ? "Send" : "Receive"}
    </span>
  );
}
