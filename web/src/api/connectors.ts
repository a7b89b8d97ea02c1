import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, getText, query } from "./client";
import type {
  CatalogProblem,
  Changes,
  ConnectorDetail,
  ConnectorRow,
  InstanceDetail,
  InstanceRow,
  MarketplaceEntry,
  MarketplaceRow,
  OldVersion,
} from "./types";

export const connectorKeys = {
  all: ["connectors"],
  one: (slug: string) => ["connectors", slug],
  changes: (slug: string) => ["connectors", slug, "changes"],
  history: (slug: string) => ["connectors", slug, "history"],
  rollback: (slug: string) => ["connectors", slug, "rollback"],
  file: (slug: string) => ["connectors", slug, "file"],
  marketplace: ["marketplace"],
  instances: ["instances"],
  instance: (id: string) => ["instances", id],
} as const;

/** What an install, an update or another instance puts out of date. */
export const connectorsStale = [
  connectorKeys.all,
  connectorKeys.marketplace,
  connectorKeys.instances,
  ["summary"],
  ["flows"],
];

export const useConnectors = () =>
  useQuery({
    queryKey: connectorKeys.all,
    queryFn: () => get<ConnectorRow[]>("/connectors"),
    refetchInterval: 15_000,
  });

export const useConnector = (slug: string | null) =>
  useQuery({
    queryKey: connectorKeys.one(slug ?? ""),
    queryFn: () => get<ConnectorDetail>(`/connectors/${slug}`),
    enabled: slug !== null,
    staleTime: 30_000,
  });

export const useChanges = (slug: string) =>
  useQuery({ queryKey: connectorKeys.changes(slug), queryFn: () => get<Changes>(`/connectors/${slug}/changes`) });

/** What stood in its place before, the last one first. */
export const useHistory = (slug: string) =>
  useQuery({
    queryKey: connectorKeys.history(slug),
    queryFn: () => get<OldVersion[]>(`/connectors/${slug}/history`),
  });

/** What rolling back would change. */
export const useRollback = (slug: string) =>
  useQuery({ queryKey: connectorKeys.rollback(slug), queryFn: () => get<Changes>(`/connectors/${slug}/rollback`) });

/** The connector as one YAML file, its samples within. */
export const useConnectorFile = (slug: string | null) =>
  useQuery({
    queryKey: connectorKeys.file(slug ?? ""),
    queryFn: () => getText(`/connectors/${slug}/file`),
    enabled: slug !== null,
  });

export const useMarketplace = (search: string, category: string) =>
  useQuery({
    queryKey: [...connectorKeys.marketplace, search, category],
    queryFn: () => get<MarketplaceRow[]>(`/marketplace${query({ search, category })}`),
    placeholderData: keepPreviousData,
  });

/** Connector files that cannot be used: the marketplace does not show them. */
export const useCatalogProblems = () =>
  useQuery({
    queryKey: [...connectorKeys.marketplace, "problems"],
    queryFn: () => get<CatalogProblem[]>("/catalog/problems"),
  });

export const useMarketplaceEntry = (slug: string) =>
  useQuery({
    queryKey: [...connectorKeys.marketplace, "entry", slug],
    queryFn: () => get<MarketplaceEntry>(`/marketplace/${slug}`),
  });

export const useInstances = (enabled = true) =>
  useQuery({ queryKey: connectorKeys.instances, queryFn: () => get<InstanceRow[]>("/instances"), enabled });

export const useInstance = (id: string | null) =>
  useQuery({
    queryKey: connectorKeys.instance(id ?? ""),
    queryFn: () => get<InstanceDetail>(`/instances/${id}`),
    enabled: id !== null,
  });
