import { Button } from "@mantine/core";
import { Link } from "react-router";
import { useRuns } from "../../../api/runs";
import { Empty } from "../../../kit/Note";
import { Card } from "../../../kit/Page";
import { TableSkeleton } from "../../../kit/Skeletons";
import { RunTable } from "./RunTable";

/** The newest runs, for the home page. */
export function LatestRuns() {
  const runs = useRuns({ limit: 8 }, 4000);
  if (!runs.data) return <TableSkeleton rows={5} />;
  return (
    <Card
      title="Latest runs"
      aside={
        <Link to="/runs" className="textlink" style={{ fontSize: 13 }}>
          All runs
        </Link>
      }
    >
      {runs.data.length ? (
        <RunTable runs={runs.data} />
      ) : (
        <Empty
          title="No run yet"
          text="Draw a flow between your instances, then run it."
          action={
            <Button component={Link} to="/flows">
              Open flows
            </Button>
          }
        />
      )}
    </Card>
  );
}
