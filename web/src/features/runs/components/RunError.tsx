import { Button } from "@mantine/core";
import { Link } from "react-router";
import { sentence } from "../../../api/client";
import { errorRecord, type FlowDocument, type RunDetail, type Step } from "../../../api/types";
import { instancesOf } from "../../../canvas/describe";
import { Note } from "../../../kit/Note";
import { count, plural } from "../../../kit/numbers";
import { isOver } from "../words";

/** What went wrong and the remedy, as buttons. */
export function RunError({ run, onStep }: { run: RunDetail; onStep: (id: string) => void }) {
  const failing = run.steps.find((step) => step.error);
  const error = errorRecord(run.error) ?? errorRecord(failing?.error);
  if (error) {
    const stepId =
      (typeof error.context?.step_id === "string" ? error.context.step_id : null) ?? failing?.step_id ?? null;
    const steps = ((run.document as FlowDocument | null)?.steps ?? []) as Step[];
    const step = steps.find((one) => one.id === stepId);
    const isCredential = error.code.startsWith("credential");
    const isDefinition = error.code.startsWith("definition");
    return (
      <Note
        tone="red"
        title={sentence(error.message)}
        action={
          <>
            {isCredential && step && instancesOf(step).length > 0 && (
              <Button
                variant="default"
                component={Link}
                to={`/instances/${encodeURIComponent(instancesOf(step)[0] ?? "")}`}
              >
                {error.context?.needs_consent
                  ? `Authorise ${instancesOf(step)[0]}`
                  : `Give ${instancesOf(step)[0]} new credentials`}
              </Button>
            )}
            {isDefinition && (
              <Button variant="default" component={Link} to={`/flows/${run.flow_id}`}>
                Correct the flow
              </Button>
            )}
            {stepId && (
              <Button variant="default" onClick={() => onStep(stepId)}>
                Show the step
              </Button>
            )}
          </>
        }
      >
        {sentence(error.hint)} {stepId && <span className="faint">Step {stepId}, </span>}
        <span className="faint mono">{error.code}</span>
      </Note>
    );
  }
  if (run.failed > 0 && isOver(run.status)) {
    return (
      <Note
        tone="amber"
        title={
          run.confirmed
            ? `${plural(run.failed, "record")} failed; everything else went on.`
            : `Every record that was sent failed: ${count(run.failed)}.`
        }
        action={
          <Button variant="default" component={Link} to="?tab=deliveries&state=failed" replace>
            Show what failed
          </Button>
        }
      >
        Correct the cause, then retry: only what is not yet confirmed is sent again.
      </Note>
    );
  }
  return null;
}
