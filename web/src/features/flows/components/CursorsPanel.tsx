import { Button, Group, Modal, Skeleton, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { useAction } from "../../../api/actions";
import { call, query } from "../../../api/client";
import { stringify } from "../../../api/exact";
import { flowKeys, useCursors } from "../../../api/flows";
import type { Cursor, FlowDetail, FlowDocument, Kinds } from "../../../api/types";
import { boxOf } from "../../../canvas/describe";
import type { Names } from "../../../canvas/names";
import { Empty, ErrorNote } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";
import { Time } from "../../../kit/Time";
import { SidePanel } from "./SidePanel";

interface Props {
  flow: FlowDetail;
  document: FlowDocument;
  kinds: Kinds;
  names: Names;
  onClose: () => void;
}

/** Where it stands: what the flow's incremental steps have seen, by instance, and a way to begin anew. */
export function CursorsPanel({ flow, document, kinds, names, onClose }: Props) {
  const cursors = useCursors(flow.id);
  const [reset, setReset] = useState<string | null>(null);
  const found = cursors.data ?? [];
  const steps = [...new Set(found.map((one) => one.step_id))];
  const titleOf = (id: string) => {
    const step = document.steps?.find((one) => one.id === id);
    return step ? boxOf(step, kinds, names).title : id;
  };
  return (
    <SidePanel title="Where it stands" onClose={onClose}>
      {cursors.error && !cursors.data ? (
        <ErrorNote error={cursors.error} again={() => cursors.refetch()} />
      ) : !cursors.data ? (
        <Skeleton h={120} />
      ) : found.length === 0 ? (
        <Empty
          title="It begins at the beginning"
          text={
            document.steps?.some((one) => one.incremental)
              ? "No run has ended well yet: the next one receives everything."
              : "Each run receives everything. Switch “Only what is new” on in a connector step whose endpoint can tell what is new."
          }
        />
      ) : (
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            The next run asks each instance only for what came after this. It moves when a run ends well.
          </Text>
          {steps.map((step) => (
            <StepCursors
              key={step}
              title={titleOf(step)}
              cursors={found.filter((one) => one.step_id === step)}
              onReset={() => setReset(step)}
            />
          ))}
        </Stack>
      )}
      {reset !== null && (
        <ResetDialog
          flow={flow}
          step={reset}
          title={titleOf(reset)}
          cursors={found.filter((one) => one.step_id === reset)}
          onClose={() => setReset(null)}
        />
      )}
    </SidePanel>
  );
}

function StepCursors({ title, cursors, onReset }: { title: string; cursors: Cursor[]; onReset: () => void }) {
  return (
    <section className="card" style={{ boxShadow: "none" }} aria-label={title}>
      <div className="card-head" style={{ padding: "9px 12px" }}>
        <Text fw={600} size="sm" flex={1}>
          {title}
        </Text>
        <Button size="compact-xs" variant="default" onClick={onReset}>
          Begin anew
        </Button>
      </div>
      {cursors.map((one) => (
        <div key={one.instance} style={{ padding: "9px 12px" }}>
          <Text size="sm" fw={500}>
            {one.instance || <span className="faint">an instance that is gone</span>}
          </Text>
          <Text size="sm">
            up to <span className="mono">{wordsOf(one.value)}</span>
          </Text>
          <Text size="xs" c="dimmed">
            <Link to={`/runs/${one.run_id}`} className="textlink">
              by the run
            </Link>{" "}
            of <Time at={one.updated_at} />
          </Text>
        </div>
      ))}
    </section>
  );
}

const wordsOf = (value: unknown): string => (typeof value === "string" ? value : stringify(value));

interface ResetProps {
  flow: FlowDetail;
  step: string;
  title: string;
  cursors: Cursor[];
  onClose: () => void;
}

/** Says what the next run will do before it forgets. */
function ResetDialog({ flow, step, title, cursors, onClose }: ResetProps) {
  const forget = useAction(
    () => call<{ forgotten: number }>("DELETE", `/flows/${flow.id}/cursors${query({ step })}`),
    {
      stale: [flowKeys.cursors(flow.id)],
      quiet: true,
      say: `“${title}” begins anew with the next run.`,
      done: onClose,
    },
  );
  return (
    <Modal opened onClose={onClose} title={`Let “${title}” begin anew`}>
      <Stack gap="sm">
        <Text size="sm">
          The next run of {flow.name} receives everything again from{" "}
          {cursors.length === 1 ? cursors[0]?.instance : plural(cursors.length, "instance")}, and sends it on. Targets
          that know a record by its key keep one of it; others may get it twice.
        </Text>
        {forget.error && <ErrorNote error={forget.error} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button color="red" loading={forget.isPending} onClick={() => forget.mutate()} data-autofocus>
            Begin anew
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
