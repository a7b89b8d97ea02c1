export interface Rule {
  field: string;
  operator: string;
  value?: unknown;
  type?: string;
}

export const OPERATORS = [
  "is",
  "is_not",
  "is_one_of",
  "is_none_of",
  "contains",
  "not_contains",
  "starts_with",
  "ends_with",
  "greater_than",
  "at_least",
  "less_than",
  "at_most",
  "before",
  "after",
  "is_empty",
  "is_not_empty",
  "is_true",
  "is_false",
];

const ALONE = new Set(["is_empty", "is_not_empty", "is_true", "is_false"]);
const LISTS = new Set(["is_one_of", "is_none_of"]);

export const needsNoValue = (operator: string) => ALONE.has(operator);
export const needsList = (operator: string) => LISTS.has(operator);

export const emptyRule = (): Rule => ({ field: "", operator: "is", value: "" });

export const listOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.map(String)
    : value === undefined || value === null || value === ""
      ? []
      : [String(value)];

/** The rule with another operator; its value takes the form that the operator needs. */
export function withOperator(rule: Rule, operator: string): Rule {
  const { value, ...rest } = rule;
  if (needsNoValue(operator)) return { ...rest, operator };
  if (needsList(operator)) return { ...rest, operator, value: listOf(value) };
  return { ...rest, operator, value: Array.isArray(value) ? String(value[0] ?? "") : (value ?? "") };
}

export interface Rules {
  join: "all" | "any";
  list: Rule[];
}

/** A condition as a list of rules; null where it is deeper than that. */
export function asRules(value: unknown): Rules | null {
  if (value === undefined || value === null) return { join: "all", list: [emptyRule()] };
  if (typeof value !== "object") return null;
  const own = value as Record<string, unknown>;
  for (const join of ["all", "any"] as const) {
    if (Array.isArray(own[join])) {
      const list = own[join].map(asRule);
      return list.every((one): one is Rule => one !== null) ? { join, list } : null;
    }
  }
  const one = asRule(own);
  return one && { join: "all", list: [one] };
}

function asRule(value: unknown): Rule | null {
  if (!value || typeof value !== "object") return null;
  const own = value as Record<string, unknown>;
  if (typeof own.field !== "string") return null;
  if (typeof own.operator === "string") return own as unknown as Rule;
  const operator = OPERATORS.find((name) => name in own);
  if (!operator) return null;
  const rest = { field: own.field, operator, ...(typeof own.type === "string" ? { type: own.type } : {}) };
  return needsNoValue(operator) ? rest : { ...rest, value: own[operator] };
}
