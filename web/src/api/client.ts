import { parse, stringify } from "./exact";
import type { Problem } from "./types";

/** An answer that says what went wrong and what to do. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

const UNREACHABLE: Problem = {
  code: "network",
  title: "No answer",
  message: "The server does not answer.",
  hint: "Check that Weftline is running; this page goes on by itself when it is back.",
  status: 0,
  context: {},
  recovery: "retry",
};

/** Call the API; a problem document becomes a `ProblemError`. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const text = await ask(method, path, body);
  return (text ? parse(text) : undefined) as T;
}

async function ask(method: string, path: string, body?: unknown): Promise<string> {
  let answer: Response;
  try {
    answer = await fetch(`/api${path}`, {
      method,
      credentials: "same-origin",
      headers: { "X-Weftline": "1", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : stringify(body),
    });
  } catch {
    throw new ProblemError(UNREACHABLE);
  }
  const text = await answer.text();
  if (answer.ok) return text;
  throw new ProblemError(problemOf(answer, text));
}

function problemOf(answer: Response, text: string): Problem {
  try {
    const found = JSON.parse(text) as Partial<Problem>;
    if (typeof found.message === "string") return { ...UNREACHABLE, hint: "", ...found, status: answer.status };
  } catch {
    // Not a problem document: a proxy in between, say.
  }
  return {
    ...UNREACHABLE,
    code: "http",
    message: `The server answered ${answer.status} ${answer.statusText}.`,
    hint: "Try again; the server's log says more.",
    status: answer.status,
  };
}

/** An answer that is text, as it came. */
export const getText = (path: string) => ask("GET", path);
export const get = <T>(path: string) => call<T>("GET", path);
export const post = <T = void>(path: string, body: unknown = {}) => call<T>("POST", path, body);
export const put = <T = void>(path: string, body: unknown) => call<T>("PUT", path, body);
export const remove = (path: string) => call<void>("DELETE", path);

/** Any error as message and hint. */
export function explain(error: unknown): { message: string; hint: string } {
  if (error instanceof ProblemError)
    return { message: sentence(error.problem.message), hint: sentence(error.problem.hint) };
  return { message: error instanceof Error ? error.message : "Something went wrong.", hint: "" };
}

/** Server texts are written as parts of a sentence: begin and end them as one. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (!trimmed) return "";
  const begun = /^['"`]|^[a-z]+[._]/.test(trimmed) ? trimmed : trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?:…]$/.test(begun) ? begun : `${begun}.`;
}

/** A query string of the values that are set. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const set = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return set.length ? `?${new URLSearchParams(set.map(([key, value]) => [key, String(value)]))}` : "";
}
