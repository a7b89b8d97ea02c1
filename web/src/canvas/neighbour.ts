import type { FlowDocument } from "../api/types";
import { type Place, rootsOf, START, sourceOf } from "./graph";

/** The card that an arrow key leads to: along a link, or up and down among those of the same column. */
export function neighbour(
  id: string,
  key: string,
  document: FlowDocument,
  places: Record<string, Place>,
): string | null {
  const links = document.links ?? [];
  const byHeight = (ids: string[]) => ids.sort((a, b) => (places[a]?.y ?? 0) - (places[b]?.y ?? 0));
  if (key === "ArrowRight") {
    if (id === START) return byHeight(rootsOf(document).map((step) => step.id))[0] ?? null;
    return byHeight(links.filter((link) => sourceOf(link)[0] === id).map((link) => link.to))[0] ?? null;
  }
  if (key === "ArrowLeft") {
    if (id === START) return null;
    return byHeight(links.filter((link) => link.to === id).map((link) => sourceOf(link)[0]))[0] ?? START;
  }
  const here = places[id];
  if (!here) return null;
  const column = Object.entries(places)
    .filter(
      ([other, place]) =>
        other !== id &&
        Math.abs(place.x - here.x) < 200 &&
        (key === "ArrowDown" ? place.y > here.y : place.y < here.y),
    )
    .sort(([, a], [, b]) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y));
  return column[0]?.[0] ?? null;
}
