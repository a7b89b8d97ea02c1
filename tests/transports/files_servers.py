"""Servers with files for the tests of their transports: each in a folder of its own, on a free port of loopback."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

from weftline.auth import AUTH_METHODS, AuthMethod
from weftline.kernel import json
from weftline.model import Request, Response
from weftline.transports import TRANSPORTS, OutboundPolicy, Transport
from weftline.transports.http import HttpConnections
from weftline.transports.s3 import S3Transport

PUBLIC = OutboundPolicy()
POLICY = OutboundPolicy(allow_private=True)


@dataclass
class Own:
    """A login of the tests' own."""

    values: Mapping[str, str] = field(default_factory=dict)

    def login(self) -> Mapping[str, str]:
        return self.values

    def sign(self, request: Request) -> None:
        """Nothing to add."""


@dataclass
class Place:
    """Where a transport of a kind finds its server."""

    kind: str
    config: dict[str, Any] = field(default_factory=dict)
    login: dict[str, str] = field(default_factory=dict)

    def transport(self, policy: OutboundPolicy = POLICY, login: Mapping[str, str] | None = None, **more: Any) -> Any:
        kind: Any = TRANSPORTS.get(self.kind)
        config = TRANSPORTS.config(self.kind, {"settle_s": 0} | self.config | more)
        login = self.login | dict(login or {})
        if self.kind == "s3":
            return OwnS3(config, HttpConnections(policy), sigv4(login, config.region))
        return kind(config, policy, Own(login))


def sigv4(login: Mapping[str, str], region: str) -> AuthMethod:
    config = AUTH_METHODS.config("sigv4", {"service": "s3", "region": region})
    return AUTH_METHODS.get("sigv4")(config, login, {})


class OwnS3(S3Transport):
    """With connections that nobody else uses."""

    async def close(self) -> None:
        await self._http._connections.close()


@dataclass
class Server:
    """A server that runs: how it is reached, the folder that is its own, its process, its name and version."""

    place: Place
    folder: Path
    process: subprocess.Popen[bytes] | None
    words: str
    keys: dict[str, Any] = field(default_factory=dict)

    def at(self, name: str) -> Place:
        """The place with a base folder of that name, empty."""
        base = self.folder / name
        base.mkdir()
        (base / "in").mkdir()
        return Place(self.place.kind, self.place.config | {"folder": str(base)}, self.place.login)

    def serving(self) -> list[psutil.Process]:
        """The processes that serve connections."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def cut(self, serving: list[psutil.Process] | None = None) -> None:
        """Kill what serves connections."""
        for process in self.serving() if serving is None else serving:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """What serves connections stands still."""
        children = self.serving()
        for child in children:
            child.suspend()
        try:
            yield
        finally:
            for child in children:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.resume()


async def do(transport: Transport, method: str, path: str, body: bytes | None = None, **query: str) -> Response:
    timeout_s = float(query.pop("timeout_s", "20"))
    return await transport.send(Request(method, quote(path), list(query.items()), {}, body, timeout_s))


async def listed(transport: Transport, path: str = "in", **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.decode((await do(transport, "LIST", path, **query)).body)
    return found


async def names(transport: Transport, path: str = "in", **query: str) -> list[str]:
    return [file["name"] for file in await listed(transport, path, **query)]


async def write(transport: Transport, path: str, body: bytes, **query: str) -> str:
    return str(json.decode((await do(transport, "WRITE", path, body, **query)).body)["path"])


async def read(transport: Transport, path: str) -> bytes:
    return (await do(transport, "READ", path)).body
