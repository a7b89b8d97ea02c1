"""A new connector's folder: a file that works, with a word on each part."""

from __future__ import annotations

from pathlib import Path
from string import Template

from weftline.errors import ConflictError, DocumentError, did_you_mean

_AUTH = {
    "bearer": """  - key: token
    kind: bearer                        # kinds: docs/reference/authentication.md
    title: API token
    credentials:
      - {key: token, title: Token, secret: true, required: true, help: "Where a person finds it"}
""",
    "api_key": """  - key: key
    kind: api_key
    title: API key
    place: {header: X-Api-Key}
    credentials:
      - {key: token, title: API key, secret: true, required: true, help: "Where a person finds it"}
""",
    "basic": """  - key: login
    kind: basic
    title: User name and password
    credentials:
      - {key: username, title: User name, required: true}
      - {key: password, title: Password, secret: true, required: true}
""",
    "none": """  - {key: none, kind: none, title: No authentication}
""",
}

_FILE = Template("""schema_version: 1
slug: $slug
version: 0.1.0
title: $title
summary: What people do with it, in a sentence.
category: other
docs_url: ""

# What each instance may set. Templates refer to it by its key.
variables:
  - {key: base_url, title: Base URL, default: "$base_url"}

auth:
$auth
transport: {kind: http, base_url: "{{ base_url }}"}
pacing: {amount: 5, unit: second}       # calls wait, they do not fail
check: items.list                       # the endpoint that proves a credential

endpoints:
  - key: items.list
    title: List items
    entity: item
    direction: receive
    request: {path: /items}
    items_path: ""                      # where the records stand in an answer; empty: the answer is the list
    pagination: {kind: none}            # kinds: docs/reference/pagination.md
    # parameters:                       # filters that a flow's step may fill in
    #   - {key: updated_since, title: Updated since, type: datetime, place: {query: updated_since}}
    # cursor: {path: updated_at, parameter: updated_since, key: id, overlap_s: 60}   # only what is new
    sample: samples/item.json

  - key: items.create
    title: Create an item
    entity: item
    direction: send
    request: {method: POST, path: /items, body: "{{ payload }}"}
    # upsert: a repeat does no harm; header: it tells by a header; none: a person decides after a crash
    idempotency: {kind: none, record_key: "{{ payload.id ?? '' }}"}
    result_path: "{{ body.id }}"
    sample: samples/item.json
""")

_README = Template("""# $title

What it connects to, which rights its credentials need, and what its endpoints do.

```bash
weftline connector lint $slug
weftline connector try $slug items.list --credential token=... --save-sample
weftline connector save $slug
```
""")

_ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor">
<rect x="4" y="4" width="16" height="16" rx="4"/><path d="M8 12h8M12 8v8"/></svg>
"""


def scaffold(folder: Path, slug: str, title: str, base_url: str, auth: str) -> list[Path]:
    """Write the folder; the files, of which none may be there before."""
    if auth not in _AUTH:
        raise DocumentError(f"there is no beginning with '{auth}'", hint=did_you_mean(auth, _AUTH))
    facts = {"slug": slug, "title": title, "base_url": base_url, "auth": _AUTH[auth]}
    texts = {
        "connector.yaml": _FILE.substitute(facts),
        "README.md": _README.substitute(facts),
        "icon.svg": _ICON,
        "samples/item.json": '{"id": "1001", "name": "An item"}\n',
    }
    paths = {folder / name: text for name, text in texts.items()}
    there = [path for path in paths if path.exists()]
    if there:
        raise ConflictError(f"{there[0]} is there already", hint="choose another folder")
    for path, text in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(paths)
