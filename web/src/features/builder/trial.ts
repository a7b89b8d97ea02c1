import type { Trial } from "../../api/types";
import type { Values } from "../../kit/form/schema";

/** What the console calls with. Typed credentials live here and nowhere else: they go with the page. */
export interface Inputs {
  /** Name of a saved instance; empty: the values below. */
  instance: string;
  auth: string | null;
  variables: Values;
  credentials: Record<string, string>;
  /** By endpoint key. */
  parameters: Record<string, Values>;
  records: Record<string, unknown>;
  pages: number;
}

export const NO_INPUTS: Inputs = {
  instance: "",
  auth: null,
  variables: {},
  credentials: {},
  parameters: {},
  records: {},
  pages: 3,
};

/** What was seen, and of which endpoint. */
export interface Seen {
  endpoint: string;
  trial: Trial;
}

export interface SeenRequest {
  method: string;
  url: string;
  query: [string, string][];
  headers: Record<string, string>;
  body: string;
}

export interface SeenResponse {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface TrialProblem {
  message: string;
  hint: string;
  code: string;
  exchange: { request: SeenRequest; response: SeenResponse; elapsed_ms: number } | null;
}

/** The sample of an endpoint, where the file holds it. */
export function sampleOf(document: Values, endpoint: Values, samples: Values): unknown {
  const name = endpoint.sample;
  if (typeof name !== "string") return undefined;
  return (document.samples as Values | undefined)?.[name] ?? samples[name];
}
