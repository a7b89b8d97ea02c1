import { Skeleton } from "@mantine/core";
import { useParams } from "react-router";
import { useFlow, useKinds } from "../../../api/flows";
import { useNames } from "../../../canvas/names";
import { ErrorNote } from "../../../kit/Note";
import { Page } from "../../../kit/Page";
import { Editor } from "../components/Editor";

const CRUMBS = [{ to: "/flows", label: "Flows" }];

/** The canvas: shows the flow, edits its draft. */
export function FlowPage() {
  const { id = "" } = useParams();
  const flow = useFlow(id);
  const kinds = useKinds("shapes");
  const names = useNames();
  const error = flow.error ?? kinds.error;
  if (error && !flow.data) {
    return (
      <Page name="Flow" crumbs={CRUMBS}>
        <ErrorNote error={error} again={() => flow.refetch()} />
      </Page>
    );
  }
  if (!flow.data || !kinds.data) {
    return (
      <div style={{ padding: 20 }}>
        <Skeleton h={40} mb={16} />
        <Skeleton h="calc(100vh - 100px)" radius={10} />
      </div>
    );
  }
  return <Editor key={flow.data.id} flow={flow.data} kinds={kinds.data} names={names} />;
}
