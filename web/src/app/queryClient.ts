import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { accessKeys } from "../api/access";
import { ProblemError } from "../api/client";

const isRefusal = (error: Error) =>
  error instanceof ProblemError && error.problem.status >= 400 && error.problem.status < 500;

/** If the session of somebody has ended, the door shows itself once `me` is asked again. */
function knock(error: Error) {
  const isOut = error instanceof ProblemError && error.problem.status === 401;
  if (isOut && queryClient.getQueryState(accessKeys.me)?.status === "success")
    void queryClient.invalidateQueries({ queryKey: accessKeys.me });
}

/** The only place where server state lives. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: knock }),
  mutationCache: new MutationCache({ onError: knock }),
  defaultOptions: {
    queries: { staleTime: 2000, retry: (count, error) => count < 2 && !isRefusal(error) },
  },
});
