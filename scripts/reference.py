"""Writes what is published from the code: docs/reference/*.md and docs/schemas/*.json.

    python scripts/reference.py           write what has changed
    python scripts/reference.py --check   say what is stale, exit code 1 if anything is

A test runs the second form, so that the pages are never behind the code.
Why this is long: one short function a page, and the tables that all pages share.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import typer.main
from pydantic import BaseModel

from weftline import errors
from weftline.auth import AUTH_METHODS
from weftline.cli.main import app
from weftline.expr.functions import FUNCTIONS
from weftline.formats import FORMATS
from weftline.kernel import Registry
from weftline.mapping import MapRule
from weftline.mapping.transforms import TRANSFORMS
from weftline.model import Connector, Flow, Instance
from weftline.model.connector import (
    AuthOption,
    Endpoint,
    IdempotencyRule,
    JudgeRule,
    LearnFrom,
    Pacing,
    Parameter,
    RequestTemplate,
    Variable,
)
from weftline.model.flow import FlowSettings, FlowVariable, Link, Step
from weftline.model.instance import RateLimit
from weftline.pagination import PAGINATORS
from weftline.settings import PREFIX, Settings
from weftline.shapes import SHAPES
from weftline.shapes.conditions import Rule
from weftline.transports import TRANSPORTS
from weftline.triggers import TRIGGERS
from weftline.workspace import Workspace
from weftline.workspace.document import ConnectorEntry, FlowEntry, InstanceEntry, LookupEntry

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = Path("docs/reference")
SCHEMAS = Path("docs/schemas")
NOTE = "<!-- Written by scripts/reference.py; change the code, not this page. -->\n"
Json = dict[str, Any]


def pages() -> dict[Path, str]:
    """Every published file and its content."""
    written: dict[str, Callable[[], str]] = {
        "cli.md": cli_page,
        "settings.md": settings_page,
        "workspace-file.md": workspace_page,
        "connector-file.md": connector_page,
        "authentication.md": authentication_page,
        "flow-file.md": flow_page,
        "shapes.md": shapes_page,
        "pagination.md": pagination_page,
        "formats.md": formats_page,
        "transforms.md": transforms_page,
        "functions.md": functions_page,
        "errors.md": errors_page,
    }
    found = {REFERENCE / name: NOTE + page().rstrip() + "\n" for name, page in written.items()}
    for name, schema in schemas().items():
        found[SCHEMAS / f"{name}.json"] = json.dumps(schema, indent=2, ensure_ascii=False, default=str) + "\n"
    return found


def main() -> int:
    """Write, or only say what is stale."""
    check = "--check" in sys.argv
    stale = []
    for path, text in pages().items():
        file = ROOT / path
        if file.is_file() and file.read_text("utf-8") == text:
            continue
        stale.append(str(path))
        if not check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
    for name in stale:
        sys.stdout.write(f"{'stale' if check else 'wrote'}: {name}\n")
    return 1 if check and stale else 0


# --- pages ---


def cli_page() -> str:
    """Every verb with its parameters."""
    parts = [
        "# Command line\n",
        "Every verb also explains itself: `weftline VERB --help`. Expected errors are one line on stderr.\n",
        "| Exit code | Meaning |\n|---|---|\n| 0 | done; with `run --wait`: success |\n| 1 | failed |\n"
        "| 2 | `run --wait`: partial success, some records failed |\n"
        "| 3 | `run --wait`: stopped, or still under way when `--timeout` was up |\n"
        "| 64 | the command was not understood |\n",
    ]
    root: Any = typer.main.get_command(app)
    for name, command in root.commands.items():
        inner = getattr(command, "commands", None)
        for sub, verb in (inner or {"": command}).items():
            parts.append(_verb(f"weftline {name} {sub}".strip(), verb))
    return "\n".join(parts)


def settings_page() -> str:
    """Every setting."""
    rows = []
    for name, field in Settings.model_fields.items():
        schema = Settings.model_json_schema()["properties"][name]
        default = "" if name in ("catalog_dir",) else _value(field.get_default())
        rows.append((f"`{PREFIX}{name.upper()}`", _type(schema, {}), default, field.description or ""))
    return (
        "# Settings\n\nSettings are environment variables, or keys (no prefix, small letters) of the TOML "
        f"file that `{PREFIX}SETTINGS` names. The environment wins.\n\n"
        + _table(("Variable", "Type", "Default", "Meaning"), rows)
    )


def workspace_page() -> str:
    """The workspace file."""
    models = [Workspace, ConnectorEntry, InstanceEntry, RateLimit, LookupEntry, FlowEntry]
    return (
        "# The workspace file\n\nRead by `weftline plan` and `weftline apply`, written by `weftline export`. "
        "JSON Schema: [workspace.json](../schemas/workspace.json). How to write one: "
        "[Write a workspace file](../how-to/write-a-workspace-file.md).\n\n" + _models(models)
    )


def connector_page() -> str:
    """The connector file, and the kinds that it may name."""
    models = [
        Connector, Variable, AuthOption, Pacing, LearnFrom, JudgeRule, Endpoint, RequestTemplate, Parameter,
        IdempotencyRule,
    ]  # fmt: skip
    rooms = [
        ("Transports", TRANSPORTS, "The `kind` of `transport`, with these keys beside it."),
    ]
    text = (
        "# The connector file\n\nOne YAML file is one connector. JSON Schema: "
        "[connector.json](../schemas/connector.json); `weftline connector lint FILE` judges one. Kinds of "
        "`pagination` and `format` have pages of their own: [pagination](pagination.md), [formats](formats.md).\n\n"
        + _models(models)
        + "\n## Authentication methods\n\nThe `kind` of an entry of `auth`: "
        + ", ".join(f"[`{kind}`](authentication.md#{kind})" for kind in AUTH_METHODS.kinds())
        + ".\n"
    )
    for title, registry, words in rooms:
        text += f"\n## {title}\n\n{words}\n\n{_kinds(registry, '###')}"
    return text


def authentication_page() -> str:
    """Every authentication method, with the credentials it asks for."""
    text = (
        "# Authentication\n\nAn entry of a connector file's `auth` names a kind, with the keys of that kind beside "
        "it and the `credentials` that it asks each instance for. Templates see the instance's variables, and the "
        "credentials as `credentials.<key>`.\n"
    )
    for kind in AUTH_METHODS.kinds():
        found = AUTH_METHODS.get(kind)
        examples = {name: field.examples[0] for name, field in found.Config.model_fields.items() if field.examples}
        asked = ", ".join(f"`{key}`" for key in found.credential_keys(AUTH_METHODS.config(kind, examples)))
        table = _fields(found.Config)
        text += (
            f"\n## {kind}\n\n**{found.title}.** {_doc(found)}"
            + (" A person consents once, in the browser." if found.interactive else "")
            + f"\n\nCredentials, with the examples below: {asked or 'none'}.\n"
            + (f"\n{table}" if table else "")
            + _nested(found.Config)
        )
    return text


def flow_page() -> str:
    """The flow document and its triggers."""
    models = [Flow, Step, Link, FlowSettings, FlowVariable]
    return (
        "# Flows\n\nA flow stands under `flows` of a workspace file. JSON Schema: "
        "[flow.json](../schemas/flow.json). The keys of a step beside these are those of its [shape](shapes.md).\n\n"
        + _models(models)
        + "\n## Triggers\n\n"
        + _kinds(TRIGGERS, "###")
    )


def shapes_page() -> str:
    """Every shape."""
    return (
        "# Shapes\n\nA shape is a kind of box on the canvas; a step places one in a flow.\n\n"
        + _kinds(SHAPES, "##")
        + "\n## A map's rule\n\n"
        + _fields(MapRule)
        + "\n## Conditions\n\nFor `keep`, `remove` and routes: a rule, a group of them (`all`, `any`, `not`), or an "
        "expression as text. The operator may be the key: `{field: total, at_least: 100}`.\n\n" + _fields(Rule)
    )


def pagination_page() -> str:
    """Every paginator."""
    return (
        "# Pagination\n\nThe `kind` of an endpoint's `pagination`, with these keys beside it. Paths are read in the "
        "answer. Every chain is guarded: the same page or place twice, a circle of any length, and more than "
        "`max_pages` pages are errors, never a silent end.\n\n" + _kinds(PAGINATORS, "##")
    )


def formats_page() -> str:
    """Every format."""
    return (
        "# Formats\n\nThe `format` of an endpoint, or of its request: a kind, or a mapping with its `kind` and these "
        "keys: `format: {kind: csv, delimiter: ;}`.\n\n" + _kinds(FORMATS, "##")
    )


def transforms_page() -> str:
    """Every transform."""
    return (
        "# Transforms\n\nA map's rule names transforms in their order: "
        "`transforms: [{kind: trim}, {kind: prefix, text: SO-}]`. Null passes by unless a transform says otherwise. "
        "A list is transformed item by item.\n\n" + _kinds(TRANSFORMS, "##")
    )


def functions_page() -> str:
    """Every function of the expression language."""
    text = "# Functions\n\nFor expressions and `{{ ... }}` templates; `a | f(b)` is the same as `f(a, b)`.\n"
    groups: dict[str, list[Any]] = {}
    for one in FUNCTIONS.values():
        groups.setdefault(one.group, []).append(one)
    for group, found in groups.items():
        rows = [
            (f"`{one.signature}`", _words(one.doc), f"`{one.example}`", f"`{_plain(one.result)}`")
            for one in sorted(found, key=lambda one: one.name)
        ]
        text += f"\n## {group.capitalize()}\n\n" + _table(("Function", "Gives", "Example", "Result"), rows)
    return text


def errors_page() -> str:
    """Every error code."""
    rows = []
    for name in errors.__all__:
        found = getattr(errors, name)
        if inspect.isclass(found) and issubclass(found, errors.WeftlineError) and found is not errors.WeftlineError:
            doc = _words(found.__doc__)
            rows.append((f"`{found.code}`", found.recovery, str(found.http_status), doc))
    return (
        "# Errors\n\nThe API sends them as `application/problem+json` with `code`, `message`, `hint` and `context`; "
        "run logs keep the same. What the engine does: *retry* later, *wait* as told, *reauth* "
        "(the instance needs authorisation), *skip* the record, *abort* the run.\n\n"
        + _table(("Code", "The engine", "HTTP", "Meaning"), sorted(set(rows)))
    )


# --- schemas ---


def schemas() -> dict[str, Json]:
    """The published JSON Schemas; a step's keys depend on its shape."""
    found: dict[str, Json] = {}
    models: dict[str, type[BaseModel]] = {
        "connector": Connector, "instance": Instance, "flow": Flow, "workspace": Workspace,
    }  # fmt: skip
    for name, model in models.items():
        schema = model.model_json_schema(by_alias=True)
        if "Step" in schema.get("$defs", {}):
            _add_shapes(schema)
        found[name] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": name.capitalize(),
            **schema,
        }
    return found


