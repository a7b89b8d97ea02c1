import { useRef } from "react";
import { useParams } from "react-router";
import { useConnector } from "../../../api/connectors";
import type { Values } from "../../../kit/form/schema";
import { ErrorNote } from "../../../kit/Note";
import { Page } from "../../../kit/Page";
import { CardsSkeleton } from "../../../kit/Skeletons";
import { Builder } from "../components/Builder";
import { print } from "../document";

const CRUMBS = [{ to: "/connectors", label: "Connectors" }];

/** An installed connector's file, to be changed for all its instances at once. */
export function EditConnectorPage() {
  const { slug = "" } = useParams();
  const connector = useConnector(slug);
  const begun = useRef<{ slug: string; text: string } | null>(null);
  if (connector.data && begun.current?.slug !== slug)
    begun.current = { slug, text: print(connector.data.document as unknown as Values) };
  if (connector.data && begun.current)
    return <Builder key={slug} begun={begun.current.text} connector={connector.data} view="forms" />;
  return (
    <Page name="Edit connector" crumbs={CRUMBS} title=" ">
      {connector.error ? (
        <ErrorNote error={connector.error} again={() => connector.refetch()} />
      ) : (
        <CardsSkeleton cards={2} height={260} />
      )}
    </Page>
  );
}
