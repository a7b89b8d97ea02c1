import { Group, Text } from "@mantine/core";
import { Link } from "react-router";
import type { Changes } from "../api/types";
import { Note } from "./Note";
import { plural } from "./numbers";

const GROUPS: ["added" | "changed" | "removed", string][] = [
  ["added", "Added"],
  ["changed", "Changed"],
  ["removed", "Removed"],
];

/** What becomes of a connector: its endpoints, what may stop working, and the steps of flows that use what changes. */
export function Difference({ changes, instances }: { changes: Changes; instances: number }) {
  const known = GROUPS.filter(([key]) => changes[key].length > 0);
  return (
    <>
      <Text size="sm">
        {changes.from === changes.to ? (
          <>
            Version <b>{changes.to}</b> stays
          </>
        ) : (
          <>
            From <b>{changes.from}</b> to <b>{changes.to}</b>
          </>
        )}
        {instances
          ? `, for ${plural(instances, "instance")} at once. Credentials and settings stay.`
          : ". It has no instance yet."}
      </Text>
      {changes.breaking.length > 0 && (
        <Note tone="red" title="This may stop flows or instances from working">
          <ul className="problemlist">
            {changes.breaking.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </Note>
      )}
      {known.length === 0 && (
        <Text size="sm" c="dimmed">
          No endpoint, variable or authentication method is added, changed or removed.
        </Text>
      )}
      {known.map(([key, word]) => (
        <PathList key={key} word={word} paths={changes[key]} />
      ))}
      <TouchedSteps changes={changes} />
    </>
  );
}

/** Keys or paths beneath a word. */
export function PathList({ word, paths }: { word: string; paths: string[] }) {
  return (
    <div>
      <Text size="xs" c="dimmed" mb={3}>
        {word}
      </Text>
      <Group gap={6}>
        {paths.map((path) => (
          <span key={path} className="chip mono" style={{ whiteSpace: "normal", overflowWrap: "anywhere" }}>
            {path}
          </span>
        ))}
      </Group>
    </div>
  );
}

function TouchedSteps({ changes }: { changes: Changes }) {
  const { flows } = changes;
  if (flows.length === 0) return null;
  return (
    <Note
      tone={changes.removed.length ? "red" : "amber"}
      title={`${plural(flows.length, "step")} in your flows ${flows.length === 1 ? "uses" : "use"} what changes`}
    >
      {flows.map((flow) => (
        <div key={`${flow.id}${flow.version}${flow.step_id}`}>
          <Link to={`/flows/${flow.id}`} className="textlink">
            {flow.name}
          </Link>{" "}
          version {flow.version}, step <span className="mono">{flow.step_id}</span>:{" "}
          <span className="mono">{flow.endpoint}</span>
        </div>
      ))}
    </Note>
  );
}
