"""Files in a bucket of a server that speaks S3, over HTTP requests that the login signs.

A single PUT is atomic, and so is a copy: nobody sees half a file. Folders are only a part of names.
"""

from __future__ import annotations

import asyncio
import posixpath
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Literal, Self
from urllib.parse import quote, urlsplit
from xml.etree.ElementTree import Element

import defusedxml.ElementTree as ElementTree  # type: ignore[import-untyped]
from defusedxml import DefusedXmlException
from pydantic import BaseModel

from weftline.errors import (
    CredentialRejectedError,
    RateLimitedError,
    RemoteFaultError,
    RemoteTimeoutError,
    RequestRejectedError,
    UnreadableBodyError,
    WeftlineError,
)
from weftline.kernel import json
from weftline.model import Request, Response, Streamed, field
from weftline.transports.base import Login, Transport
from weftline.transports.files import (
    Delete,
    File,
    FilesConfig,
    List,
    Move,
    Read,
    Write,
    asked,
    candidates,
    headers,
    missing,
    taken,
    too_large,
)
from weftline.transports.http import HttpConfig, HttpConnections, HttpTransport

ERROR_BYTES = 64 * 1024
"""So much is read of an answer that is an error."""


class S3Config(FilesConfig):
    """Which bucket, and where it is."""

    bucket: str = field(title="Bucket", example="acme-exchange", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$")
    region: str = field("us-east-1", title="Region", example="eu-west-1")
    endpoint_url: str = field(
        "", title="Endpoint URL", description="Empty: the region's own", example="https://storage.example.com:9000"
    )
    addressing: Literal["virtual-host", "path"] = field(
        "virtual-host",
        title="Addressing",
        description="The bucket as a part of the host's name, or of the path; servers of one's own want a path",
    )
    max_files: int = field(100_000, title="Most files of a folder", ge=1, advanced=True)


@dataclass(frozen=True, slots=True)
class _Object(File):
    tag: str = ""


class S3Transport(Transport):
    """Files in a bucket."""

    kind: ClassVar[str] = "s3"
    title: ClassVar[str] = "S3"
    Config: ClassVar[type[BaseModel]] = S3Config
    signs: ClassVar[bool] = True
    config: S3Config

    def __init__(self, config: S3Config, connections: HttpConnections, login: Login) -> None:
        super().__init__(config)
        endpoint = config.endpoint_url.rstrip("/") or f"https://s3.{config.region}.amazonaws.com"
        if config.addressing == "virtual-host":
            parts = urlsplit(endpoint)
            self._base = f"{parts.scheme}://{config.bucket}.{parts.netloc}{parts.path}/"
        else:
            self._base = f"{endpoint}/{config.bucket}/"
        self.where = f"the bucket '{config.bucket}'"
        self._login = login
        most = config.max_answer_bytes
        self._http = HttpTransport(HttpConfig(base_url=endpoint, max_response_bytes=most), connections, login)

    @classmethod
    def build(cls, config: S3Config, connections: Any, login: Login) -> Self:
        return cls(config, connections, login)

    async def send(self, request: Request) -> Response:
        """What :mod:`weftline.transports.files` says."""
        began = time.monotonic()
        wanted = asked(request)
        head, body = {"content-type": "application/json"}, b"{}"
        try:
            async with asyncio.timeout(request.timeout_s):
                if isinstance(wanted, List):
                    body = wanted.answer(await self._list(self._key(wanted.path), request), self.config.settle_s)
                elif isinstance(wanted, Read):
                    head, body = await self._read(wanted.path, request)
                elif isinstance(wanted, Delete):
                    await self._call("DELETE", self._key(wanted.path), request)
                elif isinstance(wanted, Move):
                    body = json.encode({"path": await self._move(wanted, request)})
                else:
                    body = json.encode({"path": await self._write(wanted, request)})
        except TimeoutError:
            raise RemoteTimeoutError(
                f"{self.where} did not answer within {request.timeout_s:g} seconds",
                hint="it is slow, or the time-out too short",
            ) from None
        return Response(200, head, body, time.monotonic() - began, request.url)

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[Streamed]:
        """A file in pieces; the time-out is for its begin, then for each piece."""
        wanted = asked(request)
        if not isinstance(wanted, Read):
            async with super().open(request) as whole:
                yield whole
            return
        signed = self._signed("GET", self._key(wanted.path), request)
        async with self._http.open(signed) as streamed:
            if streamed.status != 200:
                body = b""
                async for piece in streamed.pieces:
                    body += piece
                    if len(body) > ERROR_BYTES:
                        break
                raise self._error(Response(streamed.status, streamed.headers, body), wanted.path)
            yield Streamed(200, _headers(wanted.path, streamed.headers), streamed.pieces, request.url)

    # --- verbs ---

    async def _list(self, folder: str, request: Request) -> list[_Object]:
        prefix = f"{folder}/" if folder else ""
        found: list[_Object] = []
        token = ""
        while True:
            query = [("list-type", "2"), ("delimiter", "/"), ("prefix", prefix)]
            answer = await self._xml(request, query + ([("continuation-token", token)] if token else []))
            found += [item for item in map(_object, answer.iterfind("{*}Contents")) if item.name]
            token = answer.findtext("{*}NextContinuationToken") or ""
            if not token:
                return found
            if len(found) > self.config.max_files:
                raise RequestRejectedError(
                    f"'{folder}' in {self.where} has more than {self.config.max_files:,} files",
                    hint="move or delete files once they are read, or raise max_files",
                )

    async def _find(self, path: str, request: Request) -> _Object | None:
        """By the first name that begins so: what has no longer name comes first."""
        key = self._key(path)
        answer = await self._xml(request, [("list-type", "2"), ("max-keys", "1"), ("prefix", key)])
        first = answer.find("{*}Contents")
        return _object(first) if first is not None and first.findtext("{*}Key") == key else None

    async def _read(self, path: str, request: Request) -> tuple[dict[str, str], bytes]:
        body = bytearray()
        async with self.open(Request("READ", quote(path), timeout_s=request.timeout_s)) as streamed:
            async for piece in streamed.pieces:
                body += piece
                if len(body) > self.config.max_answer_bytes:
                    raise too_large(path, self.config.max_answer_bytes)
            return streamed.headers, bytes(body)

    async def _write(self, wanted: Write, request: Request) -> str:
        kind = next((value for name, value in request.headers.items() if name.lower() == "content-type"), "")
        head = {"Content-Type": kind} if kind else {}
        if wanted.if_exists == "replace":
            await self._call("PUT", self._key(wanted.path), request, head, wanted.body)
            return wanted.path
        for path in candidates(wanted.path, wanted.if_exists):
            there = await self._find(path, request)
            if there is None:
                try:
                    # The server looks again: somebody else may take the name meanwhile.
                    await self._call("PUT", self._key(path), request, {**head, "If-None-Match": "*"}, wanted.body)
                except RequestRejectedError as error:
                    if error.context.get("status") != 412:
                        raise
                    there = await self._find(path, request)
                else:
                    return path
            same_size = there is not None and there.size == len(wanted.body)
            if same_size and (await self._read(path, request))[1] == wanted.body:
                return path
        raise taken(wanted.path, self.where)

    async def _move(self, wanted: Move, request: Request) -> str:
        if wanted.path == wanted.to:
            return wanted.to
        source = await self._find(wanted.path, request)
        if source is None:
            if await self._find(wanted.to, request) is None:
                raise missing(wanted.path, self.where)
            return wanted.to
        for path in candidates(wanted.to, wanted.if_exists):
            there = None if wanted.if_exists == "replace" else await self._find(path, request)
            # The same bytes: this very move, broken off before the source was deleted.
            if there is None or (there.tag, there.size) != (source.tag, source.size):
                if there is not None:
                    continue
                origin = {"x-amz-copy-source": quote(f"/{self.config.bucket}/{self._key(wanted.path)}", safe="/~")}
                answer = await self._call("PUT", self._key(path), request, origin)
                if _parsed(answer, self.where).tag.endswith("Error"):  # found out after it said 200
                    raise self._error(Response(500, answer.headers, answer.body), path)
            await self._call("DELETE", self._key(wanted.path), request)
            return path
        raise taken(wanted.to, self.where)

    # --- requests ---

    def _key(self, path: str) -> str:
        return "/".join(filter(None, (self.config.folder.strip("/"), path)))

    def _signed(
        self,
        method: str,
        key: str,
        request: Request,
        head: Mapping[str, str] | None = None,
        body: bytes | None = None,
        query: list[tuple[str, str]] | None = None,
    ) -> Request:
        signed = Request(
            method, self._base + quote(key, safe="/~"), query or [], dict(head or {}), body, request.timeout_s
        )
        self._login.sign(signed)
        return signed

    async def _call(
        self,
        method: str,
        key: str,
        request: Request,
        head: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Response:
        answer = await self._http.send(self._signed(method, key, request, head, body))
        if not 200 <= answer.status < 300:
            raise self._error(answer, key)
        return answer

    async def _xml(self, request: Request, query: list[tuple[str, str]]) -> Element:
        answer = await self._http.send(self._signed("GET", "", request, query=query))
        if answer.status != 200:
            raise self._error(answer, "")
        return _parsed(answer, self.where)

    def _error(self, answer: Response, path: str) -> WeftlineError:
        try:
            root = _parsed(answer, self.where)
        except UnreadableBodyError:
            root = Element("Error")
        code, said = root.findtext("{*}Code") or "", (root.findtext("{*}Message") or "")[:300]
        status, context = answer.status, {"status": answer.status}
        text = f"{self.where} answered {status} {code}: {said}".rstrip(": ")
        if status == 404 and code != "NoSuchBucket":
            return missing(path, self.where)
        if status in (401, 403):
            return CredentialRejectedError(
                text, hint="see the keys, what they are allowed to do, and this machine's clock", context=context
            )
        if status == 429 or code == "SlowDown":
            return RateLimitedError(text, hint="calls wait until the server lets them", context=context)
        if status >= 500:
            return RemoteFaultError(text, hint="the server has a fault; it is tried again", context=context)
        return RequestRejectedError(text, hint="see bucket, region and addressing of the instance", context=context)


def _parsed(answer: Response, where: str) -> Element:
    try:
        root: Element = ElementTree.fromstring(answer.body)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise UnreadableBodyError(
            f"the answer of {where} is not XML: {error}", hint="see that the endpoint URL is that of an S3 server"
        ) from None
    return root


def _object(item: Element) -> _Object:
    at = datetime.fromisoformat(item.findtext("{*}LastModified") or "1970-01-01T00:00:00Z")
    # Whole seconds, as the header of a READ has them.
    at = at.astimezone(UTC).replace(microsecond=0)
    name = posixpath.basename(item.findtext("{*}Key") or "")
    return _Object(name, int(item.findtext("{*}Size") or 0), at, item.findtext("{*}ETag") or "")


def _headers(path: str, head: Mapping[str, str]) -> dict[str, str]:
    at = parsedate_to_datetime(head["last-modified"]) if "last-modified" in head else datetime.fromtimestamp(0, UTC)
    file = File(posixpath.basename(path), int(head.get("content-length", 0)), at)
    return headers(file, head.get("content-type", "application/octet-stream"))
