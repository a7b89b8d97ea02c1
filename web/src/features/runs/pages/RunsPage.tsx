import { Button, Center, Select } from "@mantine/core";
import { IconActivity } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useFlows } from "../../../api/flows";
import { useRuns } from "../../../api/runs";
import type { RunRow } from "../../../api/types";
import { Empty, ErrorNote } from "../../../kit/Note";
import { count, plural } from "../../../kit/numbers";
import { Page } from "../../../kit/Page";
import { TableSkeleton } from "../../../kit/Skeletons";
import { statusWord } from "../../../kit/Status";
import { RunTable } from "../components/RunTable";
import { isOver } from "../words";

const STATUSES = ["running", "queued", "success", "partial_success", "failed", "stopped", "parked"].map((value) => ({
  value,
  label: statusWord(value),
}));
const PAGE = 50;

/** Every run, newest first; refreshed by itself. */
export function RunsPage() {
  const [params, setParams] = useSearchParams();
  const [limit, setLimit] = useState(PAGE);
  const flow = params.get("flow");
  const status = params.get("status");
  const runs = useRuns({ flow, status, limit });
  const flows = useFlows();
  const set = (name: string, value: string | null) => {
    const next = new URLSearchParams(params);
    if (value) next.set(name, value);
    else next.delete(name);
    setParams(next);
  };
  return (
    <Page
      name="Runs"
      lead={runs.data && runs.data.length > 0 && sentenceOf(runs.data)}
      actions={
        <>
          <Select
            size="xs"
            w={220}
            placeholder="Every flow"
            aria-label="Flow"
            clearable
            searchable
            data={(flows.data ?? []).map((row) => ({ value: row.id, label: row.name }))}
            value={flow}
            onChange={(value) => set("flow", value)}
          />
          <Select
            size="xs"
            w={160}
            placeholder="Every outcome"
            aria-label="Outcome"
            clearable
            data={STATUSES}
            value={status}
            onChange={(value) => set("status", value)}
          />
        </>
      }
    >
      {runs.error && !runs.data ? (
        <ErrorNote error={runs.error} again={() => runs.refetch()} />
      ) : !runs.data ? (
        <TableSkeleton rows={9} />
      ) : runs.data.length === 0 ? (
        <div className="card">
          <Empty
            icon={<IconActivity size={32} stroke={1.4} />}
            title={flow || status ? "No run fits these filters" : "No run yet"}
            text={
              flow || status
                ? "Runs of other flows or with another outcome are not shown."
                : "Deploy a flow, then run it by hand, on a schedule or by a webhook."
            }
            action={
              flow || status ? (
                <Button variant="default" onClick={() => setParams({})}>
                  Show every run
                </Button>
              ) : (
                <Button component={Link} to="/flows">
                  Open flows
                </Button>
              )
            }
          />
        </div>
      ) : (
        <div className="card">
          <RunTable runs={runs.data} />
        </div>
      )}
      {runs.data && runs.data.length >= limit && (
        <Center mt="md">
          <Button
            variant="default"
            loading={runs.isFetching && runs.isPlaceholderData}
            onClick={() => setLimit(Math.min(1000, limit + 100))}
          >
            Show more
          </Button>
        </Center>
      )}
    </Page>
  );
}

function sentenceOf(runs: RunRow[]): string {
  const live = runs.filter((run) => !isOver(run.status)).length;
  const failed = runs.filter((run) => run.status === "failed").length;
  const partly = runs.filter((run) => run.status === "partial_success").length;
  const bad = [...(failed ? [`${count(failed)} failed`] : []), ...(partly ? [`${count(partly)} ended in part`] : [])];
  const of = `the latest ${plural(runs.length, "run")}`;
  return `${live ? `${count(live)} under way; of` : "None under way; of"} ${of}, ${bad.length ? bad.join(" and ") : "none failed"}.`;
}
