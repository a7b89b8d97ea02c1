"""The connector file: one application, described as data."""

from __future__ import annotations

import re
from typing import Any, Literal, Self

from pydantic import model_validator

from weftline.model.fields import Document, Key, Slug, field

__all__ = [
    "AuthOption",
    "BulkRule",
    "Connector",
    "CursorRule",
    "Endpoint",
    "IdempotencyRule",
    "JudgeRule",
    "LearnFrom",
    "Pacing",
    "Parameter",
    "RequestTemplate",
    "Variable",
    "version_key",
]

_SEMVER = re.compile(r"^(\d+)\.(\d+)\.(\d+)$")


def version_key(version: str) -> tuple[int, int, int]:
    """A semantic version as numbers that compare; raises ValueError for anything else."""
    found = _SEMVER.match(version)
    if not found:
        raise ValueError(f"'{version}' is not a version such as 1.4.0")
    return int(found[1]), int(found[2]), int(found[3])


class Variable(Document):
    """A named value that a connector asks of each instance, or an authentication method of its credentials."""

    key: Key = field(title="Key", description="How templates refer to it", example="store")
    title: str = field(title="Title", description="The vendor's own word for it", example="Store name")
    help: str = field("", title="Help", description="Where a person finds the value")
    type: Literal["text", "number", "boolean", "datetime"] = field("text", title="Type")
    default: Any = field(None, title="Default", description="Used when the instance gives none; may be a template")
    required: bool = field(False, title="Required")
    secret: bool = field(False, title="Secret", description="Sealed when saved, never shown again")
    advanced: bool = field(False, title="Advanced", description="Behind a fold in forms")
    options: list[str] = field(list, title="Options", description="The values to choose from, if they are fixed")
    example: str | None = field(None, title="Example")


class AuthOption(Document):
    """One way to authenticate: a kind of the room ``auth`` with its config, and what it asks for."""

    model_config = Document.model_config | {"extra": "allow"}

    key: Key = field(title="Key", example="access_token")
    kind: str = field(title="Kind", description="A kind of authentication method", example="api_key")
    title: str = field(title="Title", example="Admin access token")
    help: str = field("", title="Help")
    credentials: list[Variable] = field(list, title="Credentials", description="What a person fills in; sealed")

    @property
    def config(self) -> dict[str, Any]:
        """The kind's own config: every key that is not one of ours."""
        return dict(self.model_extra or {})


class LearnFrom(Document):
    """A header that tells how much of a rate limit is used."""

    header: str = field(title="Header", example="X-Acme-Call-Limit")
    form: Literal["used/limit", "remaining"] = field("used/limit", title="Form of the value")
    reset: str | None = field(
        None,
        title="Reset",
        description="A header that tells when there are calls again: seconds, seconds since 1970, or a date",
        example="X-Acme-Reset",
    )


class Pacing(Document):
    """How many calls the application allows, and how it tells."""

    amount: int = field(title="Calls", ge=1, example=2)
    unit: Literal["second", "minute", "hour", "day"] = field("second", title="Per")
    burst: int | None = field(None, title="Burst", description="Calls that may go at once", ge=1)
    concurrency: int | None = field(None, title="Concurrency", description="Calls under way at once", ge=1)
    learn_from: LearnFrom | None = field(None, title="Learn from")


class JudgeRule(Document):
    """What an answer means, beyond the usual rules for HTTP status codes; the first rule that matches decides."""

    when: dict[str, Any] = field(
        title="When",
        description="status: a code, a class such as 5xx, or a list of them; body: an expression over 'body'",
        example={"status": 423},
    )
    error: str | None = field(
        None,
        title="Error",
        description="Code of the error (remote.rejected, remote.fault, ...); none: the answer is fine",
        example="remote.fault",
    )
    message: str = field("", title="Message", description="Template over body, status and headers")
    wait_s: float | None = field(None, title="Wait", description="Seconds until the next try", gt=0)


Method = Literal[
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD",
    "LIST", "READ", "WRITE", "MOVE",
    "QUERY", "EXECUTE", "INSERT", "UPSERT",
    "SEND",
]  # fmt: skip


