"""A request's address as it goes over the wire, for kinds that sign it."""

from __future__ import annotations

from urllib.parse import SplitResult, quote, urlencode, urlsplit

from weftline.model import Request

_WRITTEN = "!#$%&'()*+,/:;=?@[]~"
"""What may stand in an address as it is (RFC 3986); everything else is encoded."""


def settle(request: Request) -> SplitResult:
    """Join the query to the request's address, so that what is signed is what is sent; the address in its parts."""
    url = request.url
    if request.query:
        url += ("&" if "?" in url else "?") + urlencode(request.query, quote_via=quote)
        request.query = []
    parts = urlsplit(quote(url, safe=_WRITTEN))._replace(fragment="")
    if not parts.path:
        parts = parts._replace(path="/")
    request.url = parts.geturl()
    return parts
