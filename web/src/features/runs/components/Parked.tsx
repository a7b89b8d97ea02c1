import { Button } from "@mantine/core";
import { IconLockOpen } from "@tabler/icons-react";
import { Link } from "react-router";
import { sentence } from "../../../api/client";
import { useInstance } from "../../../api/connectors";
import { useFollowing } from "../../../api/runs";
import { type ErrorRecord, errorRecord, type RunDetail } from "../../../api/types";
import { Note } from "../../../kit/Note";
import { Status } from "../../../kit/Status";
import { RunError } from "./RunError";

/** A run that waits for a person: which instance, the way there, and afterwards the run that went on. */
export function Parked({ run, onStep }: { run: RunDetail; onStep: (id: string) => void }) {
  const error = errorRecord(run.error) as ErrorRecord;
  const name = typeof error.context?.instance === "string" ? error.context.instance : "";
  const instance = useInstance(name || null);
  const following = useFollowing(run);
  const step = typeof error.context?.step_id === "string" ? error.context.step_id : null;
  if (following.data) {
    return (
      <Note
        tone="green"
        title={
          following.data.trigger === "authorised" ? "It was authorised, and the run went on." : "It was retried."
        }
        action={
          <Button component={Link} to={`/runs/${following.data.id}`}>
            Open the run that went on
          </Button>
        }
      >
        <Status of={following.data.status} bare />
      </Note>
    );
  }
  // Long ago: the run that went on is not among the newest any more.
  if (run.status === "failed") return following.isPending ? null : <RunError run={run} onStep={onStep} />;
  const isLetIn = instance.data !== undefined && instance.data.health !== "needs_authorisation";
  if (isLetIn) return <Note tone="grey" title={`${name} is authorised again. The run goes on in a moment.`} />;
  return (
    <Note
      tone="amber"
      title={`${name || "An instance"} needs somebody's authorisation`}
      action={
        <>
          {name && (
            <Button
              leftSection={<IconLockOpen size={14} />}
              component={Link}
              to={`/instances/${encodeURIComponent(instance.data?.id ?? name)}`}
            >
              Authorise {name}
            </Button>
          )}
          {step && (
            <Button variant="default" onClick={() => onStep(step)}>
              Show the step
            </Button>
          )}
        </>
      }
    >
      {sentence(error.message)} Afterwards the run goes on by itself; what has arrived is not sent again.
    </Note>
  );
}
