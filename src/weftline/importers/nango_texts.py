"""Texts of a provider block as templates: ``${connectionConfig.x}`` is a variable, ``${credentials.x}`` a secret."""

from __future__ import annotations

import re
from typing import Any

from weftline.importers import naming
from weftline.importers.draft import Draft, Json, shortened
from weftline.importers.guess_request import literal

_PLACE = re.compile(r"\$\{([^{}]*)\}")
_NAME = re.compile(r"(?:(connectionConfig|credentials)\.)?([A-Za-z_]\w*)")


class NoEquivalentError(Exception):
    """A part of a block that has no equivalent here; its text says which."""


def table(value: Any) -> Json:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


class Texts:
    """Translates; declares the variables that are used, as the block describes them."""

    def __init__(self, block: Json, draft: Draft) -> None:
        self._described = table(block.get("connection_config"))
        self._draft = draft
        self.credentials: list[str] = []
        """The credentials that texts have named so far."""

    def text(self, value: Any) -> str:
        """The template of an authentication method; :class:`NoEquivalentError` for functions."""
        text, alternatives, rest = str(value).partition(" || ")
        if alternatives:
            self._draft.todo("variables", f"'{text}' may be replaced by '{rest}': see which is right")
        parts: list[str] = []
        end = 0
        for found in _PLACE.finditer(text):
            parts += [literal(text[end : found.start()]), self._place(found[1])]
            end = found.end()
        return "".join([*parts, literal(text[end:])])

    def open(self, value: Any) -> str:
        """The template of what is no secret; :class:`NoEquivalentError` if it names a credential."""
        known = list(self.credentials)
        text = self.text(value)
        if "{{ credentials." in text:
            self.credentials[:] = known
            raise NoEquivalentError(f"a credential in '{value}'")
        return text

    def _place(self, inside: str) -> str:
        found = _NAME.fullmatch(inside.strip())
        if found is None:
            raise NoEquivalentError(f"${{{inside}}}")
        key = naming.key(found[2], "value")
        if found[1] == "connectionConfig":
            return f"{{{{ {self._variable(found[2], key)} }}}}"
        if found[1] == "credentials" or found[2] in ("apiKey", "username", "password", "clientId", "clientSecret"):
            if key not in self.credentials:
                self.credentials.append(key)
            return f"{{{{ credentials.{key} }}}}"
        raise NoEquivalentError(f"${{{inside}}}")

    def _variable(self, name: str, key: str) -> str:
        key = "base_address" if key == "base_url" else key
        facts = table(self._described.get(name))
        default, options = facts.get("default_value"), facts.get("enum")
        made: Json = {"help": shortened(str(facts.get("description") or ""), 500)}
        if facts.get("title"):
            made["title"] = str(facts["title"])
        if facts.get("secret") is True:
            made["secret"] = True
        if facts.get("example"):
            made["example"] = str(facts["example"])
        if isinstance(options, list):
            made["options"] = [str(one) for one in options]
        if default not in (None, ""):
            made["default"] = str(default)
        elif facts.get("optional") is not True:
            made["required"] = True
        return self._draft.variable(key, **made)
