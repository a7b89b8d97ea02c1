"""The linter of connector files: what is wrong or missing, before anyone installs one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from weftline.auth import AUTH_METHODS
from weftline.connectors.judge import Judge
from weftline.connectors.plan import EndpointPlan
from weftline.errors import WeftlineError, did_you_mean
from weftline.expr import compile_template
from weftline.kernel import json
from weftline.kernel.redact import is_secret_name
from weftline.model import AuthOption, Connector, Endpoint
from weftline.model.problem import Problem
from weftline.transports import TRANSPORTS

_SIGNING = {"credentials", "token", "request", "signature"}
_SCOPE = {"payload", "meta", "vars", "run", "now", "params", "key", "body", "headers", "status"}


def lint(connector: Connector, folder: Path | None = None) -> list[Problem]:
    """All that is wrong with a connector; ``folder`` is where its samples lie."""
    found: list[Problem] = []

    def note(level: Any, where: str, message: str, hint: str = "") -> None:
        found.append(Problem(level, None, where, f"{where}: {message}", hint))

    kind = str(connector.transport.get("kind", ""))
    try:
        settings = {key: value for key, value in connector.transport.items() if key != "kind"}
        TRANSPORTS.config(kind, compile_template(settings).render(_likely(connector)), where="transport")
    except WeftlineError as error:
        note("error", "transport", error.message, error.hint)
    if not connector.auth:
        note("warning", "auth", "no authentication method", "say so with one of the kind 'none'")
    for option in connector.auth:
        _lint_auth(option, note)
    if connector.check is None:
        note("warning", "check", "no endpoint proves a credential", "name a cheap one that needs credentials")
    variables = {variable.key for variable in connector.variables}
    used = _references(connector.transport) | {
        name for o in connector.auth for name in _references(o.config) - _SIGNING
    }
    for endpoint in connector.endpoints:
        used |= _lint_endpoint(connector, endpoint, variables, folder, note)
    used |= {name for variable in connector.variables for name in _references(variable.default)}
    for name in sorted(used - variables - _SCOPE):
        note("error", "variables", f"'{name}' is used but not declared", did_you_mean(name, variables))
    for name in sorted(variables - used):
        note("warning", "variables", f"'{name}' is never used", "remove it")
    return found


def _lint_auth(option: AuthOption, note: Any) -> None:
    where = f"auth.{option.key}"
    try:
        config = AUTH_METHODS.config(option.kind, option.config, where=f"auth '{option.key}'")
    except WeftlineError as error:
        note("error", where, error.message, error.hint)
        return
    asked = {variable.key: variable for variable in option.credentials}
    needed = AUTH_METHODS.get(option.kind).credential_keys(config)
    for key in needed:
        if key not in asked:
            note("error", where, f"{option.kind} needs the credential '{key}', which is not asked for",
                 did_you_mean(key, asked))  # fmt: skip
    for key, variable in asked.items():
        if key not in needed and key not in _references(option.config):
            note("warning", where, f"the credential '{key}' is never used", did_you_mean(key, needed))
        if not variable.secret and is_secret_name(key):
            note("warning", where, f"the credential '{key}' is not marked as secret", "add: secret: true")


def _lint_endpoint(
    connector: Connector, endpoint: Endpoint, variables: set[str], folder: Path | None, note: Any
) -> set[str]:
    where = f"endpoints.{endpoint.key}"
    try:
        EndpointPlan(connector, endpoint, "http://127.0.0.1", {})
        Judge([*endpoint.judge, *connector.judge], where, "")
    except WeftlineError as error:
        note("error", where, error.message, error.hint)
        return set()
    # Only a header, a file or a database leaves the answer to be the list itself.
    plain = ("none", "link_header", "files", "sql")
    if endpoint.pagination.get("kind", "none") not in plain and not endpoint.items_path:
        note("warning", where, "pages but has no items_path", "say where the records stand in a page")
    if endpoint.direction == "send" and endpoint.idempotency is None:
        note("warning", where, "has no idempotency rule", "after a crash a person must decide on uncertain records")
    for parameter in endpoint.parameters:
        if len(parameter.place) != 1:
            note("error", where, f"the parameter '{parameter.key}' needs one place", "query, header, body or path")
        if parameter.options and parameter.default not in (None, *parameter.options):
            note("error", where, f"the default of '{parameter.key}' is not one of its options")
    if endpoint.sample is None:
        note("warning", where, "has no sample", "a sample feeds field pickers and the map's checks")
    elif Path(endpoint.sample).is_absolute() or ".." in Path(endpoint.sample).parts:
        note("error", where, f"the sample {endpoint.sample} lies outside of the connector's folder", "move it there")
    elif folder is not None and endpoint.sample not in connector.samples:
        _lint_sample(folder / endpoint.sample, where, note)
    request = endpoint.request
    if isinstance(request.body, dict) and "{{" in str(request.body.get("sql", "")):
        note("error", where, "its statement has a place {{ ... }}, which would be pasted",
             "write :name, and put the value into the body's 'values'")  # fmt: skip
    parts = [request.path, request.query, request.headers, request.body, endpoint.result_path]
    rule = endpoint.idempotency
    used = {name for part in [*parts, rule.record_key if rule else ""] for name in _references(part)}
    return used - {parameter.place["path"] for parameter in endpoint.parameters if "path" in parameter.place}


def _lint_sample(path: Path, where: str, note: Any) -> None:
    try:
        sample = json.decode(path.read_bytes())
    except FileNotFoundError:
        note("error", where, f"the sample {path.name} does not exist", "add the file or remove the key")
        return
    except json.JSONError as error:
        note("error", where, f"the sample {path.name} is not JSON: {error}")
        return
    for name in _secret_names(sample):
        note("error", where, f"the sample {path.name} has a value under '{name}'", "blank out what may be a secret")


def _secret_names(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {key for key, item in value.items() if is_secret_name(key) and isinstance(item, str) and item}
        return own | {name for item in value.values() for name in _secret_names(item)}
    if isinstance(value, list):
        return {name for item in value for name in _secret_names(item)}
    return set()


def _likely(connector: Connector) -> dict[str, Any]:
    """Values as an instance may give them, so that what a template yields can be judged."""
    found = {}
    for variable in connector.variables:
        example = variable.options[0] if variable.options else variable.example
        found[variable.key] = variable.default if variable.default is not None else example or variable.title
    return found


def _references(value: Any) -> set[str]:
    try:
        return {reference.split(".")[0].split("[")[0] for reference in compile_template(value).references}
    except WeftlineError:
        return set()
