import { useState } from "react";
import { Page } from "../../../kit/Page";
import { Builder } from "../components/Builder";
import { StartForm } from "../components/StartForm";

/** A connector from nothing. */
export function NewConnectorPage() {
  const [begun, setBegun] = useState<{ text: string; view: "forms" | "yaml" } | null>(null);
  if (begun) return <Builder begun={begun.text} connector={null} view={begun.view} />;
  return (
    <Page
      name="New connector"
      crumbs={[{ to: "/connectors", label: "Connectors" }]}
      lead="Say where the application answers; the rest is learnt by calling it."
    >
      <StartForm onBegin={(text, view) => setBegun({ text, view })} />
    </Page>
  );
}
