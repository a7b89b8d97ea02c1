import { useQuery } from "@tanstack/react-query";
import { get } from "./client";
import type { Lookup, LookupRow } from "./types";

export const lookupKeys = { all: ["lookups"], one: (name: string) => ["lookups", name] } as const;

export const lookupPath = (name: string) => `/lookups/${encodeURIComponent(name)}`;

export const useLookups = (enabled = true) =>
  useQuery({ queryKey: lookupKeys.all, queryFn: () => get<LookupRow[]>("/lookups"), enabled });

export const useLookup = (name: string, enabled = true) =>
  useQuery({ queryKey: lookupKeys.one(name), queryFn: () => get<Lookup>(lookupPath(name)), enabled });
