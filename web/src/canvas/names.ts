import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "../api/client";
import { connectorKeys, useInstances } from "../api/connectors";
import type { ConnectorDetail, Endpoint } from "../api/types";

/** What is known of instances and endpoints, to say in words what a step does. */
export interface Names {
  connectorOf: (instance: string) => string | null;
  endpoint: (connector: string | null, key: string) => Endpoint | null;
}

export function useNames(): Names {
  const instances = useInstances();
  const slugs = useMemo(() => [...new Set((instances.data ?? []).map((row) => row.connector))], [instances.data]);
  const documents = useQueries({
    queries: slugs.map((slug) => ({
      queryKey: connectorKeys.one(slug),
      queryFn: () => get<ConnectorDetail>(`/connectors/${slug}`),
      staleTime: 30_000,
    })),
    combine: (results) => results.map((result) => result.data?.document),
  });
  return useMemo(
    () => ({
      connectorOf: (name) => instances.data?.find((row) => row.name === name)?.connector ?? null,
      endpoint: (slug, key) =>
        documents.find((one) => one?.slug === slug)?.endpoints?.find((one) => one.key === key) ?? null,
    }),
    [instances.data, documents],
  );
}

/** Shopify UK, Shopify EU: "Shopify UK, EU". */
export function joinNames(names: string[]): string {
  const [first = "", ...rest] = names;
  const words = first.split(" ");
  let shared = 0;
  while (
    rest.length > 0 &&
    shared < words.length - 1 &&
    rest.every((name) => name.split(" ")[shared] === words[shared])
  )
    shared++;
  const tails = names.map((name) => name.split(" ").slice(shared).join(" "));
  if (shared === 0 || tails.some((tail) => !tail)) return names.join(", ");
  return `${words.slice(0, shared).join(" ")} ${tails.join(", ")}`;
}