def _add_shapes(schema: Json) -> None:
    step = schema["$defs"]["Step"]
    step["properties"]["shape"]["enum"] = SHAPES.kinds()
    step["allOf"] = []
    for kind in SHAPES.kinds():
        inner = SHAPES.get(kind).Config.model_json_schema(by_alias=True, ref_template=f"#/$defs/{kind}.{{model}}")
        schema["$defs"] |= {f"{kind}.{name}": one for name, one in inner.pop("$defs", {}).items()}
        inner.pop("additionalProperties", None)
        inner["properties"] = inner.get("properties", {})
        step["allOf"].append({"if": {"properties": {"shape": {"const": kind}}}, "then": inner})


# --- pieces ---


def _verb(name: str, command: Any) -> str:
    text = f"## {name}\n\n{inspect.cleandoc(command.help or '')}\n"
    rows = []
    for parameter in command.params:
        if parameter.name == "help":
            continue
        if parameter.param_type_name == "argument":
            spelled = parameter.metavar or parameter.name.upper()
        else:
            spelled = ", ".join(parameter.opts)
            spelled += "" if parameter.is_flag else f" {parameter.metavar or parameter.name.upper()}"
        rows.append((f"`{spelled}`", (parameter.help or "") + (" Required." if parameter.required else "")))
    return text + ("\n" + _table(("Parameter", "Meaning"), rows) if rows else "")