class RequestTemplate(Document):
    """The request as a template; ``{{ ... }}`` refers to variables, parameters, ``payload`` and ``meta``."""

    method: Method = field("GET", title="Method", description="An HTTP method, or a verb of the transport")
    path: str = field("", title="Path", description="Joined to the base URL, if there is one", example="/orders.json")
    query: dict[str, Any] = field(dict, title="Query", description="Parameters always sent")
    headers: dict[str, str] = field(dict, title="Headers")
    body: Any = field(
        None, title="Body", description="Template of the body; '{{ payload }}' sends the record as it is"
    )
    format: str | dict[str, Any] | None = field(
        None, title="Format", description="Of the body, if it is not the endpoint's", example="form"
    )


class Parameter(Document):
    """An optional parameter that a flow's step may fill in (shown as a filter on the connector shape)."""

    key: Key = field(title="Key", example="updated_since")
    title: str = field(title="Title", example="Updated since")
    type: Literal["text", "number", "boolean", "datetime", "sql", "json"] = field(
        "text",
        title="Type",
        description="sql: a statement whose {{ ... }} places are bound as values, never pasted; json: any value",
    )
    place: dict[Literal["query", "header", "body", "path"], str] = field(
        title="Place",
        description="Where the value goes and its name there; '*' in query or header: an object's own names",
        example={"query": "updated_at_min"},
    )
    help: str = field("", title="Help")
    default: Any = field(None, title="Default", description="May be a template, such as {{ payload.id }}")
    required: bool = field(False, title="Required")
    options: list[str] = field(list, title="Options")


class IdempotencyRule(Document):
    """How a repeat of the same send is made harmless."""

    kind: Literal["upsert", "header", "none"] = field(
        title="Kind",
        description="upsert: the request itself creates or updates by key; header: the key goes into a header; "
        "none: the application offers nothing, an uncertain send is parked for a person",
    )
    record_key: str = field(
        "", title="Record key", description="Template of the record's key", example="{{ payload.externalId }}"
    )
    header: str | None = field(
        None,
        title="Header",
        description="Takes the key; with the kind none a repeat can be told by it, but is not made harmless",
        example="Idempotency-Key",
    )
    lookup: Key | None = field(
        None, title="Look-up", description="An endpoint that tells by the key whether the record arrived"
    )


class BulkRule(Document):
    """Many records in one request, and which part of the answer belongs to which of them."""

    max_records: int = field(title="Most records a request", ge=1, example=100)
    body: Any = field(
        "{{ items }}",
        title="Body",
        description="Template of the whole body; 'items' is the list of what the request's body gives per record",
        example={"records": "{{ items }}"},
    )
    answers_path: str | None = field(
        None,
        title="Answers",
        description="Where the answer's list of per-record answers stands; none: all succeed or fail together",
        example="results",
    )
    answer_key: str = field(
        "",
        title="Answer's key",
        description="Path in an answer to the record key it belongs to; empty: in the order of the records",
        example="externalId",
    )
    success: str = field(
        "true", title="Success", description="Expression over 'item', an answer: whether it is a good one"
    )
    message: str = field("", title="Message", description="Template over 'item': what is wrong with the record")
    result: str = field("", title="Result", description="Template over 'item': the id that the record got")


class CursorRule(Document):
    """How only what is new since the last run is asked for. The cursor moves once the target has confirmed."""

    path: str = field(
        title="Path",
        description="In a record, to the value that grows; may be a template over 'params', as the key may",
        example="updated_at",
    )
    parameter: Key = field(title="Parameter", description="The parameter that takes it", example="updated_since")
    type: Literal["datetime", "number", "text"] = field("datetime", title="Type")
    key: str = field(
        "id",
        title="Key",
        description="Path to a record's id (several with commas): those at the boundary are not taken twice",
    )
    overlap_s: float = field(
        0.0, title="Overlap", description="Seconds asked for again, for records that arrive late", ge=0
    )


