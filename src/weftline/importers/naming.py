"""Names for what descriptions name in their own ways: keys, titles, entities."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONGEST = 80
_ACTIONS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "HEAD": "head"}


def words(text: str) -> list[str]:
    """``getAllOrders``, ``get-all_orders`` and ``Get all orders`` alike: get, all, orders."""
    return [word.lower() for word in _WORD.findall(text)]


def key(text: str, fallback: str = "item") -> str:
    """A key: lower case, digits and underscores, a letter first."""
    found = "_".join(words(text))[:_LONGEST].strip("_")
    return found if found[:1].isalpha() else f"{fallback}_{found}".rstrip("_")


def slug(text: str) -> str:
    """A connector's slug."""
    return key(text, "api").replace("_", "-")[:60].strip("-")


def title(text: str) -> str:
    """Words as a title, or the text itself if somebody wrote it for people."""
    text = " ".join(text.split())
    if " " in text:
        return text[:_LONGEST].rstrip()
    return " ".join(words(text)).capitalize() or "Untitled"


def singular(word: str) -> str:
    """An English plural's singular, where the ending tells."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2:
        return word[:-1]
    return word


def entity(path: str) -> str:
    """What a path is about: its last piece that is not a place, in the singular."""
    pieces = [piece for piece in path.strip("/").split("/") if piece and not piece.startswith(("{", ":"))]
    found = words(pieces[-1].partition(".")[0]) if pieces else []
    return key("_".join([*found[:-1], singular(found[-1])])) if found else "item"


def action(method: str, path: str, *, lists: bool) -> str:
    """What a method does at a path: list, get, create, ..."""
    return "list" if lists else _ACTIONS.get(method.upper(), key(method))


def unique(wanted: str, taken: Container[str]) -> str:
    """The name, with a number behind it if it is taken."""
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}_{number}" in taken:
        number += 1
    return f"{wanted}_{number}"


def endpoint_key(group: str, name: str, taken: Container[str]) -> str:
    """Such as ``orders.list``, unlike any that is taken."""
    return unique(f"{key(group)}.{key(name)}", taken)


def common(texts: Sequence[str]) -> str:
    """How all of them begin."""
    if not texts:
        return ""
    first, last = min(texts), max(texts)
    end = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), None)
    return first[: len(min(first, last, key=len)) if end is None else end]
