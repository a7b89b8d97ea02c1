"""Provider blocks become connectors whose calls authenticate as the blocks say."""

import asyncio
from typing import Any

import pytest
from aiohttp import web

from tests.importers.calls import Listener, call, errors, listening, said, session_of
from weftline.errors import DocumentError
from weftline.importers import Imported, import_description

PROVIDERS = """
corner-shop:
    display_name: Corner Shop
    categories: [e-commerce]
    auth_mode: API_KEY
    proxy:
        base_url: ${connectionConfig.scheme}://${connectionConfig.hostname}/api
        headers:
            authorization: Token ${apiKey}
            x-store: ${connectionConfig.store}
        retry:
            remaining: x-calls-left
            at: [x-calls-reset]
        paginate:
            type: cursor
            cursor_path_in_response: next_page.offset
            cursor_name_in_request: offset
            response_path: data
            limit_name_in_request: limit
            limit: 2
        verification:
            method: GET
            endpoints: [users/me]
    docs: https://docs.example/corner-shop
    credentials_verification_script: cornerVerification
    connection_config:
        scheme: {type: string, title: Scheme, enum: [https, http]}
        hostname: {type: string, title: Hostname, description: Of your shop, example: a.corner.example}
        store: {type: string, title: Store, default_value: north, hidden: true}
    credentials:
        apiKey: {type: string, title: API Key, description: From the settings, secret: true}
till:
    display_name: Till
    auth_mode: TWO_STEP
    body_format: json
    token_url: ${connectionConfig.base}/login
    token_params: {user: "${credentials.userName}", pass: "${credentials.userSecret}"}
    token_headers: {content-type: application/json, x-login: "yes"}
    token_response: {token: session.token}
    token_expires_in_ms: 3600000
    proxy:
        base_url: ${connectionConfig.base}
        headers: {x-session: "s-${accessToken}"}
    docs: https://docs.example/till
till-eu:
    alias: till
    display_name: Till EU
    proxy: {base_url: "https://eu.till.example"}
"""
OAUTH = """
    display_name: Some
    token_url: https://id.some.example/token
    token_params: {grant_type: GRANT, audience: a}
    authorization_url: https://id.some.example/${connectionConfig.tenant}/authorize
    authorization_params: {response_type: code, prompt: consent}
    default_scopes: [read]
    disable_pkce: true
    proxy: {base_url: "https://api.some.example"}
"""


def read(text: str = PROVIDERS, provider: str = "") -> Imported:
    return import_description(text.encode(), "providers.yaml", None, {"provider": provider} if provider else None)


def test_a_provider_becomes_a_connector():
    found = read(provider="corner-shop")
    assert errors(found) == []
    connector = found.connector
    assert (connector.title, connector.category, connector.check) == ("Corner Shop", "e-commerce", "me.check")
    assert [one.key for one in connector.endpoints] == ["me.check", "anything.get", "anything.create"]
    assert [(one.kind, one.config) for one in connector.auth] == [
        ("api_key", {"place": {"header": "authorization"}, "credential": "api_key", "prefix": "Token "}),
    ]  # fmt: skip
    assert [(one.title, one.help, one.secret) for one in connector.auth[0].credentials] == [
        ("API Key", "From the settings", True)
    ]
    variables = {one.key: one for one in connector.variables}
    assert variables["scheme"].options == ["https", "http"]
    assert (variables["hostname"].required, variables["store"].default) == (True, "north")
    assert connector.pacing is not None
    assert connector.pacing.learn_from is not None
    assert (connector.pacing.learn_from.header, connector.pacing.learn_from.reset) == (
        "x-calls-left",
        "x-calls-reset",
    )
    assert "credentials_verification_script" in said(found)
    assert "5 calls a second are a guess" in said(found)


async def asked() -> Listener:
    listener = Listener()

    def reply(request: web.Request) -> web.Response:
        if request.path == "/login":
            return web.json_response({"session": {"token": "abc"}})
        following = None if "offset" in request.query else "o2"
        return web.json_response({"data": [{"id": len(request.query)}], "next_page": {"offset": following}})

    listener.reply = reply
    async with listening(listener) as base:
        found = read(provider="corner-shop")
        given: dict[str, Any] = {"scheme": "http", "hostname": base.partition("://")[2]}
        async with session_of(found, {"api_key": "a-key"}, given) as session:
            await session.check()
            await call(session, found, "anything.get", {"path": "v1/orders", "query": {"status": "open"}})
            await call(session, found, "anything.create", {"path": "/v1/orders"}, {"id": 1})
        found = read(provider="till")
        assert errors(found) == []
        credentials = {"user_name": "ada", "user_secret": "a-password"}
        async with session_of(found, credentials, {"base": base}) as session:
            await call(session, found, "anything.create", {"path": "sales"}, {"id": 2})
    return listener


