/** What a new connector begins with. */
export interface Beginning {
  title: string;
  slug: string;
  baseUrl: string;
  path: string;
  auth: "bearer" | "api_key" | "basic" | "none";
}

const quoted = (text: string) => JSON.stringify(text);

const AUTH: Record<Beginning["auth"], string> = {
  bearer: `  - key: token
    kind: bearer
    title: API token
    credentials:
      - {key: token, title: Token, secret: true, required: true}`,
  api_key: `  - key: key
    kind: api_key
    title: API key
    place: {header: X-Api-Key}
    credentials:
      - {key: token, title: API key, secret: true, required: true}`,
  basic: `  - key: login
    kind: basic
    title: User name and password
    credentials:
      - {key: username, title: User name, required: true}
      - {key: password, title: Password, secret: true, required: true}`,
  none: "  - {key: none, kind: none, title: No authentication}",
};

/** Entity of a path: the last word of it, in the singular where that is plain. */
function entityOf(path: string): string {
  const words = path.toLowerCase().match(/[a-z][a-z0-9_-]*/g) ?? [];
  const last = words.filter((word) => word !== "json").at(-1) ?? "item";
  return last.replace(/s$/, "") || "item";
}

export function begin({ title, slug, baseUrl, path, auth }: Beginning): string {
  const entity = entityOf(path);
  return `schema_version: 1
slug: ${slug}
version: 0.1.0
title: ${quoted(title)}
summary: ""
category: other
docs_url: ""

# What each instance may set. Templates refer to it by its key.
variables:
  - {key: base_url, title: Base URL, default: ${quoted(baseUrl)}}

auth:
${AUTH[auth]}
transport: {kind: http, base_url: "{{ base_url }}"}
pacing: {amount: 5, unit: second}
# The endpoint that proves a credential.
check: ${entity}s.list

endpoints:
  - key: ${entity}s.list
    title: List ${entity}s
    entity: ${entity}
    direction: receive
    request: {path: ${quoted(path)}}
    # Where the records stand in an answer; empty: the answer is the list.
    items_path: ""
    pagination: {kind: none}
`;
}

export const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
