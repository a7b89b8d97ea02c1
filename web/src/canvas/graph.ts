import type { FlowDocument, Kinds, Link, Port, Step } from "../api/types";

/** The card that every flow begins with; it is not a step. */
export const START = "·start";

export interface Place {
  x: number;
  y: number;
}

/** Step and port that a link leaves. */
export function sourceOf(link: Link): [string, string] {
  const dot = link.from.indexOf(".");
  return dot < 0 ? [link.from, "out"] : [link.from.slice(0, dot), link.from.slice(dot + 1)];
}

export const linkId = (link: Link): string => `${sourceOf(link).join(".")}>${link.to}`;

/** The exits of a step: those of its kind, and a route's own. */
export function portsOf(step: Step, kinds: Kinds): Port[] {
  const ports = kinds[step.shape]?.ports ?? [{ key: "out", title: "Out", role: "normal" as const }];
  if (!Array.isArray(step.routes)) return ports;
  const routes = step.routes as { key: string; title?: string }[];
  const own = routes.map((route) => ({ key: route.key, title: route.title || route.key, role: "normal" as const }));
  return [...own, ...ports.filter((port) => !own.some((route) => route.key === port.key))];
}

/** Steps that no link enters: where runs begin. */
export function rootsOf(document: FlowDocument): Step[] {
  const entered = new Set((document.links ?? []).map((link) => link.to));
  return (document.steps ?? []).filter((step) => !entered.has(step.id));
}

/** A fresh id for a step of a kind: map, map_2, map_3. */
export function freshId(kind: string, steps: Step[]): string {
  const taken = new Set(steps.map((step) => step.id));
  let id = kind;
  for (let number = 2; taken.has(id); number++) id = `${kind}_${number}`;
  return id;
}

/** Whether a link from `from` to `to` would close a circle. */
export function closesCircle(document: FlowDocument, from: string, to: string): boolean {
  const seen = new Set<string>();
  const walk = (id: string): boolean => {
    if (id === from) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return (document.links ?? []).some((link) => sourceOf(link)[0] === id && walk(link.to));
  };
  return walk(to);
}
