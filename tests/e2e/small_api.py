"""A small API for the builder's journeys: items behind a token, on two pages; it takes new ones."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "let-me-in-5c1d0e"


class _Items(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._answer(401, {"error": "who are you?"})
        elif place.path != "/items":
            self._answer(404, {"error": "there is nothing here"})
        else:
            page = int(parse_qs(place.query).get("page", ["1"])[0])
            found = [{"id": f"{page}-{n}", "price": 9.9, "tags": ["new"]} for n in range(3)] if page < 3 else []
            self._answer(200, {"items": found, "meta": {"total_pages": 2}})

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(201, {"id": f"made-{sent['name']}"})

    def _answer(self, status: int, body: Any) -> None:
        content = json.dumps(body).replace("9.9", "9.90").encode()  # an exact price
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test's output is the test's."""


@contextlib.contextmanager
def small_api() -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Items)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
