import { useKinds } from "../../../api/flows";
import type { ConnectorDocument } from "../../../api/types";
import { Empty } from "../../../kit/Note";
import { Card } from "../../../kit/Page";

/** How an instance may authenticate, and what is asked for. */
export function Methods({ connector }: { connector: ConnectorDocument }) {
  const kinds = useKinds("auth").data;
  const methods = connector.auth ?? [];
  return (
    <Card title="Authentication" aside={<span className="faint">the first is the default</span>}>
      {methods.length === 0 ? (
        <Empty title="It asks for no credentials" text="Its calls go out unsigned." />
      ) : (
        <table className="rows">
          <thead>
            <tr>
              <th>Method</th>
              <th>Kind</th>
              <th>Asks for</th>
            </tr>
          </thead>
          <tbody>
            {methods.map((method) => (
              <tr key={method.key}>
                <td style={{ maxWidth: 380 }}>
                  <div style={{ fontWeight: 500 }}>{method.title}</div>
                  {method.help && (
                    <div className="faint" style={{ fontSize: 12.5 }}>
                      {method.help}
                    </div>
                  )}
                </td>
                <td>{kinds?.[method.kind]?.title ?? method.kind}</td>
                <td className="quiet">
                  {(method.credentials ?? []).map((one) => one.title).join(", ") || "nothing"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
