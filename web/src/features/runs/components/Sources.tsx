import { Link } from "react-router";
import type { RunDetail } from "../../../api/types";
import { count } from "../../../kit/numbers";

/** Progress per instance that records came from. */
export function Sources({ run }: { run: RunDetail }) {
  return (
    <table className="rows" style={{ borderTop: "1px solid var(--line)" }}>
      <thead>
        <tr>
          <th>Source</th>
          <th style={{ width: "38%" }} />
          <th className="num">Pulled</th>
          <th className="num">Sent</th>
          <th className="num">Confirmed</th>
          <th className="num">Failed</th>
        </tr>
      </thead>
      <tbody>
        {run.sources.map((source) => (
          <tr key={source.instance}>
            <td style={{ fontWeight: 500 }}>{source.instance}</td>
            <td>
              <Progress
                all={Math.max(source.pulled, source.sent)}
                confirmed={source.confirmed}
                failed={source.failed}
              />
            </td>
            <td className="num">{count(source.pulled)}</td>
            <td className="num">{count(source.sent)}</td>
            <td className="num">{count(source.confirmed)}</td>
            <td className="num" style={source.failed ? { color: "var(--red)", fontWeight: 600 } : undefined}>
              {source.failed ? (
                <Link to="?tab=deliveries&state=failed" replace style={{ color: "inherit" }}>
                  {count(source.failed)}
                </Link>
              ) : (
                "0"
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Progress({ all, confirmed, failed }: { all: number; confirmed: number; failed: number }) {
  const part = (value: number) => `${all ? (value / all) * 100 : 0}%`;
  return (
    <div
      role="progressbar"
      aria-valuenow={confirmed}
      aria-valuemin={0}
      aria-valuemax={all}
      aria-label={`${confirmed} of ${all} confirmed`}
      style={{ display: "flex", height: 6, borderRadius: 3, overflow: "hidden", background: "var(--grey-soft)" }}
    >
      <div style={{ width: part(confirmed), background: "var(--green-fill)", transition: "width 0.25s" }} />
      <div style={{ width: part(failed), background: "var(--red-fill)" }} />
    </div>
  );
}
