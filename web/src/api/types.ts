import type { components } from "./schema";

type Schemas = components["schemas"];

/**
 * Names for what the generated client describes; nothing here is written twice.
 *
 * Documents come as they were written: a field with a default may be missing, whatever its type says.
 */
export type Problem = Schemas["ProblemAnswer"];
export type User = Schemas["UserAnswer"];
export type Me = Schemas["MeAnswer"];
export type ApiKey = Schemas["KeyAnswer"];
export type NewApiKey = Schemas["NewKeyAnswer"];
export type Summary = Schemas["SummaryAnswer"];
export type HourPoint = Schemas["HourPoint"];

export type MarketplaceRow = Schemas["MarketplaceRow"];
export type MarketplaceEntry = Schemas["MarketplaceEntry"];
export type ConnectorRow = Schemas["ConnectorRow"];
export type ConnectorDetail = Schemas["ConnectorAnswer"];
export type ConnectorDocument = Schemas["Connector"];
export type Endpoint = Schemas["Endpoint"];
export type Variable = Schemas["Variable"];
export type Parameter = Schemas["Parameter"];
export type CatalogProblem = Schemas["CatalogProblem"];
export type Changes = Schemas["ChangesAnswer"];
export type Conflict = Schemas["ConflictAnswer"];
export type OldVersion = Schemas["OldVersionAnswer"];
export type BuilderProblem = Schemas["BuilderProblem"];
export type Trial = Schemas["TrialAnswer"];
export type TriedPage = Schemas["TriedPage"];
export type Suggestion = Schemas["SuggestionAnswer"];

export type InstanceRow = Schemas["InstanceAnswer"];
export type InstanceDetail = Schemas["InstanceDetail"];
export type InstanceDocument = Schemas["Instance"];
export type Consent = Schemas["ConsentAnswer"];
export type ConsentState = Schemas["ConsentState"];
export type Health = InstanceRow["health"];

export type FlowRow = Schemas["FlowListRow"];
export type FlowDetail = Schemas["FlowDetail"];
export type FlowProblem = Schemas["FlowProblem"];
export type FlowVersion = Schemas["FlowVersion"];
export type Link = Schemas["Link"];
export type Port = Schemas["PortAnswer"];
export type Kind = Schemas["KindAnswer"];
export type Kinds = Record<string, Kind>;
export type LookupRow = Schemas["LookupRow"];
export type Lookup = Schemas["LookupAnswer"];
export type Cursor = Schemas["CursorAnswer"];

/** A step as the canvas edits it: the shape's own config stands beside the known keys. */
export interface Step {
  id: string;
  shape: string;
  title?: string;
  position?: { x: number; y: number } | null;
  [key: string]: unknown;
}

/** A flow as the canvas edits it; the server fills in what is left out. */
export interface FlowDocument {
  name: string;
  description?: string;
  settings?: Partial<Schemas["FlowSettings"]>;
  triggers?: Record<string, unknown>[];
  steps?: Step[];
  links?: Link[] | null;
}

export type RunRow = Schemas["RunRow"];
export type RunStatus = RunRow["status"];
export type RunState = Omit<Schemas["RunDetail"], "document">;
export type RunDetail = Schemas["RunDetail"];
export type RunStep = Schemas["RunStep"];
export type RunSource = Schemas["RunSource"];
export type RunEvent = Schemas["RunEventAnswer"];
export type Delivery = Schemas["DeliveryAnswer"];
export type FoundDelivery = Schemas["FoundDelivery"];
export type DeliveryPage = Schemas["DeliveryPage"];
export type Chunk = Schemas["ChunkAnswer"];
export type PayloadPage = Schemas["PayloadPage"];
export type Exchange = Schemas["ExchangeAnswer"];

/** An error as it stands in a run, a step, a delivery or an exchange. */
export interface ErrorRecord {
  code: string;
  message: string;
  hint: string;
  recovery?: string;
  context?: Record<string, unknown>;
}

export const errorRecord = (value: Record<string, unknown> | null | undefined): ErrorRecord | null =>
  value && typeof value.message === "string" ? (value as unknown as ErrorRecord) : null;
