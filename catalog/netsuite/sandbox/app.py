"""The NetSuite sandbox: ``/services/rest/record/v1/salesOrder`` with signed requests.

PUT ``eid:{external id}`` creates or updates, POST creates, PATCH updates, GET reads one or a page, DELETE removes.
Writes are answered with 204 and a Location, as the service does. As there, the lines of an update are *added*
unless the query says ``replace=item``: an upsert that may be repeated has to say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from weftline.testing.sandboxes import Reply, Request, SandboxApp, json_reply, parse_options

from .errors import RecordError, error_reply
from .options import NetSuiteOptions
from .orders import OrderBook, StoredOrder
from .sales_order import check
from .signature import SignatureCheck

__all__ = ["NetSuiteApp", "build"]

ROOT = "/services/rest/record/v1/"
COLLECTION = ROOT + "salesOrder"
UPSERT = COLLECTION + "/eid:"
LARGEST_PAGE = 1000
INVALID_LOGIN = (
    "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at "
    "Setup > Users/Roles > User Management > View Login Audit Trail."
)


def build(options: Mapping[str, Any]) -> NetSuiteApp:
    """The sandbox's ASGI application for these options (see ``NetSuiteOptions``)."""
    return NetSuiteApp(parse_options(NetSuiteOptions, options, sandbox="netsuite"))


