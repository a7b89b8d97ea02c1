import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Schema } from "../kit/form/schema";
import { get, post } from "./client";
import { stringify } from "./exact";
import type { BuilderProblem } from "./types";

/** JSON Schema of the connector file; it does not change while the server runs. */
export const useConnectorSchema = () =>
  useQuery({
    queryKey: ["builder", "schema"],
    queryFn: () => get<Schema>("/builder/schema"),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What is wrong with a connector file, each at its place. */
export const useProblems = (document: Record<string, unknown> | null) =>
  useQuery({
    queryKey: ["builder", "problems", stringify(document)],
    queryFn: () => post<BuilderProblem[]>("/builder/lint", { document }),
    enabled: document !== null,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
