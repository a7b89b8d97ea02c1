/**
 * JSON without loss: numbers that a browser would round (order ids of 17 digits, `10.00`) keep their text.
 * They come out as `ExactNumber`; `stringify` writes them back as they were.
 */
export class ExactNumber {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
  toJSON(): string {
    return this.text;
  }
}

/** Long digit runs or trailing zeros: only then the slower reader is worth it. */
const SUSPECT = /[\d.]{16,}|\.\d*0(?!\d)|\d[eE][+-]?\d/;

export function parse(text: string): unknown {
  return SUSPECT.test(text) ? new Reader(text).read() : JSON.parse(text);
}

export function stringify(value: unknown, indent = 0): string {
  return write(value, indent, "\n") ?? "null";
}

/** The text of a number is kept where the number itself would be written differently. */
export function numberOf(text: string): number | ExactNumber {
  const value = Number(text);
  return String(value) === text ? value : new ExactNumber(text);
}

function write(value: unknown, indent: number, newline: string): string | undefined {
  if (value instanceof ExactNumber) return value.text;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = indent ? newline + " ".repeat(indent) : "";
  const end = indent ? newline : "";
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[${inner}${value.map((item) => write(item, indent, inner) ?? "null").join(`,${inner}`)}${end}]`;
  }
  const parts: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    const text = write(item, indent, inner);
    if (text !== undefined) parts.push(`${JSON.stringify(key)}:${indent ? " " : ""}${text}`);
  }
  return parts.length ? `{${inner}${parts.join(`,${inner}`)}${end}}` : "{}";
}

class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  read(): unknown {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fault();
    return value;
  }

  private space(): void {
    while (" \n\r\t".includes(this.text[this.at] ?? "x")) this.at++;
  }

  private fault(): never {
    throw new SyntaxError(`not JSON at position ${this.at}`);
  }

  private value(): unknown {
    this.space();
    const first = this.text[this.at];
    if (first === "{") return this.object();
    if (first === "[") return this.list();
    if (first === '"') return this.string();
    const word = /[-+.\w]+/y;
    word.lastIndex = this.at;
    const found = word.exec(this.text)?.[0] ?? this.fault();
    this.at += found.length;
    if (found === "true" || found === "false" || found === "null") return JSON.parse(found);
    if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(found)) this.fault();
    return numberOf(found);
  }

  private string(): string {
    const pattern = /"(?:[^"\\]|\\.)*"/y;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? this.fault();
    this.at += found.length;
    return JSON.parse(found) as string;
  }

  private list(): unknown[] {
    const items: unknown[] = [];
    this.at++;
    this.space();
    if (this.text[this.at] === "]") {
      this.at++;
      return items;
    }
    for (;;) {
      items.push(this.value());
      if (this.closes("]")) return items;
    }
  }

  private object(): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    this.at++;
    this.space();
    if (this.text[this.at] === "}") {
      this.at++;
      return result;
    }
    for (;;) {
      this.space();
      const key = this.string();
      this.space();
      if (this.text[this.at++] !== ":") this.fault();
      Object.defineProperty(result, key, {
        value: this.value(),
        enumerable: true,
        writable: true,
        configurable: true,
      });
      if (this.closes("}")) return result;
    }
  }

  private closes(end: string): boolean {
    this.space();
    const next = this.text[this.at++];
    if (next === end) return true;
    if (next !== ",") this.fault();
    return false;
  }
}