def test_a_session_authenticates_as_the_block_says():
    own = {"authorization": "Token a-key", "x-store": "north"}
    typed = {"content-type": "application/json"}
    seen = asyncio.run(asked()).seen
    assert seen == [
        ("GET", "/api/users/me", [], own, ""),
        ("GET", "/api/v1/orders", [("limit", "2"), ("status", "open")], own, ""),
        ("GET", "/api/v1/orders", [("limit", "2"), ("offset", "o2"), ("status", "open")], own, ""),
        ("POST", "/api/v1/orders", [], own | typed, {"id": 1}),
        ("POST", "/login", [], typed | {"x-login": "yes"}, {"user": "ada", "pass": "a-password"}),
        ("POST", "/sales", [], typed | {"x-session": "s-abc"}, {"id": 2}),
    ]


@pytest.mark.parametrize(
    ("mode", "grant", "kind", "asked_for"),
    [
        ("OAUTH2", "authorization_code", "oauth2_code", ["client_id", "client_secret"]),
        ("OAUTH2_CC", "client_credentials", "oauth2_client", ["client_id", "client_secret"]),
        ("OAUTH2_CC", "password", "oauth2_password", ["client_id", "client_secret", "username", "password"]),
    ],
)
def test_oauth_grants_become_methods(mode, grant, kind, asked_for):
    found = read("some:" + OAUTH.replace("GRANT", grant) + f"    auth_mode: {mode}\n")
    assert errors(found) == []
    (option,) = found.connector.auth
    assert (option.kind, [one.key for one in option.credentials]) == (kind, asked_for)
    assert (option.config["client_in"], option.config["extra"], option.config["scopes"]) == (
        "body", {"audience": "a"}, ["read"],
    )  # fmt: skip
    if kind == "oauth2_code":
        assert option.config["authorize_url"] == "https://id.some.example/{{ tenant }}/authorize"
        assert (option.config["authorize_extra"], option.config["pkce"]) == ({"prompt": "consent"}, False)


def test_a_path_that_is_none_is_said():
    found = read("a: {auth_mode: NONE, proxy: {base_url: 'https://a.example', paginate: {response_path: 'a{{b'}}}")
    assert errors(found) == []
    assert "'response_path' is no path" in said(found)


def test_several_providers_ask_which():
    with pytest.raises(DocumentError, match="has 3 providers") as caught:
        read()
    assert "corner-shop, till, till-eu" in caught.value.hint
    with pytest.raises(DocumentError) as caught:
        read(provider="corner-shp")
    assert "corner-shop" in caught.value.hint


def test_an_alias_takes_over_and_its_target_must_be_there():
    found = read(provider="till-eu")
    assert found.connector.title == "Till EU"
    assert found.connector.auth[0].kind == "session_login"
    with pytest.raises(DocumentError, match="alias of 'gone', which is not there"):
        read("a: {auth_mode: NONE, alias: gone}", "a")
    with pytest.raises(DocumentError, match="in a circle"):
        read("a: {alias: b}\nb: {auth_mode: NONE, alias: a}", "a")


def test_a_credential_stays_out_of_addresses():
    text = """
        a:
            auth_mode: BASIC
            proxy:
                base_url: https://a.example
                headers: {x-app: "${username}"}
                verification: {method: GET, endpoints: ["/${username}/me", "/b?c=1"]}
    """
    found = read(text)
    assert errors(found) == []
    assert "/${username}/me is not translated" in said(found)
    assert "the header 'x-app' carries a second secret" in said(found)
    assert found.connector.check == "b.check"


@pytest.mark.parametrize("mode", ["APP", "SIGNATURE", "MCP_OAUTH2", "API_KEY", "TWO_STEP", "JWT", "OAUTH1"])
def test_what_has_no_equivalent_is_said(mode):
    text = f"a: {{auth_mode: {mode}, signature_method: RSA-SHA1, proxy: {{base_url: 'https://a.example/${{x()}}'}}}}"
    found = read(text)
    assert errors(found) == []
    assert [one.kind for one in found.connector.auth] == ["none"]
    assert "its authentication is not translated" in said(found)
    assert "its address is not translated" in said(found)