class NetSuiteApp(SandboxApp):
    """One account of the record service."""

    def __init__(self, options: NetSuiteOptions) -> None:
        super().__init__(latency_s=options.latency_ms / 1000, concurrency_limit=options.concurrency_limit)
        self._account = options.account
        self._signatures = SignatureCheck(options)
        self._book = OrderBook()
        self._refused = 0
        self._unauthorized = 0

    def stats(self) -> dict[str, Any]:
        return self._book.stats() | {"refused": self._refused, "unauthorized": self._unauthorized}

    def reset(self) -> None:
        self._book.clear()
        self._signatures.forget()
        self._refused = self._unauthorized = 0

    def control(self, request: Request, name: str) -> Reply | None:
        if name != "orders" or request.method != "GET":
            return None
        params = request.params()
        return json_reply(200, self._book.page(int(params.get("offset", 0)), int(params.get("limit", 1000))))

    def too_many(self, request: Request) -> Reply:
        return error_reply(429, "Concurrent request limit exceeded. Request blocked.", "CONCURRENCY_LIMIT_EXCEEDED")

    def answer(self, request: Request) -> Reply:
        base_url = request.base_url
        problem = self._signatures.problem(
            request.method, base_url, request.path, request.query, request.header(b"authorization")
        )
        if problem is not None:
            self._unauthorized += 1
            challenge = (
                f'OAuth realm="{self._account}", error="{problem}", error_description="Invalid login attempt."'
            )
            return error_reply(
                401, INVALID_LOGIN, "INVALID_LOGIN", headers=((b"WWW-Authenticate", challenge.encode()),)
            )
        try:
            return self._route(request, base_url)
        except RecordError as error:
            self._refused += 1
            return error.reply()

    def _route(self, request: Request, base_url: str) -> Reply:
        path = request.path
        if request.method == "PUT" and path.startswith(UPSERT):  # the busy way, without the comparisons below
            return self._upsert(request, base_url, unquote(path[len(COLLECTION) + 1 :]))
        if path.lower() == COLLECTION.lower():
            if request.method == "POST":
                return self._create(request, base_url)
            if request.method == "GET":
                return self._list(request, base_url)
            raise _not_allowed(request)
        head, _, key = path.rpartition("/")
        if head.lower() != COLLECTION.lower():
            kind = path.removeprefix(ROOT).partition("/")[0]
            raise RecordError(f"Record type '{kind}' does not exist.", code="NONEXISTENT_ID", status=404)
        key = unquote(key)
        if request.method == "PUT":
            return self._upsert(request, base_url, key)
        order = self._find(key)
        if request.method == "GET":
            return json_reply(200, self._record(order, base_url, request.params()))
        if request.method == "PATCH":
            self._update(order, request)
            return _written(order, base_url)
        if request.method == "DELETE":
            self._book.delete(order)
            return Reply(204)
        raise _not_allowed(request)

    def _upsert(self, request: Request, base_url: str, key: str) -> Reply:
        if not key.startswith("eid:") or len(key) == len("eid:"):
            raise RecordError(
                "Invalid record key. An upsert needs an external ID in the form eid:<external ID>.",
                code="INVALID_KEY_OR_REF",
            )
        external_id = key[4:]
        order = self._book.by_external_id.get(external_id)
        if order is None:
            check(request.body, new=True, strict=_is_strict(request))
            order = self._book.create(external_id, request.body)
        else:
            self._update(order, request)
        return _written(order, base_url)

    def _update(self, order: StoredOrder, request: Request) -> None:
        check(request.body, new=False, strict=_is_strict(request))
        replaced = request.params().get("replace", "")
        self._book.update(order, request.body, replace_lines="item" in replaced.split(","))

    def _create(self, request: Request, base_url: str) -> Reply:
        content = check(request.body, new=True, strict=_is_strict(request))
        if content.external_id is not None and content.external_id in self._book.by_external_id:
            raise RecordError(
                "Error while accessing a resource. This record already exists.",
                code="USER_ERROR",
                path="externalId",
            )
        return _written(self._book.create(content.external_id, request.body), base_url)

    def _find(self, key: str) -> StoredOrder:
        if key.startswith("eid:"):
            order = self._book.by_external_id.get(key[4:])
        else:
            order = self._book.by_id.get(int(key)) if key.isdecimal() else None
        if order is None:
            raise RecordError(
                "The record instance does not exist. Provide a valid record instance ID.",
                code="NONEXISTENT_ID",
                status=404,
            )
        return order

    def _record(self, order: StoredOrder, base_url: str, params: dict[str, str]) -> dict[str, Any]:
        record = order.record()
        here = f"{base_url}{COLLECTION}/{order.id}"
        if params.get("expandSubResources") != "true":
            record["item"] = {"links": [{"rel": "self", "href": f"{here}/item"}]}
        return {"links": [{"rel": "self", "href": here}], **record}

    def _list(self, request: Request, base_url: str) -> Reply:
        params = request.params()
        limit = _whole(params, "limit", LARGEST_PAGE)
        offset = _whole(params, "offset", 0)
        if not 1 <= limit <= LARGEST_PAGE:
            raise _bad_parameter("limit", f"must be between 1 and {LARGEST_PAGE}")
        if offset % limit:
            raise _bad_parameter("offset", "must be divisible by the limit")
        if "q" in params:
            raise _bad_parameter("q", "is not supported by this sandbox")
        total = len(self._book.by_id)
        ids = list(self._book.by_id)[offset : offset + limit]
        last = (total - 1) // limit * limit if total else 0
        places = {"self": offset}
        if offset:
            places |= {"first": 0, "previous": offset - limit}
        if offset + limit < total:
            places |= {"next": offset + limit, "last": last}
        url = f"{base_url}{COLLECTION}"
        return json_reply(
            200,
            {
                "links": [{"rel": r, "href": f"{url}?limit={limit}&offset={o}"} for r, o in places.items()],
                "items": [{"links": [{"rel": "self", "href": f"{url}/{i}"}], "id": str(i)} for i in ids],
                "offset": offset,
                "count": len(ids),
                "hasMore": offset + limit < total,
                "totalResults": total,
            },
        )


def _written(order: StoredOrder, base_url: str) -> Reply:
    return Reply(204, b"", ((b"Location", f"{base_url}{COLLECTION}/{order.id}".encode("latin-1")),))


def _is_strict(request: Request) -> bool:
    return request.header(b"x-netsuite-propertynamevalidation").lower() not in (b"warning", b"ignore")


def _whole(params: dict[str, str], name: str, default: int) -> int:
    text = params.get(name, str(default))
    if not text.isdecimal():
        raise _bad_parameter(name, "must be a whole number")
    return int(text)


def _bad_parameter(name: str, what: str) -> RecordError:
    return RecordError(f"Invalid query parameter '{name}': it {what}.", code="INVALID_PARAMETER")


def _not_allowed(request: Request) -> RecordError:
    return RecordError(
        f"Method {request.method} is not allowed on this resource.", code="METHOD_NOT_ALLOWED", status=405
    )
