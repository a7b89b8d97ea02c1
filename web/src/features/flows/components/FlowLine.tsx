import { Group, Switch, Tooltip } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import { useAction } from "../../../api/actions";
import { post } from "../../../api/client";
import { flowsStale } from "../../../api/flows";
import type { FlowRow } from "../../../api/types";
import { plural } from "../../../kit/numbers";
import { Status } from "../../../kit/Status";
import { Time } from "../../../kit/Time";

export function FlowLine({ flow }: { flow: FlowRow }) {
  const go = useNavigate();
  const toggle = useAction((enabled: boolean) => post(`/flows/${flow.id}/enabled`, { enabled }), {
    stale: flowsStale,
  });
  // Shown at once; what the server says comes with the next look.
  const enabled = toggle.isPending ? (toggle.variables ?? flow.enabled) : flow.enabled;
  return (
    <tr className="go" onClick={() => go(`/flows/${flow.id}`)}>
      <td>
        <Link
          to={`/flows/${flow.id}`}
          className="plainlink"
          style={{ fontWeight: 500 }}
          onClick={(event) => event.stopPropagation()}
        >
          {flow.name}
        </Link>
        {(flow.labels.length > 0 || flow.problems > 0) && (
          <Group gap={5} mt={3}>
            {flow.labels.map((label) => (
              <span key={label} className="chip">
                {label}
              </span>
            ))}
            {flow.problems > 0 && (
              <span style={{ color: "var(--red)", fontSize: 12.5 }}>
                {plural(flow.problems, "problem")} in the draft
              </span>
            )}
          </Group>
        )}
      </td>
      <td>
        <Group gap={8} wrap="nowrap">
          <Status of={flow.status} />
          <span className="faint nowrap">
            {flow.deployed_version !== null ? `v${flow.deployed_version}` : ""}
            {flow.deployed_version !== null && flow.draft_version !== null ? `, draft v${flow.draft_version}` : ""}
          </span>
        </Group>
      </td>
      <td className="quiet">{flow.triggers.length ? flow.triggers.join("; ") : "by hand"}</td>
      <td>
        {flow.last_run ? (
          <Link to={`/runs/${flow.last_run.id}`} className="plainlink" onClick={(event) => event.stopPropagation()}>
            <Group gap={8} wrap="nowrap">
              <Status of={flow.last_run.status} />
              <span className="quiet">
                <Time at={flow.last_run.queued_at} />
              </span>
            </Group>
          </Link>
        ) : (
          <span className="faint">never</span>
        )}
      </td>
      <td className="num">{flow.versions}</td>
      <td className="num" onClick={(event) => event.stopPropagation()}>
        <Tooltip label={enabled ? "Triggers start runs" : "Triggers start nothing; running by hand still works"}>
          <span style={{ display: "inline-block" }}>
            <Switch
              checked={enabled}
              onChange={(event) => toggle.mutate(event.currentTarget.checked)}
              aria-label={`Triggers of ${flow.name}`}
            />
          </span>
        </Tooltip>
      </td>
    </tr>
  );
}
