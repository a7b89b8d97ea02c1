"""Addresses of next pages: only where credentials may travel."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from weftline.errors import OutboundRefusedError
from weftline.model import Request


def origin(url: str) -> str:
    """Scheme and host, in small letters: what credentials are for."""
    scheme, host, *_ = urlsplit(url)
    return f"{scheme}://{host}".lower()


def hold_to(url: str, home: str, other_hosts: Collection[str] = ()) -> str:
    """The URL, if it is of the origin ``home`` or of an allowed host and not less safe; else
    :class:`OutboundRefusedError`: every page is asked for with our credentials."""
    there = origin(url)
    scheme, _, host = there.partition("://")
    allowed = host in {name.lower() for name in other_hosts} and scheme in ("https", home.partition("://")[0])
    if there != home and not allowed:
        raise OutboundRefusedError(
            f"the next page is said to be at another host ({host.rpartition('@')[2] or url[:80]!r})",
            hint="credentials are not sent to other hosts; see the instance's base URL and the endpoint's pagination",
        )
    return url


def at(request: Request, url: str) -> Request:
    """A copy of the request at an address that carries its own query."""
    paged = request.copy()
    scheme, host, path, query, _ = urlsplit(url)
    paged.url = urlunsplit((scheme, host, path, "", ""))
    paged.query = parse_qsl(query, keep_blank_values=True)
    return paged
