"""A connector in the making: what importers put together, checked and finished in one place."""

from __future__ import annotations

from typing import Any

from weftline.errors import DocumentError
from weftline.importers import naming
from weftline.importers.base import Imported, Todo
from weftline.kernel.redact import is_secret_name
from weftline.model import Connector

Json = dict[str, Any]

_MOST_TEXT = 2000


class Draft:
    """Collects a connector's parts as plain values; :meth:`finish` makes the document."""

    def __init__(self, title: str, *, summary: str = "", docs_url: str = "", category: str = "other") -> None:
        self.title = naming.title(title)
        self.summary = shortened(summary, 200)
        self.docs_url = docs_url
        self.category = category
        self.version = "0.1.0"
        self.transport: Json = {"kind": "http", "base_url": "{{ base_url }}"}
        self.variables: dict[str, Json] = {}
        self.auth: dict[str, Json] = {}
        self.pacing: Json | None = None
        self.check: str | None = None
        self.endpoints: dict[str, Json] = {}
        self.samples: dict[str, Any] = {}
        self.evidence: dict[str, str] = {}
        self._todo: dict[Todo, None] = {}

    def todo(self, where: str, what: str) -> None:
        """Something that a person must see to; said once."""
        self._todo[Todo(where, what)] = None

    def move(self, old: str, new: str) -> None:
        """What was said of a place before it had its name."""
        said = list(self._todo)
        self._todo = {Todo(new if one.where == old else one.where, one.what): None for one in said}

    def base_url(self, default: str | None) -> None:
        """The address that instances may change; without a default a person must know it."""
        variable: Json = {"key": "base_url", "title": "Base URL"}
        self.variables["base_url"] = variable | ({"default": default} if default else {"required": True})
        if not default:
            self.todo("variables.base_url", "the description names no server: every instance must give its base URL")

    def variable(self, key: str, **facts: Any) -> str:
        """A variable of the instance, known already or new; its key."""
        self.variables.setdefault(key, {"key": key, "title": naming.title(key)} | facts)
        return key

    def endpoint(self, key: str, facts: Json, sample: Any = None) -> None:
        """An endpoint (as in the connector file, without its key), with a sample record if there is one."""
        facts = {"key": key} | facts
        if sample is not None:
            name = f"samples/{key.replace('.', '_')}.json"
            self.samples[name] = without_secrets(sample)
            facts["sample"] = name
        self.endpoints[key] = facts

    def finish(self, operations: int) -> Imported:
        """The connector; :class:`DocumentError` when the parts do not make one, which is a fault of the importer."""
        if not self.endpoints:
            raise DocumentError("the description has no operation that could become an endpoint")
        if not self.auth:
            self.auth["none"] = {"key": "none", "kind": "none", "title": "No authentication"}
            self.todo("auth", "the description names no authentication: add the method if there is one")
        if self.check is None:
            self.check = self._likely_check()
            if self.check is None:
                self.todo("check", "no endpoint can prove a credential by itself: name one")
            else:
                self.todo("check", f"'{self.check}' is a guess: see that it needs credentials and costs little")
        document = {
            "slug": naming.slug(self.title), "version": self.version, "title": self.title, "summary": self.summary,
            "category": self.category, "docs_url": self.docs_url, "variables": list(self.variables.values()),
            "auth": list(self.auth.values()), "transport": self.transport, "pacing": self.pacing,
            "check": self.check, "endpoints": list(self.endpoints.values()),
        }  # fmt: skip
        connector = Connector.model_validate(document)
        return Imported(connector, operations, self.samples, list(self._todo), self.evidence)

    def _likely_check(self) -> str | None:
        """The first endpoint that receives and needs nothing to be filled in."""
        for key, facts in self.endpoints.items():
            required = any(parameter.get("required") for parameter in facts.get("parameters", []))
            if facts["direction"] == "receive" and facts["request"].get("method", "GET") == "GET" and not required:
                return key
        return None


def shortened(text: str | None, most: int = _MOST_TEXT) -> str:
    """A text of somebody's on few lines, cut at a word."""
    text = (text or "").strip()
    if len(text) <= most:
        return text
    return text[:most].rsplit(None, 1)[0].rstrip(" ,.;:") + " …"


def without_secrets(value: Any, depth: int = 0) -> Any:
    """A sample, blank where a name says that it may be a secret, and not endlessly deep."""
    if depth > 12:
        return None
    if isinstance(value, dict):
        return {
            str(name): "" if is_secret_name(str(name)) and isinstance(one, str) else without_secrets(one, depth + 1)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(one, depth + 1) for one in value[:3]]
    return value
