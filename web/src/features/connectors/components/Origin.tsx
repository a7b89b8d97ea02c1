import { Tooltip } from "@mantine/core";
import type { ConnectorRow } from "../../../api/types";

/** Whose a connector is: nothing for one that stands as the marketplace gave it. */
export function Origin({ connector }: { connector: Pick<ConnectorRow, "origin" | "edited"> }) {
  if (connector.origin === "workspace") {
    return (
      <Tooltip label="Made in this workspace, not in the marketplace">
        <span className="chip">your own</span>
      </Tooltip>
    );
  }
  if (!connector.edited) return null;
  return (
    <Tooltip label="This workspace has changed what the marketplace gave; updates keep your edits">
      <span className="chip">edited</span>
    </Tooltip>
  );
}
