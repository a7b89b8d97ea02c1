import { QueryClient } from "@tanstack/react-query";
import { ProblemError } from "../api/client";

const isRefusal = (error: Error) =>
  error instanceof ProblemError && error.problem.status >= 400 && error.problem.status < 500;

/** The only place where server state lives. */
export const queryClient: QueryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 2000, retry: (count, error) => count < 2 && !isRefusal(error) },
    mutations: {
      onError: (error) => {
        // The session has ended: the door shows itself once `me` is asked again.
        if (error instanceof ProblemError && error.problem.status === 401)
          void queryClient.invalidateQueries({ queryKey: ["me"] });
      },
    },
  },
});