def _models(models: Iterable[type[BaseModel]]) -> str:
    return "\n".join(
        f"## {model.__name__.removesuffix('Entry')}\n\n{_doc(model)}\n\n{_fields(model)}" for model in models
    )


def _kinds(registry: Registry[Any], heading: str) -> str:
    parts = []
    for kind in registry.kinds():
        found = registry.get(kind)
        table = _fields(found.Config)
        parts.append(
            f"{heading} `{kind}`: {found.title}\n\n{_doc(found)}\n"
            + (f"\n{table}" if table else "")
            + _nested(found.Config)
        )
    return "\n".join(parts)


def _fields(model: type[BaseModel]) -> str:
    schema = model.model_json_schema(by_alias=True)
    return _keys(schema, schema)


def _nested(model: type[BaseModel]) -> str:
    """Tables of the mappings inside a Config, but for those that have a section of their own."""
    schema = model.model_json_schema(by_alias=True)
    parts = []
    for name, one in schema.get("$defs", {}).items():
        if name not in ("Rule", "Group", "MapRule") and one.get("properties"):
            parts.append(f"\n**{name}**: {_words(one.get('description'))}\n\n{_keys(one, schema)}")
    return "".join(parts)


def _keys(one_of: Json, schema: Json) -> str:
    rows = []
    for name, one in one_of.get("properties", {}).items():
        required = name in one_of.get("required", [])
        default = "*required*" if required else _value(one.get("default"))
        words = ". ".join(part for part in (one.get("title", ""), one.get("description", "")) if part)
        example = one.get("examples") or one.get("example")
        example = example[0] if isinstance(example, list) and example else None
        shown = "" if example is None else f"`{_plain(example)}`"
        rows.append((f"`{name}`", _type(one, schema), default, words, shown))
    return _table(("Key", "Type", "Default", "Meaning", "Example"), rows) if rows else ""


def _type(one: Json, schema: Json) -> str:
    if "$ref" in one:
        return one["$ref"].rpartition("/")[2]
    if "enum" in one:
        return " or ".join(f"`{word}`" for word in one["enum"])
    if "const" in one:
        return f"`{one['const']}`"
    if "anyOf" in one:
        return " or ".join(dict.fromkeys(_type(part, schema) for part in one["anyOf"] if part.get("type") != "null"))
    match one.get("type"):
        case "array":
            return f"list of {_type(one.get('items', {}), schema)}"
        case "object":
            return "mapping"
        case "integer":
            return "whole number"
        case "string":
            return "text"
        case "boolean":
            return "true or false"
        case other:
            return str(other or "anything")


def _value(value: Any) -> str:
    if value is None or value == "" or value == {} or value == [] or "Undefined" in str(value):
        return ""
    return f"`{_plain(value)}`"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | Decimal | Path):
        return str(value).replace("\n", " ")
    return json.dumps(value, ensure_ascii=False, default=str)


def _doc(found: type) -> str:
    return _words(found.__doc__)


def _words(text: str | None) -> str:
    """A docstring as one paragraph of Markdown."""
    return " ".join(inspect.cleandoc(text or "").replace("``", "`").split())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
