"""A server that speaks S3, in this process."""

from __future__ import annotations

import contextlib
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from moto.server import ThreadedMotoServer

from tests.transports.files_servers import Place

REGION = "eu-west-1"


@dataclass
class S3:
    """Where it answers."""

    url: str
    words: str

    def at(self, bucket: str) -> Place:
        """A bucket of that name, empty."""
        asked(f"{self.url}/{bucket}", "PUT")
        config = {"bucket": bucket, "region": REGION, "endpoint_url": self.url, "addressing": "path", "folder": "/x/"}
        return Place("s3", config, {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "sesame"})

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody is known there for a while."""
        asked(f"{self.url}/moto-api/reset-auth", "POST", b"0")
        try:
            yield
        finally:
            asked(f"{self.url}/moto-api/reset-auth", "POST", b"1000000")


def asked(url: str, method: str, body: bytes | None = None) -> None:
    request = urllib.request.Request(url, body, {"Content-Type": "text/plain"}, method=method)
    with urllib.request.urlopen(request, timeout=20):
        pass


@contextlib.contextmanager
def s3() -> Iterator[S3]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield S3(f"http://{host}:{port}", f"moto {version('moto')}")
    finally:
        server.stop()
