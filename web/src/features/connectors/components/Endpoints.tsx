import { IconArrowDownToArc, IconArrowUpFromArc } from "@tabler/icons-react";
import type { Endpoint } from "../../../api/types";
import { Empty } from "../../../kit/Note";
import { Card } from "../../../kit/Page";

/** What a flow can receive and send, by entity. */
export function Endpoints({ endpoints }: { endpoints: Endpoint[] }) {
  const entities = [...new Set(endpoints.map((endpoint) => endpoint.entity))];
  const sorted = entities.flatMap((entity) => endpoints.filter((endpoint) => endpoint.entity === entity));
  if (sorted.length === 0) {
    return (
      <Card>
        <Empty title="No endpoint yet" text="An endpoint is one thing that a flow can receive or send." />
      </Card>
    );
  }
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
          {sorted.map((endpoint) => (
            <tr key={endpoint.key}>
              <td style={{ minWidth: 200, maxWidth: 340 }}>
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
          ))}
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
