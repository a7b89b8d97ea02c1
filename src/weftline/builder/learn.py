"""What an answer tells of its endpoint: where the records stand, and how the next page is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weftline.importers.guess import lists, paging
from weftline.model import Endpoint, Response


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A change of the endpoint that the answer speaks for: the field of the endpoint, its value, and why."""

    field: str
    value: Any
    why: str


def learn(endpoint: Endpoint, query: Mapping[str, str], response: Response, body: Any) -> list[Suggestion]:
    """What should be changed; nothing when the answer agrees with the endpoint."""
    found: list[Suggestion] = []
    known = lists(body)
    paths = [path for path, _ in known]
    if known and endpoint.items_path not in paths:
        path, count = known[0]
        words = (
            f"'{path}' is a list of {count} objects" if path else f"the answer itself is a list of {count} objects"
        )
        found.append(Suggestion("items_path", path, words))
    if endpoint.pagination.get("kind", "none") == "none":
        guessed = paging(query, response.headers, body)
        if guessed is not None:
            found.append(Suggestion("pagination", *guessed))
    return found
