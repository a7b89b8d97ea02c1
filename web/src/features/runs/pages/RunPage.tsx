import { Button, Group, Skeleton, Stack, Tabs } from "@mantine/core";
import { IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { useAction } from "../../../api/actions";
import { post } from "../../../api/client";
import { useRun } from "../../../api/runs";
import type { FlowDocument, RunDetail, RunRow } from "../../../api/types";
import { ErrorNote } from "../../../kit/Note";
import { Page } from "../../../kit/Page";
import { CardsSkeleton } from "../../../kit/Skeletons";
import { Status } from "../../../kit/Status";
import { Time } from "../../../kit/Time";
import { Deliveries } from "../components/Deliveries";
import { Log } from "../components/Log";
import { Parked } from "../components/Parked";
import { Payloads } from "../components/Payloads";
import { Requests } from "../components/Requests";
import { RunCanvas } from "../components/RunCanvas";
import { RunError } from "../components/RunError";
import { RunFigures } from "../components/RunFigures";
import { Sources } from "../components/Sources";
import { Waiting } from "../components/Waiting";
import { useLive } from "../useLive";
import { useWaits, type Wait } from "../waits";
import { isOver, runSentence, startedBy, waitsForConsent } from "../words";

const CRUMBS = [{ to: "/runs", label: "Runs" }];

/** A run as it happens: did everything arrive, and if not, why. */
export function RunPage() {
  const { id = "" } = useParams();
  const run = useRun(id);
  if (run.error && !run.data) {
    return (
      <Page name="Run" crumbs={CRUMBS}>
        <ErrorNote error={run.error} again={() => run.refetch()} />
      </Page>
    );
  }
  if (!run.data) {
    return (
      <Page name="Run" crumbs={CRUMBS} title={<Skeleton h={24} w="min(420px, 70vw)" />}>
        <CardsSkeleton cards={2} height={220} />
      </Page>
    );
  }
  return <RunView key={id} run={run.data} />;
}

function RunView({ run }: { run: RunDetail }) {
  const live = useLive(run.id);
  const waits = useWaits(run, live.lines);
  const [params, setParams] = useSearchParams();
  const isUnderWay = !isOver(run.status);
  const step = params.get("step");
  const tab = params.get("tab") ?? "log";
  const set = (values: Record<string, string | null>) => {
    const next = new URLSearchParams(params);
    for (const [name, value] of Object.entries(values)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    setParams(next, { replace: true });
  };
  const steps = ((run.document as FlowDocument | null)?.steps ?? []) as NonNullable<FlowDocument["steps"]>;
  return (
    <Page
      name={`Run of ${run.flow_name}`}
      crumbs={[...CRUMBS, { to: `/flows/${run.flow_id}`, label: run.flow_name }]}
      title={runSentence(run)}
      lead={<Lead run={run} wait={waits.run} />}
      actions={<Actions run={run} />}
    >
      <Stack>
        {waitsForConsent(run) ? (
          <Parked run={run} onStep={(id) => set({ step: id })} />
        ) : (
          <RunError run={run} onStep={(id) => set({ step: id })} />
        )}
        <div className="card">
          <div style={{ padding: "16px 20px" }}>
            <RunFigures run={run} points={live.points} />
          </div>
          {run.sources.length > 0 && <Sources run={run} />}
        </div>
        {run.document && (
          <RunCanvas
            run={run}
            waits={waits.steps}
            isLive={isUnderWay}
            selected={step}
            onSelect={(id) => set({ step: id })}
          />
        )}
        <div className="card">
          <Tabs value={tab} onChange={(value) => set({ tab: value })} keepMounted={false}>
            <Tabs.List px={8}>
              <Tabs.Tab value="log">Log</Tabs.Tab>
              <Tabs.Tab value="deliveries">Deliveries</Tabs.Tab>
              <Tabs.Tab value="requests">Requests</Tabs.Tab>
              <Tabs.Tab value="payloads">Payloads</Tabs.Tab>
              {step && (
                <Group ml="auto" gap={6} pr={8}>
                  <span className="faint" style={{ fontSize: 13 }}>
                    only step <span className="mono">{step}</span>
                  </span>
                  <Button size="compact-xs" variant="default" onClick={() => set({ step: null })}>
                    Show all
                  </Button>
                </Group>
              )}
            </Tabs.List>
            <Tabs.Panel value="log">
              <Log id={run.id} lines={live.lines} isLive={isUnderWay} step={step} />
            </Tabs.Panel>
            <Tabs.Panel value="deliveries">
              <Deliveries
                run={run}
                isLive={isUnderWay}
                initial={params.get("search") ?? ""}
                initialState={params.get("state")}
              />
            </Tabs.Panel>
            <Tabs.Panel value="requests">
              <Requests id={run.id} step={step} isLive={isUnderWay} />
            </Tabs.Panel>
            <Tabs.Panel value="payloads">
              <Payloads
                id={run.id}
                steps={steps}
                step={step}
                isLive={isUnderWay}
                onStep={(id) => set({ step: id })}
              />
            </Tabs.Panel>
          </Tabs>
        </div>
      </Stack>
    </Page>
  );
}

function Lead({ run, wait }: { run: RunDetail; wait: Wait | null }) {
  return (
    <Group gap={10} mt={4}>
      <Status of={run.status} />
      <Waiting wait={wait} />
      <span>
        version {run.version}, started by {startedBy(run)} <Time at={run.queued_at} />
      </span>
      {run.retry_of && (
        <Link to={`/runs/${run.retry_of}`} className="textlink">
          {run.trigger === "authorised" ? "goes on with a parked run" : "retry of an earlier run"}
        </Link>
      )}
    </Group>
  );
}

function Actions({ run }: { run: RunDetail }) {
  const go = useNavigate();
  const stale = [["runs"], ["flows"], ["summary"]];
  const stop = useAction(() => post<RunRow>(`/runs/${run.id}/stop`), {
    stale,
    say: "The run stops at the next safe place.",
  });
  const retry = useAction(() => post<RunRow>(`/runs/${run.id}/retry`), {
    stale,
    done: (row) => go(`/runs/${row.id}`),
  });
  if (!isOver(run.status)) {
    return (
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={14} />}
        loading={stop.isPending}
        onClick={() => stop.mutate()}
      >
        Stop
      </Button>
    );
  }
  return (
    <>
      <Button variant="default" component={Link} to={`/flows/${run.flow_id}`}>
        Open flow
      </Button>
      {run.status !== "success" && run.status !== "parked" && (
        <Button
          variant={waitsForConsent(run) ? "default" : "filled"}
          leftSection={<IconRefresh size={14} />}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
          title="Sends what is not yet confirmed"
        >
          Retry
        </Button>
      )}
    </>
  );
}
