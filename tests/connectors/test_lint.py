"""What the linter of connector files finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.connectors.conftest import CATALOG, shipped, written
from weftline.connectors.lint import lint
from weftline.model import Connector

GET = {"key": "o.x", "title": "X", "entity": "o", "direction": "receive"}


def found(connector: Connector, folder: Path | None = None) -> list[str]:
    return [f"{problem.level} {problem.message} {problem.hint}" for problem in lint(connector, folder)]


def with_endpoint(**changes: Any) -> Connector:
    return written(check=None, endpoints=[GET | {"request": {"path": "/o"}} | changes])


@pytest.mark.parametrize("slug", sorted(path.parent.name for path in CATALOG.glob("*/connector.yaml")))
def test_the_catalog_is_without_a_finding(slug: str) -> None:
    assert found(shipped(slug), CATALOG / slug) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"transport": {"kind": "htpt", "base_url": "x"}}, "did you mean 'http'?"),
        ({"transport": {"kind": "http", "bsae_url": "x"}}, "unknown key 'bsae_url'"),
        ({"auth": []}, "warning auth: no authentication method"),
        ({"check": None}, "warning check: no endpoint proves a credential"),
        ({"auth": [{"key": "k", "kind": "api_key", "title": "K", "place": {"hedaer": "X"}}]}, "error auth.k"),
        ({"auth": [{"key": "k", "kind": "bearer", "title": "K", "credentials": [{"key": "tokn", "title": "T"}]}]},
         "bearer needs the credential 'token', which is not asked for did you mean 'tokn'?"),
        ({"auth": [{"key": "k", "kind": "bearer", "title": "K", "credentials": [{"key": "token", "title": "T"}]}]},
         "the credential 'token' is not marked as secret"),
        ({"variables": [{"key": "base_uri", "title": "B"}]}, "'base_url' is used but not declared did you mean"),
        ({"variables": [{"key": k, "title": "B"} for k in ("base_url", "region")]}, "'region' is never used"),
    ],
)  # fmt: skip
def test_faults_of_the_connector(changes: dict[str, Any], said: str) -> None:
    assert any(said in line for line in found(written(**changes)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "jsn"}, "did you mean 'json'?"),
        ({"pagination": {"kind": "next_token", "token_path": "n", "parameter": "p", "x": 1}}, "unknown key 'x'"),
        ({"pagination": {"kind": "limit_offset", "limit": 2}}, "pages but has no items_path"),
        ({"request": {"path": "/o/{{ payload. }}"}}, "error endpoints.o.x"),
        ({"request": {"path": "/o", "query": {"a": "{{ storre }}"}}}, "'storre' is used but not declared"),
        ({"judge": [{"when": {"status": 200}, "error": "remote.fualt"}]}, "did you mean 'remote.fault'?"),
        ({"judge": [{"when": {"state": 200}}]}, "cannot test 'state'"),
        ({"direction": "send"}, "has no idempotency rule"),
        ({}, "has no sample"),
        ({"sample": "samples/none.json"}, "does not exist"),
        ({"sample": "../../other/secret.json"}, "lies outside of the connector's folder"),
        ({"sample": "broken.json"}, "is not JSON"),
        ({"sample": "leaky.json"}, "has a value under 'access_token'"),
        ({"parameters": [{"key": "p", "title": "P", "place": {"query": "p"}, "options": ["a"], "default": "b"}]},
         "the default of 'p' is not one of its options"),
        ({"parameters": [{"key": "p", "title": "P", "place": {}}]}, "the parameter 'p' needs one place"),
    ],
)  # fmt: skip
def test_faults_of_an_endpoint(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "leaky.json").write_text('[{"shop": {"access_token": "abc"}}]')
    assert any(said in line for line in found(with_endpoint(**changes), tmp_path))


def test_a_name_placed_in_the_path_is_declared_by_its_parameter() -> None:
    parameter = {"key": "order", "title": "Order", "place": {"path": "order_id"}}
    connector = with_endpoint(request={"path": "/o/{{ order_id }}"}, parameters=[parameter])
    assert not [line for line in found(connector) if line.startswith("error")]
