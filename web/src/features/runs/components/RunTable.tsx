import { Link, useNavigate } from "react-router";
import type { RunRow } from "../../../api/types";
import { count } from "../../../kit/numbers";
import { Status } from "../../../kit/Status";
import { Time } from "../../../kit/Time";
import { durationOf, startedBy } from "../words";

/** Runs as rows; a row leads to its run. */
export function RunTable({ runs }: { runs: RunRow[] }) {
  const go = useNavigate();
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Flow</th>
          <th>Outcome</th>
          <th>Started by</th>
          <th>When</th>
          <th className="num">Took</th>
          <th className="num">Pulled</th>
          <th className="num">Confirmed</th>
          <th className="num">Failed</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id} className="go" onClick={() => go(`/runs/${run.id}`)}>
            <td>
              <Link
                to={`/runs/${run.id}`}
                className="plainlink"
                style={{ fontWeight: 500 }}
                onClick={(event) => event.stopPropagation()}
              >
                {run.flow_name}
              </Link>
              <span className="faint"> v{run.version}</span>
            </td>
            <td>
              <Status of={run.status} hint={typeof run.error?.message === "string" ? run.error.message : undefined} />
            </td>
            <td className="quiet">{startedBy(run)}</td>
            <td className="quiet">
              <Time at={run.queued_at} />
            </td>
            <td className="num quiet">{durationOf(run)}</td>
            <td className="num">{count(run.pulled)}</td>
            <td className="num">{count(run.confirmed)}</td>
            <td className="num" style={run.failed ? { color: "var(--red)", fontWeight: 600 } : undefined}>
              {count(run.failed)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
