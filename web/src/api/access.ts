import { useQuery } from "@tanstack/react-query";
import { get } from "./client";
import type { ApiKey, Me } from "./types";

export const accessKeys = { me: ["me"], keys: ["keys"] } as const;

export const useMe = () => useQuery({ queryKey: accessKeys.me, queryFn: () => get<Me>("/me"), staleTime: 60_000 });
export const useApiKeys = () => useQuery({ queryKey: accessKeys.keys, queryFn: () => get<ApiKey[]>("/keys") });
