"""What a manifest asks a person for: its specification's properties become variables and credentials, once used."""

from __future__ import annotations

from typing import Any

from weftline.importers import naming
from weftline.importers.airbyte_jinja import Code, NoEquivalentError, Part, Roots, constant, path, template
from weftline.importers.draft import Draft

Json = dict[str, Any]


class Asked:
    """The properties of ``connection_specification`` by their paths, and the keys that stand for them."""

    def __init__(self, draft: Draft, specification: Json) -> None:
        self.draft = draft
        self.properties: dict[tuple[str, ...], Json] = {}
        self.used: set[tuple[str, ...]] = set()
        self._keys: dict[tuple[str, ...], str] = {}
        self._read(specification, (), 0)

    def _read(self, schema: Json, at: tuple[str, ...], depth: int) -> None:
        required = schema.get("required") or []
        for name, facts in (schema.get("properties") or {}).items():
            if not isinstance(facts, dict) or depth > 6:
                continue
            here = (*at, str(name))
            variants = [one for one in facts.get("oneOf") or facts.get("anyOf") or [] if isinstance(one, dict)]
            for one in [facts, *variants]:
                self._read(one, here, depth + 1)
            if not variants and not facts.get("properties"):
                self.properties.setdefault(here, {**facts, "needed": name in required and not at})

    def key(self, parts: tuple[str, ...]) -> str:
        """The key that stands for a property."""
        if parts not in self._keys:
            short = naming.key(parts[-1])
            taken = set(self._keys.values()) | {"base_url", "payload", "params", "body", "count", "last", "value"}
            self._keys[parts] = naming.unique(short, taken)
        self.used.add(parts)
        return self._keys[parts]

    def is_secret(self, parts: tuple[str, ...]) -> bool:
        """Whether a property is sealed."""
        return bool(self.properties.get(parts, {}).get("airbyte_secret"))

    def variable(self, parts: tuple[str, ...]) -> Code:
        """A property in a request: a variable of the instance."""
        if self.is_secret(parts):
            raise NoEquivalentError(f"the secret '{'.'.join(parts)}', which belongs into an authentication method")
        facts = self.properties.get(parts)
        if facts is None:
            raise NoEquivalentError(f"the value '{'.'.join(parts)}', which the specification does not ask for")
        if isinstance(facts.get("const"), str | int):
            return constant(facts["const"])
        if facts.get("type") in ("array", "object"):
            raise NoEquivalentError(f"the value '{'.'.join(parts)}', which is a list or an object")
        key = self.key(parts)
        self.draft.variable(
            key, **self._facts(parts), required=bool(facts["needed"]) and facts.get("default") is None
        )
        return Code(key)

    def credential(self, parts: tuple[str, ...]) -> Json:
        """A property as a credential of an authentication method."""
        key = self.key(parts)
        facts = {name: value for name, value in self._facts(parts).items() if name in ("title", "help", "example")}
        return (
            {"key": key, "title": naming.title(key)}
            | facts
            | {"secret": True if self.is_secret(parts) else _hidden(key)}
        )

    def _facts(self, parts: tuple[str, ...]) -> Json:
        facts = self.properties.get(parts, {})
        kind = {"integer": "number", "number": "number", "boolean": "boolean"}.get(str(facts.get("type")), "text")
        found: Json = {"title": str(facts.get("title") or naming.title(parts[-1])), "type": kind}
        if facts.get("description"):
            found["help"] = str(facts["description"])[:500]
        if facts.get("default") not in (None, "") and isinstance(facts["default"], str | int | float):
            found["default"] = facts["default"]
        if isinstance(facts.get("enum"), list) and facts["enum"]:
            found["options"] = [str(one) for one in facts["enum"]]
        if facts.get("examples") and isinstance(facts["examples"], list) and not self.is_secret(parts):
            found["example"] = str(facts["examples"][0])
        return found

    def roots(self, parameters: Json | None = None, more: Roots | None = None) -> Roots:
        """What names mean in a component: ``config`` and ``parameters`` everywhere, and what ``more`` knows."""

        def of(root: str, parts: list[Part]) -> Code:
            if root == "config" and parts:
                return self.variable(tuple(str(part) for part in parts))
            if root in ("parameters", "options") and parts:
                found: Any = parameters or {}
                for part in parts:
                    found = found.get(part) if isinstance(found, dict) else None
                if isinstance(found, str) and "{{" in found:
                    raise NoEquivalentError(f"the parameter '{parts[0]}', which is a template itself")
                return constant(found if found is not None else "")
            if more is None:
                raise NoEquivalentError(f"the name '{path(root, parts)}'")
            return more(root, parts)

        return of


class Credentials:
    """An authentication method's texts, with the credentials they use."""

    def __init__(self, asked: Asked, parameters: Json) -> None:
        self.asked = asked
        self.used: dict[str, Json] = {}
        self._parameters = parameters

    def alone(self, text: Any) -> str | None:
        """The credential that a text is, with nothing around it."""
        filled = self.template(text, all_are=True)
        name = str(filled).strip().removeprefix("{{ credentials.").removesuffix(" }}")
        return name if filled == f"{{{{ credentials.{name} }}}}" and name in self.used else None

    def template(self, text: Any, *, all_are: bool = False) -> Any:
        """A text over ``credentials``; with ``all_are`` even what is no secret is one."""

        def of(root: str, parts: list[Part]) -> Code:
            parts_ = tuple(str(part) for part in parts)
            if root == "config" and parts_ and (all_are or self.asked.is_secret(parts_)):
                facts = self.asked.credential(parts_)
                self.used[facts["key"]] = facts
                return Code(f"credentials.{facts['key']}")
            return self.asked.roots(self._parameters)(root, parts)

        return template(text, of)

    def own(self, key: str, **facts: Any) -> str:
        """A credential that the specification does not ask for."""
        self.used[key] = {"key": key, "title": naming.title(key), "secret": _hidden(key)} | facts
        return key


def _hidden(key: str) -> bool:
    return any(word in key for word in ("secret", "password", "token", "key"))
