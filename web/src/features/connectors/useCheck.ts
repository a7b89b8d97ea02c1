import { useAction } from "../../api/actions";
import { post } from "../../api/client";
import { connectorsStale } from "../../api/connectors";
import type { InstanceRow } from "../../api/types";
import { statusWord } from "../../kit/Status";

/** Calls the application now, to see whether the credentials still pass. */
export const useCheck = (instance: InstanceRow) =>
  useAction(() => post<InstanceRow>(`/instances/${instance.id}/check`), {
    stale: connectorsStale,
    say: (row) => `${row.name}: ${statusWord(row.health).toLowerCase()}.`,
  });
