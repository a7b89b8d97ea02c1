import type { Kinds, Port, Step } from "../api/types";
import { plural } from "../kit/numbers";
import { portsOf } from "./graph";
import { joinNames, type Names } from "./names";

/** A step in words: what its card shows. */
export interface Box {
  id: string;
  title: string;
  line: string;
  icon: string;
  /** Slug of the connector, whose icon is shown then. */
  connector: string | null;
  ports: Port[];
}

/** The instances that a step names. */
export const instancesOf = (step: Step): string[] => {
  const many = Array.isArray(step.instances) ? (step.instances as string[]) : [];
  return many.length ? many : typeof step.instance === "string" && step.instance ? [step.instance] : [];
};

export function boxOf(step: Step, kinds: Kinds, names: Names): Box {
  const kind = kinds[step.shape];
  const instances = instancesOf(step);
  const connector = instances[0] ? names.connectorOf(instances[0]) : null;
  return {
    id: step.id,
    title:
      step.title ||
      (connector && names.endpoint(connector, String(step.endpoint ?? ""))?.title) ||
      kind?.title ||
      step.shape,
    line: lineOf(step, names) ?? kind?.description ?? "",
    icon: kind?.icon ?? "",
    connector,
    ports: portsOf(step, kinds),
  };
}

/** One line of what a step does; null where only its kind says so. */
function lineOf(step: Step, names: Names): string | null {
  const instances = instancesOf(step);
  if (step.shape === "connector") {
    if (instances.length === 0) return "Choose an instance";
    const slug = names.connectorOf(instances[0] ?? "");
    const endpoint =
      names.endpoint(slug, String(step.endpoint ?? ""))?.title ??
      (step.endpoint ? String(step.endpoint) : "choose an endpoint");
    return `${joinNames(instances)} · ${endpoint}`;
  }
  if (step.keep || step.remove)
    return step.keep ? `Keep if ${conditionWords(step.keep)}` : `Remove if ${conditionWords(step.remove)}`;
  if (Array.isArray(step.rules))
    return step.rules.length ? `Fills ${plural(step.rules.length, "field")}` : "No rules yet";
  if (Array.isArray(step.routes))
    return `${plural(step.routes.length, "route")}, ${step.method === "all" ? "all that match" : "first that matches"}`;
  if (typeof step.size === "number") return `Batches of ${plural(step.size, "record")}`;
  if (step.values && typeof step.values === "object")
    return Object.keys(step.values).join(", ") || "No variables yet";
  return null;
}

/** A condition in words: `total is at least 100 and test is false`. */
export function conditionWords(value: unknown): string {
  if (typeof value === "string") return value;
  if (!value || typeof value !== "object") return "…";
  const rule = value as Record<string, unknown>;
  for (const join of ["all", "any"] as const) {
    if (Array.isArray(rule[join])) return rule[join].map(conditionWords).join(join === "all" ? " and " : " or ");
  }
  if (rule.not) return `not (${conditionWords(rule.not)})`;
  const operator = String(
    rule.operator ?? Object.keys(rule).find((key) => key !== "field" && key !== "type") ?? "is",
  );
  const right = "value" in rule ? rule.value : rule[operator];
  const isAlone = /^is_(not_)?empty$|^is_(true|false)$/.test(operator);
  const text =
    isAlone || right === undefined || right === null ? "" : Array.isArray(right) ? right.join(", ") : String(right);
  return [rule.field || "…", operator.replaceAll("_", " "), text].join(" ").trim();
}
