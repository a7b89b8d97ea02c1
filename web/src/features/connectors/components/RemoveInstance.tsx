import { Link } from "react-router";
import { remove } from "../../../api/client";
import { connectorKeys, connectorsStale } from "../../../api/connectors";
import type { InstanceRow } from "../../../api/types";
import { ConfirmRemove } from "../../../kit/ConfirmRemove";
import { Note } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";

interface Props {
  instance: InstanceRow;
  onDone?: () => void;
  onClose: () => void;
}

/** Removing an instance: refused while a draft or deployed flow version uses it, and then it says which. */
export function RemoveInstance({ instance, onDone, onClose }: Props) {
  const standing = instance.used_by.filter((use) => use.status !== "inactive");
  return (
    <ConfirmRemove
      name={instance.name}
      title={`Remove ${instance.name}`}
      act={() => remove(`/instances/${instance.id}`)}
      stale={connectorsStale}
      gone={connectorKeys.instance(instance.id)}
      onDone={onDone}
      onClose={onClose}
      blocked={
        standing.length > 0 && (
          <Note
            tone="amber"
            title={`${plural(standing.length, "flow version")} ${standing.length === 1 ? "uses" : "use"} it. Take it out of ${standing.length === 1 ? "that flow" : "those flows"} first`}
          >
            {standing.map((use) => (
              <div key={`${use.flow_id}${use.version}`}>
                <Link to={`/flows/${use.flow_id}`} className="textlink">
                  {use.flow_name}
                </Link>{" "}
                version {use.version} ({use.status})
              </div>
            ))}
          </Note>
        )
      }
    >
      The instance and its sealed credentials are gone at once. Past runs and their deliveries stay.
    </ConfirmRemove>
  );
}
