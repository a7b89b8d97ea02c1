"""Low-code manifests become connectors: what is translated, what is said to be left, and what is refused."""

from pathlib import Path

import pytest

from weftline.connectors.lint import lint
from weftline.errors import DocumentError
from weftline.expr import compile_expression
from weftline.importers import Imported, import_description
from weftline.importers.airbyte_jinja import Code, NoEquivalentError, path, template

HERE = Path(__file__).parent / "manifests"
MANIFESTS = sorted(path.stem for path in HERE.glob("*.yaml"))


def imported(name: str) -> Imported:
    return import_description((HERE / f"{name}.yaml").read_bytes(), f"{name}.yaml")


def read(text: str) -> Imported:
    return import_description(text.encode(), "manifest.yaml", "airbyte")


def said(found: Imported) -> str:
    return "\n".join(f"{one.where}: {one.what}" for one in found.todo)


@pytest.mark.parametrize("name", MANIFESTS)
def test_every_manifest_passes_lint(name):
    found = imported(name)
    assert [problem.message for problem in lint(found.connector) if problem.level == "error"] == []
    assert len(found.connector.endpoints) + said(found).count("the stream '") == found.operations


def test_references_and_parameters_reach_the_endpoints():
    found = imported("bearer_pages").connector
    orders, customers = found.endpoints
    assert (found.title, found.slug, found.check) == ("Corner Shop", "corner-shop", "orders.list")
    assert (orders.request.path, orders.request.query["view"], orders.items_path) == ("/v1/orders", "full", "data")
    assert (customers.request.path, customers.request.query["view"]) == ("/v1/customers", "short")
    assert orders.pagination == {
        "kind": "page_number", "parameter": "page", "first": 1, "size": 2, "send_first": False,
    }  # fmt: skip
    assert [(one.key, one.secret) for one in found.auth[0].credentials] == [("access_token", True)]
    variables = {one.key: one for one in found.variables}
    assert variables["status"].options == ["open", "closed"]
    assert variables["base_url"].default == "{{ api_url }}"
    assert "access_token" not in variables


def test_a_schema_becomes_a_sample():
    assert imported("bearer_pages").samples["samples/orders_list.json"] == {"id": 1, "at": "2026-01-31T09:30:00Z"}


def test_what_is_custom_is_named_and_never_run():
    found = imported("left_out")
    for name in ("Leaps", "Corners", "Digger", "Polish", "Fetcher", "StrangeLogin"):
        assert f"source_tasks.components.{name}" in said(found)
    for text in ("{{ config['since'] | md5_of_it }}", "{% for day in config['days'] %}", "dynamic_streams", "'days'"):
        assert text in said(found)
    assert [one.kind for one in found.connector.auth] == ["api_key", "jwt_bearer", "none"]
    assert found.operations == 2
    assert [one.key for one in found.connector.endpoints] == ["tasks.list"]


def test_partitions_are_parameters_and_the_way_there_is_said():
    found = imported("partitions")
    cards, reports = (found.connector.endpoint(key) for key in ("cards.list", "reports.list"))
    assert cards is not None
    assert reports is not None
    assert cards.parameters[0].required
    assert reports.parameters[0].options == ["north", "south"]
    assert reports.items_path == "data[*].tags"
    assert "receive 'boards.list' first, and for each of its records give its 'id'" in said(found)
    assert "record['id'] > 1" in said(found)
    assert "AddFields" in said(found)


def test_a_date_cursor_is_ours_with_windows():
    visits = imported("session_windows").connector.endpoints[0]
    assert visits.cursor is not None
    assert (visits.cursor.path, visits.cursor.parameter, visits.cursor.overlap_s) == ("at", "from", 86400)
    assert (visits.pagination["kind"], visits.pagination["days"], visits.pagination["end_included"]) == (
        "date_window", 10, True,
    )  # fmt: skip
    changes = imported("date_cursor").connector.endpoints[0]
    assert changes.cursor is not None
    assert changes.cursor.key == "id,kind"


def test_answers_are_judged_and_calls_paced():
    found = imported("client_credentials").connector
    assert [(rule.when, rule.error, rule.wait_s) for rule in found.endpoints[0].judge] == [
        ({"status": 423}, "remote.fault", 7),
        ({"body": '(body.error == "gone")'}, "remote.rejected", None),
    ]
    assert found.pacing is not None
    assert (found.pacing.amount, found.pacing.unit) == (600, "minute")


