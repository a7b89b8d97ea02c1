/** The part of JSON Schema that pydantic writes and forms are drawn from. */
export interface Schema {
  type?: string;
  title?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  $ref?: string;
  $defs?: Record<string, Schema>;
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  format?: string;
  secret?: boolean;
  multiline?: boolean;
  widget?: string;
  advanced?: boolean;
}

export type Values = Record<string, unknown>;

/** Follow references and see past "or null"; what the field itself says wins. */
export function resolve(field: Schema, root: Schema): Schema {
  const options = (field.anyOf ?? field.oneOf)?.filter((option) => option.type !== "null");
  const only = options?.length === 1 ? options[0] : undefined;
  const target = field.$ref ?? only?.$ref;
  const found = target ? root.$defs?.[target.split("/").pop() ?? ""] : only;
  if (!found) return field;
  const { anyOf: _a, oneOf: _o, $ref: _r, ...own } = field;
  const resolved = { ...found, ...own };
  return own.description ? resolved : { ...resolved, description: own.description ?? found.description };
}

/** The alternatives of a union, without null. */
export const alternatives = (field: Schema, root: Schema): Schema[] =>
  (field.anyOf ?? field.oneOf ?? [])
    .filter((option) => option.type !== "null")
    .map((option) => resolve(option, root));

/** A first value for a new item of a list. */
export function blank(field: Schema, root: Schema): unknown {
  const own = resolve(field, root);
  if (own.default !== undefined) return structuredClone(own.default);
  if (own.type === "object") {
    const values: Values = {};
    for (const key of own.required ?? []) {
      const property = own.properties?.[key];
      if (property) values[key] = blank(property, root);
    }
    return values;
  }
  if (own.type === "array") return [];
  if (own.type === "boolean") return false;
  if (own.type === "integer" || own.type === "number") return own.minimum ?? 0;
  return own.enum?.[0] ?? "";
}

export const showExample = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);

/** Words for a value of an enum: `partial_success` reads "partial success". */
export const enumWord = (value: unknown): string => String(value).replaceAll("_", " ");

/** The object without what is undefined. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
