"""The error envelope of the REST record service."""

from __future__ import annotations

from weftline.testing.sandboxes import Reply, json_reply

__all__ = ["RecordError", "error_reply"]

_RFC = "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html"
_TITLES = {
    400: ("Bad Request", "#sec10.4.1"),
    401: ("Unauthorized", "#sec10.4.2"),
    404: ("Not Found", "#sec10.4.5"),
    405: ("Method Not Allowed", "#sec10.4.6"),
    429: ("Too Many Requests", ""),
}


class RecordError(Exception):
    """A request that the record service refuses; becomes the error envelope."""

    def __init__(self, detail: str, *, code: str, path: str = "", status: int = 400) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.path = path
        self.status = status

    def reply(self) -> Reply:
        return error_reply(self.status, self.detail, self.code, path=self.path)


def error_reply(
    status: int, detail: str, code: str, *, path: str = "", headers: tuple[tuple[bytes, bytes], ...] = ()
) -> Reply:
    """The envelope: type, title, status and one entry of ``o:errorDetails``."""
    title, anchor = _TITLES[status]
    entry = {"detail": detail, "o:errorCode": code}
    if path:
        entry["o:errorPath"] = path
    content = {"type": _RFC + anchor, "title": title, "status": status, "o:errorDetails": [entry]}
    return json_reply(status, content, headers)
