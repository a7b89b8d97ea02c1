import { type Document, isMap, isNode, isSeq, LineCounter, type Node, parseDocument, type ScalarTag } from "yaml";
import { ExactNumber, numberOf, stringify } from "../../api/exact";
import type { Values } from "../../kit/form/schema";

/** Keys and indexes from the document's top. */
export type Place = (string | number)[];

export interface Reading {
  document: Values | null;
  /** Why the text cannot be read, and its line, counted from 1. */
  fault: { message: string; line: number } | null;
}

/** Numbers that a browser would round keep their text, as everywhere. */
const EXACT: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: (value) => value instanceof ExactNumber,
  test: /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/,
  resolve: (text) => numberOf(text),
  stringify: ({ value }) => String(value),
};

const open = (text: string, lineCounter?: LineCounter) =>
  parseDocument(text, { lineCounter, customTags: (tags) => [EXACT, ...tags] });

/** A connector file's text as plain values. */
export function read(text: string): Reading {
  const parsed = open(text, new LineCounter());
  const [error] = parsed.errors;
  if (error) {
    const [message = ""] = error.message.split(" at line ");
    return { document: null, fault: { message, line: error.linePos?.[0].line ?? 1 } };
  }
  try {
    const value: unknown = parsed.toJS() ?? {};
    if (typeof value === "object" && !Array.isArray(value)) return { document: value as Values, fault: null };
  } catch (error) {
    return { document: null, fault: { message: String(error), line: 1 } };
  }
  return { document: null, fault: { message: "A connector file is made of keys and values", line: 1 } };
}

/** The text with another value at a place: all that stays the same keeps its comments and its form. */
export function write(text: string, place: Place, value: unknown): string {
  const parsed = open(text);
  if (parsed.errors.length) return text;
  put(parsed, place, value);
  return parsed.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** A document as a file. */
export const print = (document: Values): string => write("{}", [], document);

const plain = (parsed: Document, node: unknown): unknown => (isNode(node) ? node.toJS(parsed) : node);
const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);

function put(parsed: Document, place: Place, value: unknown): void {
  const node = place.length ? parsed.getIn(place, true) : parsed.contents;
  const old = plain(parsed, node);
  if (value === undefined) {
    parsed.deleteIn(place);
  } else if (isMap(node) && !node.items.length && isObject(value)) {
    replace(parsed, place, value);
  } else if (node !== undefined && stringify(old) === stringify(value)) {
    return;
  } else if (isMap(node) && isObject(value) && isObject(old)) {
    for (const key of Object.keys(old)) if (!(key in value)) parsed.deleteIn([...place, key]);
    for (const [key, item] of Object.entries(value)) put(parsed, [...place, key], item);
  } else if (isSeq(node) && Array.isArray(value) && Array.isArray(old)) {
    const texts = old.map((item) => stringify(item));
    const isMoved = value.some((item, index) => {
      const at = texts.indexOf(stringify(item));
      return at >= 0 && texts[index] !== texts[at];
    });
    if (value.length === old.length && !isMoved) {
      value.forEach((item, index) => {
        put(parsed, [...place, index], item);
      });
      return;
    }
    // Items that moved take what is written about them along.
    const left = node.items.map((item) => ({ item: item as Node, text: stringify(plain(parsed, item)) }));
    node.items = value.map((item) => {
      const at = left.findIndex((one) => one.text === stringify(item));
      return at >= 0 ? left.splice(at, 1)[0]?.item : parsed.createNode(item);
    });
  } else {
    replace(parsed, place, value);
  }
}

function replace(parsed: Document, place: Place, value: unknown): void {
  if (place.length) parsed.setIn(place, parsed.createNode(value));
  else parsed.contents = parsed.createNode(value) as typeof parsed.contents;
}

/** The lines (from 1) of places; where there is nothing, of the nearest thing above it. */
export function linesOf(text: string, places: Place[]): number[] {
  const counter = new LineCounter();
  const parsed = open(text, counter);
  return places.map((place) => {
    for (let length = place.length; length > 0; length--) {
      const node = parsed.getIn(place.slice(0, length), true);
      if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
    }
    return 1;
  });
}
