import { Button } from "@mantine/core";
import { IconPlus, IconSitemap } from "@tabler/icons-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { useFlows } from "../../../api/flows";
import type { FlowRow } from "../../../api/types";
import { Empty, ErrorNote } from "../../../kit/Note";
import { count, plural } from "../../../kit/numbers";
import { Page } from "../../../kit/Page";
import { SearchInput } from "../../../kit/SearchInput";
import { TableSkeleton } from "../../../kit/Skeletons";
import { FlowLine } from "../components/FlowLine";
import { NewFlowDialog } from "../components/NewFlowDialog";

/** Every flow: does it run, when, and how did it go last time. */
export function FlowsPage() {
  const flows = useFlows();
  const [params, setParams] = useSearchParams();
  const [search, setSearch] = useState("");
  const isMaking = params.has("new");
  const make = () => setParams({ new: "" });
  const all = flows.data ?? [];
  const words = search.trim().toLowerCase();
  const shown = all.filter((flow) => [flow.name, ...flow.labels].join(" ").toLowerCase().includes(words));
  return (
    <Page
      name="Flows"
      lead={all.length > 0 && sentenceOf(all)}
      actions={
        <>
          <SearchInput value={search} onChange={setSearch} placeholder="Name or label" />
          <Button leftSection={<IconPlus size={14} />} onClick={make}>
            New flow
          </Button>
        </>
      }
    >
      {flows.error && !flows.data ? (
        <ErrorNote error={flows.error} again={() => flows.refetch()} />
      ) : !flows.data ? (
        <TableSkeleton />
      ) : all.length === 0 ? (
        <div className="card">
          <Empty
            icon={<IconSitemap size={32} stroke={1.4} />}
            title="No flow yet"
            text="A flow pulls records from instances, shapes them, and sends them on. Draw it, deploy it, run it."
            action={<Button onClick={make}>Draw the first flow</Button>}
          />
        </div>
      ) : shown.length === 0 ? (
        <div className="card">
          <Empty
            title={`No flow is called “${search}”`}
            text="Names and labels were searched."
            action={
              <Button variant="default" onClick={() => setSearch("")}>
                Clear the search
              </Button>
            }
          />
        </div>
      ) : (
        <div className="card">
          <table className="rows">
            <thead>
              <tr>
                <th>Flow</th>
                <th>State</th>
                <th>Starts</th>
                <th>Last run</th>
                <th className="num">Versions</th>
                <th className="num">Triggers on</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((flow) => (
                <FlowLine key={flow.id} flow={flow} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isMaking && <NewFlowDialog onClose={() => setParams({})} />}
    </Page>
  );
}

function sentenceOf(flows: FlowRow[]): string {
  const deployed = flows.filter((flow) => flow.deployed_version !== null).length;
  const failed = flows.filter((flow) => flow.last_run?.status === "failed").length;
  const partly = flows.filter((flow) => flow.last_run?.status === "partial_success").length;
  const parts = [
    `${count(deployed)} of ${plural(flows.length, "flow")} deployed`,
    ...(failed ? [`the last run of ${count(failed)} failed`] : []),
    ...(partly ? [`${count(partly)} ended in part`] : []),
    ...(!failed && !partly ? ["every last run went well"] : []),
  ];
  return `${parts.join("; ")}.`;
}
