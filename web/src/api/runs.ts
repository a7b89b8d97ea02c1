import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, query } from "./client";
import type { Chunk, DeliveryPage, Exchange, FoundDelivery, PayloadPage, RunDetail, RunEvent, RunRow } from "./types";

export const runKeys = { all: ["runs"], one: (id: string) => ["runs", "one", id] } as const;

export interface RunFilter {
  flow?: string | null;
  status?: string | null;
  limit?: number;
}

export const useRuns = (filter: RunFilter, refetchInterval = 2500) =>
  useQuery({
    queryKey: [...runKeys.all, "list", filter],
    queryFn: () => get<RunRow[]>(`/runs${query({ ...filter })}`),
    refetchInterval,
    placeholderData: keepPreviousData,
  });

export const useRun = (id: string) =>
  useQuery({
    queryKey: runKeys.one(id),
    queryFn: () => get<RunDetail>(`/runs/${id}`),
    // No live stream tells when a parked run is let go on.
    refetchInterval: (found) => (found.state.data?.status === "parked" ? 2000 : false),
  });

/** The run that went on with this one, if any: looked for again and again while it is parked. */
export const useFollowing = (run: RunDetail) =>
  useQuery({
    queryKey: [...runKeys.one(run.id), "following", run.status],
    queryFn: async () => {
      const newest = await get<RunRow[]>(`/runs${query({ flow: run.flow_id, limit: 200 })}`);
      return newest.find((row) => row.retry_of === run.id) ?? null;
    },
    refetchInterval: (found) => (run.status === "parked" && !found.state.data ? 2000 : false),
  });

/** Lines of a run's log, as far as one page reaches; live lines come by the stream. */
export const useRunEvents = (id: string) =>
  useQuery({
    queryKey: [...runKeys.one(id), "events"],
    queryFn: () => get<RunEvent[]>(`/runs/${id}/events?limit=1000`),
  });

export interface DeliveryFilter {
  state: string | null;
  source: string | null;
  search: string;
  after: string | null;
}

export const useDeliveries = (id: string, filter: DeliveryFilter, live: boolean) =>
  useQuery({
    queryKey: [...runKeys.one(id), "deliveries", filter],
    queryFn: () => get<DeliveryPage>(`/runs/${id}/deliveries${query({ ...filter, limit: 50 })}`),
    placeholderData: keepPreviousData,
    refetchInterval: live ? 3000 : false,
  });

export const useChunks = (id: string, step: string | null, live: boolean) =>
  useQuery({
    queryKey: [...runKeys.one(id), "chunks", step],
    queryFn: () => get<Chunk[]>(`/runs/${id}/chunks${query({ step })}`),
    enabled: step !== null,
    refetchInterval: live ? 4000 : false,
  });

export interface PayloadPlace {
  chunk: string;
  step: string;
  side: "in" | "out";
  payload: number;
  offset: number;
}

export const usePayload = (id: string, place: PayloadPlace | null) =>
  useQuery({
    queryKey: [...runKeys.one(id), "payload", place],
    queryFn: () => get<PayloadPage>(`/runs/${id}/payload${query({ ...place, limit: 1 })}`),
    enabled: place !== null,
    placeholderData: keepPreviousData,
  });

export const useExchanges = (id: string, step: string | null, live: boolean) =>
  useQuery({
    queryKey: [...runKeys.one(id), "exchanges", step],
    queryFn: () => get<Exchange[]>(`/runs/${id}/exchanges${query({ step, limit: 200 })}`),
    refetchInterval: live ? 3000 : false,
  });

export const useFoundDeliveries = (search: string) =>
  useQuery({
    queryKey: ["deliveries", search],
    queryFn: () => get<FoundDelivery[]>(`/deliveries${query({ search })}`),
    enabled: search.length > 2,
  });
