import type { FlowDocument, Kinds, Link, Step } from "../../api/types";
import { freshId, linkId, type Place, portsOf, sourceOf } from "../../canvas/graph";

/** What the form of a new step begins from, where the defaults of its schema are not enough. */
const BEGINNINGS: Record<string, object> = {
  filter: { keep: { field: "", operator: "is", value: "" } },
  map: { rules: [] },
  flow_control: { size: 50 },
  route: { method: "first", routes: [{ key: "first", title: "First" }] },
  set_variables: { values: {} },
  manual_payload: { payload: [{ id: 1 }] },
};

const stepsOf = (document: FlowDocument): Step[] => document.steps ?? [];
const linksOf = (document: FlowDocument): Link[] => document.links ?? [];

function fresh(document: FlowDocument, kind: string): Step {
  return { id: freshId(kind, stepsOf(document)), shape: kind, ...structuredClone(BEGINNINGS[kind] ?? {}) };
}

const GAP = 286;

/** A place to the right of another step, if places are kept by hand at all. */
function beside(document: FlowDocument, step: string): { position?: Place } {
  const place = stepsOf(document).find((one) => one.id === step)?.position;
  if (!place) return {};
  let y = place.y;
  while (
    stepsOf(document).some(
      (one) => one.position && Math.abs(one.position.x - place.x - GAP) < 120 && Math.abs(one.position.y - y) < 70,
    )
  )
    y += 110;
  return { position: { x: place.x + GAP, y } };
}

export type Edited = [FlowDocument, string];

/** A new step behind a port. */
export function addAfter(document: FlowDocument, kind: string, step: string, port: string): Edited {
  const added = { ...fresh(document, kind), ...beside(document, step) };
  return [
    {
      ...document,
      steps: [...stepsOf(document), added],
      links: [...linksOf(document), { from: `${step}.${port}`, to: added.id }],
    },
    added.id,
  ];
}

/** A new step in the middle of a link. */
export function insert(document: FlowDocument, kind: string, link: string, kinds: Kinds): Edited {
  const cut = linksOf(document).find((one) => linkId(one) === link);
  if (!cut) return [document, ""];
  const added = fresh(document, kind);
  const exit = portsOf(added, kinds)[0]?.key ?? "out";
  const from = stepsOf(document).find((one) => one.id === sourceOf(cut)[0])?.position;
  const to = stepsOf(document).find((one) => one.id === cut.to)?.position;
  // Placed by hand: what follows makes room.
  const shift = from && to && to.x - from.x < GAP * 1.8 ? GAP : 0;
  const steps = stepsOf(document).map((one) =>
    shift && one.position && to && one.position.x >= to.x
      ? { ...one, position: { ...one.position, x: one.position.x + shift } }
      : one,
  );
  if (from && to) added.position = { x: from.x + GAP, y: to.y };
  const links = linksOf(document).filter((one) => linkId(one) !== link);
  return [
    {
      ...document,
      steps: [...steps, added],
      links: [...links, { from: cut.from, to: added.id }, { from: `${added.id}.${exit}`, to: cut.to }],
    },
    added.id,
  ];
}

/** A new step behind the chosen one, or at the end of the longest row. */
export function append(document: FlowDocument, kind: string, chosen: string | null, kinds: Kinds): Edited {
  const steps = stepsOf(document);
  const left = new Set(linksOf(document).map((link) => sourceOf(link).join(".")));
  const looseOf = (step: Step) => portsOf(step, kinds).find((port) => !left.has(`${step.id}.${port.key}`));
  const own = steps.find((step) => step.id === chosen);
  if (own && !looseOf(own)) {
    const link = linksOf(document).find((one) => sourceOf(one)[0] === own.id);
    if (link) return insert(document, kind, linkId(link), kinds);
  }
  const before = own ?? [...steps].reverse().find((step) => looseOf(step));
  const port = before && looseOf(before);
  if (before && port) return addAfter(document, kind, before.id, port.key);
  const added = fresh(document, kind);
  return [{ ...document, steps: [...steps, added], links: linksOf(document) }, added.id];
}

/** A new step where it was dropped; from then on places are kept by hand. */
export function dropAt(document: FlowDocument, kind: string, place: Place): Edited {
  const added = { ...fresh(document, kind), position: place };
  return [{ ...document, steps: [...stepsOf(document), added], links: linksOf(document) }, added.id];
}

export function connect(document: FlowDocument, from: string, port: string, to: string): FlowDocument {
  const link = { from: `${from}.${port}`, to };
  if (linksOf(document).some((one) => linkId(one) === linkId(link))) return document;
  return { ...document, links: [...linksOf(document), link] };
}

export const removeLink = (document: FlowDocument, link: string): FlowDocument => ({
  ...document,
  links: linksOf(document).filter((one) => linkId(one) !== link),
});

/** Without some steps; where one stood between exactly two others, these are joined. */
export function removeSteps(document: FlowDocument, ids: string[]): FlowDocument {
  let next = document;
  for (const id of ids) {
    const entering = linksOf(next).filter((link) => link.to === id);
    const leaving = linksOf(next).filter((link) => sourceOf(link)[0] === id);
    const [into, out] = [entering[0], leaving[0]];
    const joined =
      into && out && entering.length === 1 && leaving.length === 1 ? [{ from: into.from, to: out.to }] : [];
    next = {
      ...next,
      steps: stepsOf(next).filter((step) => step.id !== id),
      links: [...linksOf(next).filter((link) => link.to !== id && sourceOf(link)[0] !== id), ...joined],
    };
  }
  return next;
}

export const move = (document: FlowDocument, places: Record<string, Place>): FlowDocument => ({
  ...document,
  steps: stepsOf(document).map((step) =>
    places[step.id] ? { ...step, position: rounded(places[step.id] as Place) } : step,
  ),
});

const rounded = ({ x, y }: Place): Place => ({ x: Math.round(x), y: Math.round(y) });

/** Back to the automatic layout. */
export const tidy = (document: FlowDocument): FlowDocument => ({
  ...document,
  steps: stepsOf(document).map(({ position: _, ...step }) => step as Step),
});

/** A step with other config; links of ports that are gone go too. */
export function writeStep(document: FlowDocument, step: Step, kinds: Kinds): FlowDocument {
  const ports = new Set(portsOf(step, kinds).map((port) => port.key));
  const links = linksOf(document).filter((link) => {
    const [source, port] = sourceOf(link);
    return source !== step.id || ports.has(port);
  });
  return { ...document, steps: stepsOf(document).map((one) => (one.id === step.id ? step : one)), links };
}

export function duplicate(document: FlowDocument, id: string): Edited {
  const step = stepsOf(document).find((one) => one.id === id);
  if (!step) return [document, id];
  const copy: Step = { ...structuredClone(step), id: freshId(step.shape, stepsOf(document)) };
  if (copy.position) copy.position = { x: copy.position.x, y: copy.position.y + 110 };
  return [{ ...document, steps: [...stepsOf(document), copy] }, copy.id];
}
