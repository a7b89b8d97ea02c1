import { useQuery } from "@tanstack/react-query";
import { get } from "./client";
import type { Cursor, FlowDetail, FlowRow, Kinds } from "./types";

export const flowKeys = {
  all: ["flows"],
  one: (id: string) => ["flows", id],
  cursors: (id: string) => ["flows", id, "cursors"],
} as const;

/** What a change to a flow puts out of date. */
export const flowsStale = [flowKeys.all, ["instances"], ["connectors"], ["summary"]];

export const useFlows = (enabled = true) =>
  useQuery({ queryKey: flowKeys.all, queryFn: () => get<FlowRow[]>("/flows"), refetchInterval: 5000, enabled });

export const useFlow = (id: string) =>
  useQuery({ queryKey: flowKeys.one(id), queryFn: () => get<FlowDetail>(`/flows/${id}`) });

/** Where the flow's incremental pulls left off. */
export const useCursors = (id: string) =>
  useQuery({
    queryKey: flowKeys.cursors(id),
    queryFn: () => get<Cursor[]>(`/flows/${id}/cursors`),
    refetchInterval: 5000,
  });

export type Room = "shapes" | "auth" | "pagination" | "transports" | "transforms" | "triggers" | "functions";

/** Kinds do not change while the server runs. */
export const useKinds = (room: Room, enabled = true) =>
  useQuery({
    queryKey: ["kinds", room],
    queryFn: () => get<Kinds>(`/kinds/${room}`),
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  });
