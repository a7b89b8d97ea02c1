import { Button, Skeleton, Stack, Text } from "@mantine/core";
import { IconChevronRight, IconCircleCheck, IconPlugConnected, IconRoute, IconSitemap } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { sentence } from "../../api/client";
import { useConnectors } from "../../api/connectors";
import { useSummary } from "../../api/summary";
import type { Summary } from "../../api/types";
import { Bars } from "../../kit/Bars";
import { Figures } from "../../kit/Figures";
import { ErrorNote } from "../../kit/Note";
import { count } from "../../kit/numbers";
import { Card, Page } from "../../kit/Page";
import { CardsSkeleton } from "../../kit/Skeletons";
import { clock } from "../../kit/Time";

/** Did everything arrive, and if not, what do I do? */
export function HomePage({ latestRuns }: { latestRuns: ReactNode }) {
  const summary = useSummary();
  const connectors = useConnectors();
  if (summary.error && !summary.data) {
    return (
      <Page name="Home">
        <ErrorNote error={summary.error} again={() => summary.refetch()} />
      </Page>
    );
  }
  if (!summary.data || !connectors.data) {
    return (
      <Page name="Home" title={<Skeleton h={24} w="min(460px, 70vw)" />}>
        <CardsSkeleton cards={2} height={230} />
      </Page>
    );
  }
  const { attention } = summary.data;
  const isNew = connectors.data.every((connector) => connector.instances.length === 0);
  return (
    <Page name="Home" title={isNew ? "Welcome: three steps to the first run." : sentence(summary.data.sentence)}>
      <Stack>
        {isNew && <FirstSteps installed={connectors.data.length > 0} />}
        {attention.length > 0 && <Attention items={attention} />}
        <Today summary={summary.data} />
        {!isNew && latestRuns}
      </Stack>
    </Page>
  );
}

function Today({ summary }: { summary: Summary }) {
  const { records_today: records, runs_today: runs, throughput } = summary;
  return (
    <Card>
      <div style={{ padding: "18px 20px 16px" }}>
        <Figures
          items={[
            { value: count(records.confirmed), word: "records arrived today" },
            {
              value: count(records.waiting),
              word: "waiting",
              tone: records.waiting ? "amber" : undefined,
              to: "/runs?status=running",
            },
            {
              value: count(records.failed),
              word: "failed",
              tone: records.failed ? "red" : undefined,
              to: "/runs?status=partial_success",
            },
            { value: count(runs.success), word: "runs in full", to: "/runs?status=success" },
            {
              value: count(runs.partial_success),
              word: "in part",
              tone: runs.partial_success ? "amber" : undefined,
              to: "/runs?status=partial_success",
            },
            {
              value: count(runs.failed),
              word: "failed runs",
              tone: runs.failed ? "red" : undefined,
              to: "/runs?status=failed",
            },
            ...(runs.parked
              ? [{ value: count(runs.parked), word: "parked", tone: "amber" as const, to: "/runs?status=parked" }]
              : []),
            { value: count(runs.running + runs.queued), word: "under way", to: "/runs?status=running" },
          ]}
        />
        <div style={{ marginTop: 22 }}>
          <Bars
            bars={throughput.map((point) => ({ label: clock(point.at), good: point.confirmed, bad: point.failed }))}
            unit="records an hour, last 24 hours"
          />
        </div>
      </div>
    </Card>
  );
}

const ICONS = { instance: IconPlugConnected, run: IconRoute, flow: IconSitemap };

function Attention({ items }: { items: Summary["attention"] }) {
  return (
    <Card title={items.length === 1 ? "One thing needs attention" : `${items.length} things need attention`}>
      <div style={{ padding: 6 }}>
        {items.map((item) => {
          const Icon = ICONS[item.kind];
          return (
            <Link
              key={item.link + item.message}
              to={item.link}
              className="nav"
              style={{ padding: "8px 10px", color: "var(--text)" }}
            >
              <Icon size={17} stroke={1.7} color="var(--red)" />
              <Text
                inherit
                component="span"
                flex={1}
                lineClamp={2}
                title={item.message}
                style={{ overflowWrap: "anywhere" }}
              >
                {sentence(item.message)}
              </Text>
              <IconChevronRight size={15} color="var(--text-3)" />
            </Link>
          );
        })}
      </div>
    </Card>
  );
}

function FirstSteps({ installed }: { installed: boolean }) {
  const steps = [
    {
      done: installed,
      title: "Install a connector",
      text: "It knows how to talk to one application. Take two: one to read from, one to send to.",
      to: "/marketplace",
      action: "Open the marketplace",
    },
    {
      done: false,
      title: "Add an instance",
      text: "The connector with your own credentials. They are checked before they are saved.",
      to: "/connectors",
      action: "Add an instance",
    },
    {
      done: false,
      title: "Draw a flow",
      text: "Pull records from the one, map them, send them to the other. Then run it.",
      to: "/flows?new",
      action: "New flow",
    },
  ];
  const next = steps.findIndex((step) => !step.done);
  return (
    <Card>
      <div className="firststeps">
        {steps.map((step, index) => (
          <div key={step.title} style={{ padding: 20 }}>
            <div style={{ fontWeight: 600, display: "flex", alignItems: "center", gap: 6 }}>
              {step.done ? (
                <IconCircleCheck size={17} color="var(--green)" />
              ) : (
                <span className="faint">{index + 1}</span>
              )}
              {step.title}
            </div>
            <div className="quiet" style={{ fontSize: 13, margin: "4px 0 14px" }}>
              {step.text}
            </div>
            <Button component={Link} to={step.to} variant={index === next ? "filled" : "default"}>
              {step.action}
            </Button>
          </div>
        ))}
      </div>
    </Card>
  );
}
