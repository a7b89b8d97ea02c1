"""References of a description: looked up within it, never elsewhere, and never endlessly."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from weftline.errors import DocumentError

Json = dict[str, Any]
_MOST_STEPS = 50


class Refs:
    """Looks up ``$ref``; what stands nowhere or elsewhere is refused by its name."""

    def __init__(self, document: Json, name: str) -> None:
        self._document = document
        self._name = name
        self._known: dict[str, Any] = {}

    def of(self, node: Any) -> Json:
        """The object a node is or refers to; an empty one when it is no object."""
        for _ in range(_MOST_STEPS):
            if not isinstance(node, dict):
                return {}
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return node
            node = self._at(reference)
        raise DocumentError(f"{self._name}: a reference leads to itself", hint="remove the circle")

    def _at(self, reference: str) -> Any:
        if not reference.startswith("#"):
            raise DocumentError(
                f"{self._name} refers to '{reference[:200]}', which is another file",
                hint="bundle the description into one file first",
            )
        if reference not in self._known:
            here: Any = self._document
            for piece in reference[1:].split("/")[1:]:
                step = unquote(piece).replace("~1", "/").replace("~0", "~")
                if isinstance(here, list) and step.isdigit() and len(step) < 8 and int(step) < len(here):
                    here = here[int(step)]
                elif isinstance(here, dict) and step in here:
                    here = here[step]
                else:
                    raise DocumentError(
                        f"{self._name} refers to '{reference[:200]}', which is not in it",
                        hint="correct the reference",
                    )
            self._known[reference] = here
        return self._known[reference]


def items(value: Any) -> list[Any]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else []


def table(value: Any) -> Json:
    """A mapping, or an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """A text, or an empty one."""
    return value.strip() if isinstance(value, str) else ""
