"""Security schemes as authentication methods: those that an operation uses, in the order of the alternatives."""

from __future__ import annotations

from typing import Any

from weftline.importers import naming
from weftline.importers.draft import Draft, shortened
from weftline.importers.openapi_refs import Json, Refs, items, table, text

_FLOWS = {
    "clientCredentials": "oauth2_client", "authorizationCode": "oauth2_code", "password": "oauth2_password",
    "deviceAuthorization": "oauth2_device",
}  # fmt: skip


def add_auth(document: Json, operations: list[Json], refs: Refs, draft: Draft) -> None:
    """The methods of a description."""
    schemes = table(table(document.get("components")).get("securitySchemes"))
    used: dict[str, set[str]] = {}
    alternatives = [*items(document.get("security")), *(a for one in operations for a in items(one.get("security")))]
    open_to_all = False
    for alternative in alternatives:
        names = table(alternative)
        open_to_all |= not names
        for name, scopes in names.items():
            used.setdefault(name, set()).update(one for one in items(scopes) if isinstance(one, str))
        if len(names) > 1:
            draft.todo("auth", f"some calls need {' and '.join(names)} together: only one can be chosen here")
    for name, scopes in used.items():
        scheme = refs.of(schemes.get(name))
        if not scheme:
            draft.todo("auth", f"the description uses '{name}', which it does not describe")
            continue
        _method(name, scheme, sorted(scopes), draft)
    for name in schemes:
        if name not in used:
            draft.todo("auth", f"'{name}' is described, but no operation uses it: it was left out")
    if open_to_all and not draft.auth:
        draft.auth["none"] = {"key": "none", "kind": "none", "title": "No authentication"}


def _put(draft: Draft, name: str, kind: str, scheme: Json, credentials: tuple[str, ...], **config: Any) -> None:
    key = naming.unique(naming.key(name, "auth"), draft.auth)
    draft.auth[key] = {
        "key": key, "kind": kind, "title": naming.title(name),
        "help": shortened(text(scheme.get("description")), 500),
        "credentials": [_credential(one) for one in credentials], **config,
    }  # fmt: skip


def _credential(key: str) -> Json:
    return {"key": key, "title": naming.title(key), "required": True, "secret": key not in ("username", "client_id")}


def _method(name: str, scheme: Json, scopes: list[str], draft: Draft) -> None:
    where = f"auth.{naming.key(name, 'auth')}"
    kind, way = text(scheme.get("type")), text(scheme.get("scheme")).lower()
    if kind == "apiKey":
        place, field = text(scheme.get("in")), text(scheme.get("name")) or "key"
        if place == "cookie":
            _put(draft, name, "api_key", scheme, ("token",), place={"header": "Cookie"}, prefix=f"{field}=")
        else:
            _put(draft, name, "api_key", scheme, ("token",), place={"query" if place == "query" else "header": field})
    elif kind == "http" and way in ("basic", "digest"):
        _put(draft, name, way, scheme, ("username", "password"))
    elif kind == "http" and way == "bearer":
        _put(draft, name, "bearer", scheme, ("token",))
    elif kind == "mutualTLS":
        _put(draft, name, "mtls", scheme, ("certificate", "private_key"))
    elif kind == "oauth2":
        _oauth(name, scheme, scopes, draft, where)
    else:
        draft.todo(where, f"'{name}' ({kind} {way}".rstrip() + ") has no equivalent here: add the method by hand")


def _oauth(name: str, scheme: Json, scopes: list[str], draft: Draft, where: str) -> None:
    flows = table(scheme.get("flows"))
    for flow, facts in flows.items():
        kind, own = _FLOWS.get(flow), table(facts)
        config: Json = {"token_url": text(own.get("tokenUrl"))}
        if kind is None or not config["token_url"]:
            draft.todo(where, f"the flow '{flow}' of '{name}' gives no token that could be kept: choose another")
            continue
        config["scopes"] = scopes or list(table(own.get("scopes")))
        if kind == "oauth2_code":
            config["authorize_url"] = text(own.get("authorizationUrl"))
        if kind == "oauth2_device":
            config["device_url"] = text(own.get("deviceAuthorizationUrl"))
        if not all(config[key] for key in config if key.endswith("_url")):
            draft.todo(where, f"the flow '{flow}' of '{name}' names no address to consent at: add the method by hand")
            continue
        for key, value in list(config.items()):
            if key.endswith("_url") and not value.startswith(("http://", "https://")):
                config[key] = "{{ base_url }}/" + value.lstrip("/")
        asked = ("client_id", "client_secret") + (("username", "password") if kind == "oauth2_password" else ())
        _put(
            draft, name if len(flows) == 1 else f"{name} {naming.title(flow).lower()}", kind, scheme, asked, **config
        )
        draft.todo(where, f"see which scopes '{name}' needs: all that the operations name are asked for")
