"""The builder over HTTP: import a description, judge it, save it, compare, roll back."""

from __future__ import annotations

from tests.api.conftest import Server

DESCRIPTION = """
openapi: 3.0.3
info: {title: Parcel service, version: "1"}
servers: [{url: "https://parcel.example/v1"}]
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}
security: [{key: []}]
paths:
  /labels:
    get:
      operationId: listLabels
      responses:
        "200":
          description: ok
          content:
            application/json: {schema: {type: array, items: {type: object, properties: {id: {type: string}}}}}
"""


async def test_from_a_description_to_an_installed_connector(server: Server) -> None:
    found = await server.call("POST", "/api/builder/import", {"text": DESCRIPTION, "name": "parcel.yaml"})
    document = found["document"]
    assert (found["operations"], document["slug"]) == (1, "parcel-service")
    assert any(one["where"] == "check" for one in found["todo"])
    problems = await server.call("POST", "/api/builder/lint", {"document": document})
    assert [one for one in problems if one["level"] == "error"] == []
    saved = await server.call("POST", "/api/connectors/own", {"document": document}, 201)
    assert (saved["origin"], saved["endpoints"]) == ("workspace", 1)
    renamed = document | {"title": "Parcels"}
    assert (await server.call("POST", "/api/connectors/parcel-service/compare", {"document": renamed}))[
        "changed"
    ] == ["title"]
    await server.call("PUT", "/api/connectors/parcel-service", {"document": renamed})
    assert len(await server.call("GET", "/api/connectors/parcel-service/history")) == 1
    await server.call("POST", "/api/connectors/parcel-service/rollback")
    assert (await server.call("GET", "/api/connectors/parcel-service"))["title"] == document["title"]


async def test_what_is_no_description_is_refused(server: Server) -> None:
    refused = await server.call("POST", "/api/builder/import", {"text": "hello", "name": "hello.txt"}, 422)
    assert "hello.txt is in no format that is known" in refused["message"]