@pytest.mark.parametrize(
    ("jinja", "value"),
    [
        ("{{ config['a'] }}", "x"),
        ("{{ config.none or 'other' }}", "other"),
        ("{{ config.get('none', 'other') }}", "other"),
        ("{{ config.none | default('other') }}", "other"),
        ("{{ config['a'] ~ '-' ~ config.n }}", "x-7"),
        ("{{ config['a'] + 'y' | upper }}", "xY"),
        ("{{ 1 if config.n > 6 else 2 }}", 1),
        ("{{ 'k' not in config.map and not config.none }}", False),
        ("{{ config.none is none or config.a is not defined }}", True),
        ("{{ config.list | length + 1 }}", 3),
        ("{{ config.list[-1] }}", 2),
        ("{{ max(config.n, 9) }}", 9),
        ("{{ format_datetime(config.day, '%d.%m.%Y') }}", "31.01.2026"),
        ("{{ (now_utc() - duration('P1DT2H')).strftime('%Y-%m-%dT%H:%M:%SZ') }}", "2026-01-29T22:00:00Z"),
        ("{{ day_delta(-31, format='%Y-%m-%d') }}", "2025-12-31"),
        ("{{ timestamp('1970-01-02') }}", 86400),
        ("{{ config['a'].upper() }}", "X"),
    ],
)
def test_jinja_means_the_same_here(jinja, value):
    scope = {"a": "x", "n": 7, "map": {"k": 1}, "list": [1, 2], "day": "2026-01-31"}
    text = template(jinja, lambda root, parts: Code(path(root, parts)))
    found = compile_expression(text.strip("{} ")).evaluate({"config": scope, "now": "2026-01-31T00:00:00Z"})
    assert found == value


DEEP = "{{ " + "(" * 60 + "a" + ")" * 60 + " }}"


@pytest.mark.parametrize(
    "jinja",
    [
        "{{ a | md5 }}",
        "{{ range(9) }}",
        "{{ a.pop() }}",
        "{{ a[b] }}",
        "{{ 'a }}",
        "{% set a = 1 %}",
        "{{ a b }}",
        DEEP,
    ],
)
def test_jinja_without_equivalent_is_refused(jinja):
    with pytest.raises(NoEquivalentError):
        template(jinja, lambda root, parts: Code(path(root, parts)))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("type: DeclarativeSource\nstreams: []\n", "no streams"),
        ("type: DeclarativeSource\nstreams: ['#/nowhere']\n", "leads nowhere"),
        (
            "type: DeclarativeSource\ndefinitions: {a: '#/definitions/a'}\nstreams: ['#/definitions/a']\n",
            "into itself",
        ),
        (
            "type: DeclarativeSource\nstreams: ['#/definitions/a0']\ndefinitions:\n"
            + "".join(f"  a{n}: ['#/definitions/a{n + 1}', '#/definitions/a{n + 1}']\n" for n in range(30))
            + "  a30: x\n",
            "more than",
        ),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused(text, match):
    with pytest.raises(DocumentError, match=match):
        read(text)


FRAME = """
type: DeclarativeSource
check: {stream_names: [notes]}
streams:
- name: notes
  retriever:
    requester:
      url_base: https://api.example
      path: notes
      request_headers: {Authorization: Bearer written-down, X-Key: "{{ config['key'] }}"}
      authenticator: %s
    record_selector: {extractor: {field_path: [data]}}
- name: broken
  retriever: 5
spec: {connection_specification: {properties: {
  user: {type: string}, password: {airbyte_secret: true}, key: {airbyte_secret: true}}}}
"""
LEGACY = (
    "{type: LegacySessionTokenAuthenticator, header: X-Session, login_url: 'https://api.example/login',"
    " session_token_response_key: id, username: \"{{ config['user'] }}\", password: \"{{ config['password'] }}\"}"
)


def test_a_secret_among_the_headers_is_the_method_or_said():
    alone = read(FRAME % "{type: NoAuth}")
    assert [(one.kind, one.config["place"]) for one in alone.connector.auth] == [("api_key", {"header": "X-Key"})]
    beside = read(FRAME % LEGACY)
    assert [one.kind for one in beside.connector.auth] == ["session_login"]
    assert "the header 'X-Key' is not translated: {{ config['key'] }} has the secret 'key'" in said(beside)


def test_a_secret_in_the_manifest_is_never_copied():
    found = read(FRAME % "{type: BearerAuthenticator, api_token: also-written-down}")
    whole = found.connector.model_dump_json() + said(found)
    assert "written-down" not in whole
    assert "'Authorization' is written in the manifest and not copied" in said(found)


def test_a_stream_that_is_ill_formed_spoils_no_other():
    found = read(FRAME % LEGACY)
    assert [one.key for one in found.connector.endpoints] == ["notes.list"]
    assert "the stream 'broken' is not formed as streams are" in said(found)