class Endpoint(Document):
    """One thing that a connector can receive or send."""

    key: Key = field(title="Key", example="orders.list")
    title: str = field(title="Title", example="List orders")
    entity: Key = field(title="Entity", description="Groups endpoints in pickers", example="order")
    direction: Literal["receive", "send"] = field(title="Direction")
    description: str = field("", title="Description")
    request: RequestTemplate = field(title="Request")
    format: str | dict[str, Any] = field(
        "json", title="Format", description="A kind of format, or the kind with its config", example={"kind": "csv"}
    )
    stream: bool = field(
        False,
        title="Stream",
        description="Read the answer piece by piece: for answers too large for memory; its page is cut into several",
    )
    parameters: list[Parameter] = field(list, title="Parameters")
    items_path: str = field(
        "", title="Items path", description="Where the records stand in the answer; empty: the answer itself"
    )
    pagination: dict[str, Any] = field(
        lambda: {"kind": "none"}, title="Pagination", description="A kind of paginator with its config"
    )
    cursor: CursorRule | None = field(None, title="Cursor", description="Receive only what is new since the last run")
    idempotency: IdempotencyRule | None = field(None, title="Idempotency")
    bulk: BulkRule | None = field(None, title="Bulk", description="Send many records in one request")
    metadata: dict[str, str] = field(
        dict,
        title="Metadata",
        description="Values of the answer that travel with its records: templates over body, headers and status",
        example={"request_id": "{{ headers['x-request-id'] }}"},
    )
    judge: list[JudgeRule] = field(list, title="Judge", description="Rules that stand before the connector's own")
    result_path: str = field(
        "", title="Result", description="Template of the id that a send yields, over body and headers"
    )
    sample: str | None = field(
        None, title="Sample", description="File with a sample record, beside the connector file"
    )

    @model_validator(mode="after")
    def _bulk_is_safe(self) -> Self:
        if self.bulk and self.idempotency and self.idempotency.kind == "header":
            # After a crash other records may share a request, and with them its key would change.
            raise ValueError(f"endpoint '{self.key}': bulk allows no idempotency header, only an upsert")
        return self


class Connector(Document):
    """The generic, versioned integration of one application."""

    schema_version: Literal[1] = field(1, title="Schema version")
    slug: Slug = field(title="Slug", example="acme-shop")
    version: str = field(title="Version", description="Semantic version", example="1.2.0")
    title: str = field(title="Title", example="Acme Shop")
    summary: str = field("", title="Summary", description="One sentence for the marketplace tile")
    category: str = field(title="Category", example="ecommerce")
    docs_url: str = field("", title="Documentation", description="The vendor's own API documentation")
    variables: list[Variable] = field(list, title="Variables")
    auth: list[AuthOption] = field(list, title="Authentication methods", description="The first is the default")
    transport: dict[str, Any] = field(
        title="Transport",
        description="A kind of transport with its config",
        example={"kind": "http", "base_url": "https://api.example"},
    )
    pacing: Pacing | None = field(None, title="Pacing")
    check: Key | None = field(None, title="Check", description="The endpoint that proves a credential")
    judge: list[JudgeRule] = field(list, title="Judge")
    endpoints: list[Endpoint] = field(list, title="Endpoints")
    samples: dict[str, Any] = field(
        dict, title="Samples", description="Sample records by file name, in a connector that is one file"
    )

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        version_key(self.version)
        keys = [endpoint.key for endpoint in self.endpoints]
        for key in keys:
            if keys.count(key) > 1:
                raise ValueError(f"two endpoints have the key '{key}'")
        if self.check is not None and self.check not in keys:
            raise ValueError(f"check names '{self.check}', which is not an endpoint of this file")
        for endpoint in self.endpoints:
            lookup = endpoint.idempotency.lookup if endpoint.idempotency else None
            if lookup is not None and lookup not in keys:
                raise ValueError(f"endpoint '{endpoint.key}' names the look-up '{lookup}', which is not an endpoint")
        return self

    def endpoint(self, key: str) -> Endpoint | None:
        """The endpoint of that key, if there is one."""
        return next((endpoint for endpoint in self.endpoints if endpoint.key == key), None)

    def auth_option(self, key: str | None) -> AuthOption | None:
        """The authentication method of that key; the default one for None."""
        if key is None:
            return self.auth[0] if self.auth else None
        return next((option for option in self.auth if option.key == key), None)
