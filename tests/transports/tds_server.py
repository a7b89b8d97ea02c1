"""The first steps of SQL Server's protocol: prelogin, TLS within its packets, and the answer to a login.

No server of it can be had for tests. This one goes by the protocol's specification ([MS-TDS]) as far as a login, and
knows no statement.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PRELOGIN, LOGIN7, REPLY = 0x12, 0x10, 0x04
OFF, ON, NOT_SUPPORTED = 0, 1, 2
DONE_ERROR = struct.pack("<BHHQ", 0xFD, 2, 0, 0)
DONE = struct.pack("<BHHQ", 0xFD, 0, 0, 0)


@dataclass
class TdsServer:
    """What it does, and what it saw of its callers."""

    port: int
    encryption: int = ON
    answer: bytes = b""
    logins: list[bytes] = field(default_factory=list)
    sealed: list[bool] = field(default_factory=list)


def refusal(number: int, text: str) -> bytes:
    """An ERROR token and the end."""
    words = text.encode("utf-16-le")
    body = struct.pack("<iBBH", number, 1, 14, len(text)) + words + b"\0\0" + struct.pack("<I", 1)
    return struct.pack("<BH", 0xAA, len(body)) + body + DONE_ERROR


def routed(host: str, port: int) -> bytes:
    """A login that is good elsewhere: LOGINACK, and ENVCHANGE with the other server's address."""
    name = "server"
    accepted = b"\x01" + bytes.fromhex("74000004") + bytes([len(name)]) + name.encode("utf-16-le") + b"\x10\0\0\0"
    there = struct.pack("<BHH", 0, port, len(host)) + host.encode("utf-16-le")
    change = b"\x14" + struct.pack("<H", len(there)) + there + b"\0\0"
    tokens = struct.pack("<BH", 0xE3, len(change)) + change
    return struct.pack("<BH", 0xAD, len(accepted)) + accepted + tokens + DONE


def packet(kind: int, payload: bytes) -> bytes:
    return struct.pack(">BBHHBB", kind, 1, len(payload) + 8, 0, 1, 0) + payload


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    found = b""
    while len(found) < size:
        piece = read(size - len(found))
        if not piece:
            raise ConnectionError("the caller hung up")
        found += piece
    return found


def read_packet(read: Callable[[int], bytes]) -> bytes:
    length = struct.unpack(">BBHHBB", _exactly(read, 8))[2]
    return _exactly(read, length - 8)


def serve(server: TdsServer, context: ssl.SSLContext, caller: socket.socket) -> None:
    read_packet(caller.recv)
    offsets = struct.pack(">BHH", 0, 11, 6) + struct.pack(">BHH", 1, 17, 1) + b"\xff"
    caller.sendall(packet(REPLY, offsets + bytes([16, 0, 0, 0, 0, 0, server.encryption])))
    if server.encryption != ON:
        server.logins.append(read_packet(caller.recv))
        server.sealed.append(False)
        caller.sendall(packet(REPLY, server.answer))
        return
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    sealed = context.wrap_bio(incoming, outgoing, server_side=True)
    while True:
        try:
            sealed.do_handshake()
            break
        except ssl.SSLWantReadError:
            if outgoing.pending:
                caller.sendall(packet(PRELOGIN, outgoing.read()))
            incoming.write(read_packet(caller.recv))
    caller.sendall(packet(PRELOGIN, outgoing.read()))

    def read(size: int) -> bytes:
        while True:
            try:
                return sealed.read(size)
            except ssl.SSLWantReadError:
                incoming.write(_exactly(caller.recv, 1) + caller.recv(65536))

    server.logins.append(read_packet(read))
    server.sealed.append(True)
    sealed.write(packet(REPLY, server.answer))
    caller.sendall(outgoing.read())


@contextlib.contextmanager
def listening(
    folder: Path, certificate: str, key: str, handle: Callable[[TdsServer, ssl.SSLContext, socket.socket], None]
) -> Iterator[TdsServer]:
    """A listener whose callers are handled each in a thread; ``handle`` is :func:`serve`, or another protocol."""
    (folder / "server.pem").write_text(certificate + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = TdsServer(listener.getsockname()[1])

        def one(caller: socket.socket) -> None:
            with caller, contextlib.suppress(OSError):
                caller.settimeout(20)
                handle(server, context, caller)

        def accept() -> None:
            while True:
                try:
                    caller, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=one, args=(caller,), daemon=True).start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join(5)
