import { useQuery } from "@tanstack/react-query";
import { get } from "./client";
import type { Summary } from "./types";

export const useSummary = () =>
  useQuery({ queryKey: ["summary"], queryFn: () => get<Summary>("/summary"), refetchInterval: 5000 });
