"""An application that asks people for consent: OAuth 2 with the authorization code and with a device's code."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CONNECTOR = """\
schema_version: 1
slug: {slug}
version: 1.0.0
title: {title}
summary: Accounts and payments of a bank.
category: finance
variables:
  - {{key: base_url, title: Base URL, required: true}}
auth:
  - key: consent
    kind: oauth2_code
    title: Sign in at the bank
    help: "Register Weftline with the redirect address of your installation."
    authorize_url: "{{{{ base_url }}}}/authorize"
    token_url: "{{{{ base_url }}}}/token"
    credentials:
      - {{key: client_id, title: Client id, required: true}}
      - {{key: client_secret, title: Client secret, secret: true, required: true}}
  - key: device
    kind: oauth2_device
    title: Code for a device
    device_url: "{{{{ base_url }}}}/device"
    token_url: "{{{{ base_url }}}}/token"
    credentials:
      - {{key: client_id, title: Client id, required: true}}
      - {{key: client_secret, title: Client secret, secret: true, required: true}}
  - key: key_pair
    kind: jwt_bearer
    title: Key pair
    help: "For servers: the bank knows the certificate, Weftline signs with the private key."
    issuer: "{{{{ credentials.client_id }}}}"
    audience: "{{{{ base_url }}}}"
    token_url: "{{{{ base_url }}}}/token"
    credentials:
      - {{key: client_id, title: Client id, required: true}}
      - {{key: private_key, title: Private key, secret: true, required: true, help: "PEM, from the console"}}
      - {{key: certificate, title: Certificate, advanced: true, help: "PEM; for its thumbprint"}}
transport: {{kind: http, base_url: "{{{{ base_url }}}}"}}
check: me.get
endpoints:
  - key: me.get
    title: Read the account
    entity: account
    direction: receive
    request: {{method: GET, path: /me}}
  - key: payments.search
    title: Search payments
    entity: payment
    direction: receive
    request: {{method: POST, path: /payments}}
    parameters:
      - {{key: statement, title: Statement, type: sql, required: true, place: {{body: sql}}}}
      - {{key: options, title: Options, type: json, place: {{body: options}}}}
"""


class _Bank(BaseHTTPRequestHandler):
    """One answer a path; whoever follows the link of the page has consented."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/authorize":
            asked = {key: values[0] for key, values in parse_qs(url.query).items()}
            back = asked["redirect_uri"] + "?" + urlencode({"code": "a-code", "state": asked["state"]})
            self._answer(200, f'<h1>The bank</h1><a href="{back}">Allow</a>'.encode(), "text/html")
        elif self.headers.get("Authorization") == "Bearer a-bearer-of-the-bank":
            self._json(200, {"name": "Acme"})
        else:
            self._json(401, {"error": "invalid_token"})

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path == "/device":
            places = {"verification_uri": f"http://{self.headers['Host']}/enter"}
            self._json(200, places | {"device_code": "d", "user_code": "WDJB-MJHT", "interval": 1, "expires_in": 300})
        elif "device_code" in sent and not self.server.granted.is_set():  # type: ignore[attr-defined]
            self._json(400, {"error": "authorization_pending"})
        else:
            self._json(200, {"access_token": "a-bearer-of-the-bank", "token_type": "Bearer", "expires_in": 3600})

    def _json(self, status: int, content: object) -> None:
        self._answer(status, json.dumps(content).encode(), "application/json")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Bank(ThreadingHTTPServer):
    """The application; ``granted`` is set once somebody has typed the device's code."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Bank)
        self.granted = threading.Event()
        self.base_url = f"http://127.0.0.1:{self.server_port}"


@contextlib.contextmanager
def open_bank() -> Iterator[Bank]:
    """The application on a free port."""
    with Bank() as bank:
        thread = threading.Thread(target=bank.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield bank
        finally:
            bank.shutdown()
            thread.join()
