import { Button } from "@mantine/core";
import { sentence } from "../../../api/client";
import type { InstanceRow } from "../../../api/types";
import { Note } from "../../../kit/Note";
import { Time } from "../../../kit/Time";
import { useCheck } from "../useCheck";
import { Authorise } from "./Authorise";

interface Props {
  instance: InstanceRow;
  onCredentials: () => void;
  onSettings: () => void;
}

/** What is wrong with an instance, since when, and the remedy as a button; nothing when all is well. */
export function InstanceHealth({ instance, onCredentials, onSettings }: Props) {
  const check = useCheck(instance);
  const isDown = instance.health === "unreachable";
  if (!isDown && instance.health !== "needs_authorisation") return null;
  const again = (
    <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
      Check again
    </Button>
  );
  return (
    <Note
      tone={isDown ? "amber" : "red"}
      title={sentence(instance.health_message) || "The application did not let Weftline in."}
      action={
        isDown ? (
          <>
            {again}
            <Button variant="default" onClick={onSettings}>
              See its settings
            </Button>
          </>
        ) : (
          <>
            {instance.asks_consent && <Authorise instance={instance} />}
            <Button variant="default" onClick={onCredentials}>
              Give new credentials
            </Button>
            {!instance.asks_consent && again}
          </>
        )
      }
    >
      {isDown
        ? "Runs try again by themselves; nothing is lost."
        : instance.asks_consent
          ? "Runs that need it are parked, and go on once it is let in."
          : "Runs that need it fail until then; a retry sends what is missing."}{" "}
      {instance.checked_at && (
        <>
          Seen <Time at={instance.checked_at} />.
        </>
      )}
    </Note>
  );
}
