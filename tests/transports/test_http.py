"""The HTTP transport against a server on loopback that answers as each path says."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from weftline.errors import (
    ConnectError,
    OutboundRefusedError,
    RemoteTimeoutError,
    RequestRejectedError,
    UnreadableBodyError,
)
from weftline.model import Request
from weftline.transports import UNSENT, NoLogin, OutboundPolicy
from weftline.transports.http import HttpConfig, HttpConnections, HttpTransport


class Server:
    """What it saw, and where it is."""

    def __init__(self) -> None:
        self.seen: list[web.BaseRequest] = []
        self.bodies: list[bytes] = []
        self.url = ""
        self.other_url = ""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.seen.append(request)
        self.bodies.append(await request.read())
        match request.path.split("/")[1:]:
            case ["hops", left] if left != "0":
                return web.Response(status=302, headers={"Location": f"/hops/{int(left) - 1}"})
            case ["move", status]:
                return web.Response(status=int(status), headers={"Location": "/here?b=2"})
            case ["away"]:
                return web.Response(status=307, headers={"Location": self.other_url + "/here"})
            case ["slow"]:
                await asyncio.sleep(5)
            case ["cut"]:
                assert request.transport is not None
                request.transport.close()
            case ["big"]:
                return web.Response(body=b"x" * 2000)
            case ["bomb"]:
                return web.Response(body=gzip.compress(b"x" * 2000), headers={"Content-Encoding": "gzip"})
            case ["endless"]:
                stream = web.StreamResponse()
                await stream.prepare(request)
                while True:
                    await stream.write(b"x" * 500)
                    await asyncio.sleep(0)
            case ["cookie"]:
                return web.Response(text="ok", headers={"Set-Cookie": "a=1"})
            case ["twice"]:
                response = web.Response(text="ok")
                response.headers.add("Link", "<a>; rel=x")
                response.headers.add("Link", "<b>; rel=next")
                return response
        return web.Response(text="ok")


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    runner = web.ServerRunner(web.Server(made.answer), shutdown_timeout=0.1)
    await runner.setup()
    sites = [web.TCPSite(runner, "127.0.0.1", 0), web.TCPSite(runner, "127.0.0.1", 0)]
    for site in sites:
        await site.start()
    made.url, made.other_url = (f"http://127.0.0.1:{address[1]}" for address in runner.addresses)
    yield made
    await runner.cleanup()


@pytest.fixture
async def connections() -> AsyncIterator[HttpConnections]:
    made = HttpConnections(OutboundPolicy(allow_private=True))
    yield made
    await made.close()


@pytest.fixture
def transport(connections: HttpConnections) -> HttpTransport:
    config = HttpConfig(base_url="http://127.0.0.1", max_response_bytes=1000)
    return HttpTransport.build(config, connections, NoLogin())


async def test_what_is_asked_arrives_and_comes_back(server: Server, transport: HttpTransport) -> None:
    request = Request("POST", f"{server.url}/a%2Fb", [("q", "a b&c"), ("q", "ü")], {"X-Key": "k"}, b"\x00body")
    response = await transport.send(request)
    seen = server.seen[0]
    assert (response.status, response.body) == (200, b"ok")
    assert (seen.method, seen.raw_path) == ("POST", "/a%2Fb?q=a+b%26c&q=%C3%BC")
    assert (seen.headers["X-Key"], server.bodies[0]) == ("k", b"\x00body")
    assert response.elapsed_s > 0


async def test_an_address_with_a_space_is_still_one_request(server: Server, transport: HttpTransport) -> None:
    await transport.send(Request("GET", f"{server.url}/a b\r\nHost: evil"))
    assert len(server.seen) == 1
    assert " " not in server.seen[0].raw_path
    assert server.seen[0].headers["Host"] != "evil"


async def test_repeated_headers_are_joined(server: Server, transport: HttpTransport) -> None:
    response = await transport.send(Request("GET", f"{server.url}/twice"))
    assert response.headers["link"] == "<a>; rel=x, <b>; rel=next"


async def test_no_cookie_is_kept(server: Server, transport: HttpTransport) -> None:
    for _ in range(2):
        await transport.send(Request("GET", f"{server.url}/cookie"))
    assert "Cookie" not in server.seen[1].headers


# --- redirects ---


async def test_five_redirects_are_followed_and_no_sixth(server: Server, transport: HttpTransport) -> None:
    assert (await transport.send(Request("GET", f"{server.url}/hops/5"))).body == b"ok"
    with pytest.raises(OutboundRefusedError, match="more than 5 times"):
        await transport.send(Request("GET", f"{server.url}/hops/6"))


@pytest.mark.parametrize(
    ("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
)
async def test_a_post_is_posted_again_only_where_the_status_says_so(
    server: Server, transport: HttpTransport, status: int, method: str
) -> None:
    await transport.send(Request("POST", f"{server.url}/move/{status}", [("a", "1")], {}, b"body"))
    assert [(seen.method, seen.raw_path) for seen in server.seen] == [
        ("POST", f"/move/{status}?a=1"), (method, "/here?b=2"),
    ]  # fmt: skip
    assert server.bodies == [b"body", b"body" if method == "POST" else b""]


async def test_credentials_stay_with_their_host(server: Server, transport: HttpTransport) -> None:
    headers = {"Authorization": "Bearer secret", "X-Api-Key": "secret", "Accept": "application/json"}
    await transport.send(Request("GET", f"{server.url}/move/307", [], dict(headers)))
    assert server.seen[1].headers["X-Api-Key"] == "secret"
    await transport.send(Request("GET", f"{server.url}/away", [], dict(headers)))
    moved = server.seen[-1]
    assert moved.path == "/here"
    assert "secret" not in str(moved.headers)
    assert moved.headers["Accept"] == "application/json"


# --- when there is no answer ---


async def test_a_slow_answer_is_a_timeout(server: Server, transport: HttpTransport) -> None:
    with pytest.raises(RemoteTimeoutError, match=r"/slow within 0\.1 s"):
        await transport.send(Request("GET", f"{server.url}/slow", timeout_s=0.1))


async def test_no_listener_is_no_connection_and_surely_unsent(server: Server, transport: HttpTransport) -> None:
    with pytest.raises(ConnectError, match="no connection") as caught:
        await transport.send(Request("POST", "http://127.0.0.1:1/"))
    assert caught.value.context[UNSENT] is True


@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
async def test_a_broken_connection_may_have_carried_the_request(
    server: Server, transport: HttpTransport, method: str
) -> None:
    with pytest.raises(ConnectError, match="broke before an answer came") as caught:
        await transport.send(Request(method, f"{server.url}/cut", [], {}, b"{}"))
    assert UNSENT not in caught.value.context
    assert len(server.seen) == 1, "the library must not repeat a request on its own"


@pytest.mark.parametrize("path", ["big", "bomb", "endless"])
async def test_too_large_an_answer_is_not_read_to_its_end(
    server: Server, transport: HttpTransport, path: str
) -> None:
    with pytest.raises(UnreadableBodyError, match="larger than 1,000 bytes"):
        await transport.send(Request("GET", f"{server.url}/{path}", timeout_s=10))


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "http://127.0.0.1:99999/"),
        Request("GET", "http://127.0.0.1:port/"),
        Request("GET", "http://[::1/"),
        Request("GET", f"http://{'a' * 70}.test/"),
        Request("GET", "http://127.1/"),
    ],
)
async def test_what_cannot_be_written_is_refused_with_its_reason(transport: HttpTransport, request_: Request) -> None:
    with pytest.raises(RequestRejectedError, match="cannot be written"):
        await transport.send(request_)


async def test_a_header_cannot_smuggle_another(server: Server, transport: HttpTransport) -> None:
    with pytest.raises(RequestRejectedError, match="cannot be written"):
        await transport.send(Request("GET", server.url, headers={"X": "a\r\nY: b"}))
    assert server.seen == []


# --- the outbound policy ---


@pytest.fixture
async def guarded() -> AsyncIterator[HttpTransport]:
    connections = HttpConnections(OutboundPolicy())
    yield HttpTransport(HttpConfig(base_url="http://127.0.0.1"), connections)
    await connections.close()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "LocalHost", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
     "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[fe80::1]", "[fd00:ec2::254]"],
)  # fmt: skip
async def test_private_addresses_are_refused(guarded: HttpTransport, host: str) -> None:
    with pytest.raises(OutboundRefusedError):
        await guarded.send(Request("GET", f"http://{host}:9/", timeout_s=2))


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0", "127.0.0.1."])
async def test_other_spellings_of_loopback_do_not_reach_it(server: Server, guarded: HttpTransport, host: str) -> None:
    port = server.url.rpartition(":")[2]
    with pytest.raises((OutboundRefusedError, RequestRejectedError, ConnectError)):
        await guarded.send(Request("GET", f"http://{host}:{port}/", timeout_s=2))
    assert server.seen == []


@pytest.mark.parametrize("address", ["169.254.169.254", "fd00:ec2::254", "0.0.0.0", "224.0.0.1"])
def test_some_addresses_are_never_called(address: str) -> None:
    with pytest.raises(OutboundRefusedError, match="never called"):
        OutboundPolicy(allow_private=True).check("metadata.test", address)


async def test_a_redirect_cannot_lead_around_the_policy(server: Server, connections: HttpConnections) -> None:
    """The first host is allowed by name here, so that only the redirect's target is judged."""

    class OnlyFirst(OutboundPolicy):
        def check(self, host: str, address: str) -> None:
            if host != "127.0.0.1":
                super().check(host, address)

    guarded = HttpConnections(OnlyFirst())
    server.other_url = "http://localhost:" + server.other_url.rpartition(":")[2]
    try:
        with pytest.raises(OutboundRefusedError, match="localhost"):
            await HttpTransport(HttpConfig(base_url="x"), guarded).send(Request("GET", f"{server.url}/away"))
    finally:
        await guarded.close()
    assert [seen.path for seen in server.seen] == ["/away"]


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd", "http:///x", "//127.0.0.1/"])
async def test_only_http_is_spoken(guarded: HttpTransport, url: str) -> None:
    with pytest.raises(OutboundRefusedError, match="is not an HTTP address"):
        await guarded.send(Request("GET", url))
