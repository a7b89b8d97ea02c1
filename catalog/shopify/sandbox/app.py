"""The Shopify sandbox: one store's Admin REST API, to be read with an access token.

``/admin/api/{version}/`` orders, products and customers (``.json``, ``/count.json``, ``/{id}.json``) and
``shop.json``. Pages are linked by ``page_info`` in the Link header, ``rel="previous"`` and ``rel="next"``. Orders
list only open ones unless ``status=any`` is asked for, newest first, as the vendor does.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from weftline.testing.sandboxes import Reply, Request, SandboxApp, json_reply, parse_options

from .bucket import CallBucket
from .cursor import Cursor, CursorSeal
from .generator import Generator
from .listing import FILTERS, LARGEST_PAGE, FilterError, Listing
from .options import ShopifyOptions

__all__ = ["ShopifyApp", "build"]

USUAL_PAGE = 50
NEWEST_VERSION = "2025-07"
NOT_WITH_PAGE_INFO = (
    "cannot be passed when page_info is present. "
    "See https://shopify.dev/api/usage/pagination-rest for more information."
)
_PATH = re.compile(r"/admin/(?:api/(?P<version>\d{4}-\d{2}|unstable)/)?(?P<rest>[a-z_]+(?:/[a-z0-9]+)?)\.json")
_JSON = (b"Content-Type", b"application/json; charset=utf-8")


def build(options: Mapping[str, Any]) -> ShopifyApp:
    """The sandbox's ASGI application for these options (see ``ShopifyOptions``)."""
    return ShopifyApp(parse_options(ShopifyOptions, options, sandbox="shopify"))


class ShopifyApp(SandboxApp):
    """One store."""

    def __init__(self, options: ShopifyOptions) -> None:
        super().__init__()
        self._options = options
        self._token = options.access_token.encode()
        self._bucket = CallBucket(options.bucket_size, options.leak_per_s)
        self._seal = CursorSeal(f"{options.store}/{options.seed}")
        data = Generator(options)
        self._shop = {"shop": data.shop()}
        self._listings = {
            "orders": Listing("orders", options.orders, data.order, has_status=True, newest_first=True),
            "products": Listing("products", options.products, data.products.__getitem__),
            "customers": Listing("customers", options.customers, data.customers.__getitem__),
        }
        self.reset()

    def stats(self) -> dict[str, Any]:
        return {
            "store": self._options.store,
            "orders": self._options.orders,
            "requests": self._requests,
            "pages": self._pages,
            "records": self._records,
            "throttled": self._throttled,
            "unauthorized": self._unauthorized,
        }

    def reset(self) -> None:
        self._requests = self._pages = self._records = self._throttled = self._unauthorized = 0
        self._bucket.empty()

    def answer(self, request: Request) -> Reply:
        if not hmac.compare_digest(request.header(b"x-shopify-access-token"), self._token):
            self._unauthorized += 1
            return json_reply(
                401,
                {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"},
                ((b"WWW-Authenticate", b'Basic Realm="Shopify API Authentication"'),),
            )
        self._requests += 1
        wait_s = self._bucket.take()
        if wait_s:
            self._throttled += 1
            rate = f"{self._options.leak_per_s:g}"
            reply = json_reply(
                429,
                {
                    "errors": f"Exceeded {rate} calls per second for api client. "
                    "Reduce request rates to resume unthrottled access."
                },
                ((b"Retry-After", f"{wait_s:.1f}".encode()),),
            )
        else:
            try:
                reply = self._route(request)
            except FilterError as error:
                reply = json_reply(400, {"errors": {error.field: str(error)}})
        reply.headers += ((b"X-Shopify-Shop-Api-Call-Limit", self._bucket.header),)
        return reply

    def _route(self, request: Request) -> Reply:
        found = _PATH.fullmatch(request.path)
        if found is None or not self._accepts(found["version"]):
            return _not_found()
        if request.method != "GET":
            return json_reply(406, {"errors": "Not Acceptable: this sandbox can only be read"})
        version = (b"X-Shopify-API-Version", (found["version"] or NEWEST_VERSION).encode())
        name, _, key = found["rest"].partition("/")
        if name == "shop" and not key:
            return json_reply(200, self._shop, (version,))
        listing = self._listings.get(name)
        if listing is None:
            return _not_found()
        if not key:
            reply = self._list(listing, request)
        elif key == "count":
            filters = _filters(request.params())
            reply = json_reply(200, {"count": len(listing.select(filters))})
        else:
            reply = self._one(listing, key, request)
        reply.headers += (version,)
        return reply

    def _accepts(self, version: str | None) -> bool:
        allowed = self._options.api_versions
        return version is None or not allowed or version in allowed

    def _one(self, listing: Listing, key: str, request: Request) -> Reply:
        place = listing.place_of(int(key)) if key.isdecimal() else None
        if place is None:
            return _not_found()
        record = listing.record(place)
        names = [n.strip() for n in request.params().get("fields", "").split(",") if n.strip()]
        if names:
            record = {name: record[name] for name in names if name in record}
        return json_reply(200, {listing.name.removesuffix("s"): record})

    def _list(self, listing: Listing, request: Request) -> Reply:
        params = request.params()
        limit = _limit(params)
        fields = params.get("fields", "")
        if "page_info" in params:
            for name in params:
                if name in FILTERS:
                    raise FilterError(name, f"{name} {NOT_WITH_PAGE_INFO}")
            cursor = self._seal.read(params["page_info"])
            if cursor is None or cursor.resource != listing.name:
                raise FilterError("page_info", "Invalid value.")
        else:
            cursor = Cursor(listing.name, _filters(params), 0)
        page, count = listing.page(cursor.filters, cursor.start, limit, fields)
        self._pages += 1
        self._records += count
        headers: tuple[tuple[bytes, bytes], ...] = (_JSON,)
        link = self._link(request, listing, cursor, limit, fields)
        return Reply(200, page, (*headers, (b"Link", link)) if link else headers)

    def _link(self, request: Request, listing: Listing, cursor: Cursor, limit: int, fields: str) -> bytes:
        url = request.base_url + request.path
        total = len(listing.select(cursor.filters))
        starts = []
        if cursor.start > 0:
            starts.append(("previous", max(0, cursor.start - limit)))
        if cursor.start + limit < total:
            starts.append(("next", cursor.start + limit))
        links = []
        for rel, start in starts:
            query = {"limit": str(limit)} | ({"fields": fields} if fields else {})
            query["page_info"] = self._seal.write(Cursor(listing.name, cursor.filters, start))
            links.append(f'<{url}?{urlencode(query)}>; rel="{rel}"')
        return ", ".join(links).encode("latin-1")


def _filters(params: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in params.items() if name in FILTERS and value))


def _limit(params: Mapping[str, str]) -> int:
    text = params.get("limit", str(USUAL_PAGE))
    if not text.isdecimal() or int(text) < 1:
        raise FilterError("limit", "must be a whole number of 1 or more")
    return min(int(text), LARGEST_PAGE)


def _not_found() -> Reply:
    return json_reply(404, {"errors": "Not Found"})
