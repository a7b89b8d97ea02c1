"""SFTP on paramiko, which only this file knows.

The host's key is compared with the fingerprint that the credentials name before anything of ours is shown to it.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import logging
import posixpath
import socket
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_private_key,
)
from pydantic import BaseModel

from weftline.errors import ConnectError, CredentialMissingError, CredentialRejectedError, MissingExtraError
from weftline.model import field
from weftline.transports.base import UNSENT
from weftline.transports.files import PIECE, File
from weftline.transports.files_drive import Drive
from weftline.transports.files_threads import FileServerConfig, FileServerTransport

_FAMILIES = (
    ("ssh-ed25519",),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    ("rsa-sha2-512", "rsa-sha2-256"),
)
"""A host has a key of each kind, maybe; the fingerprint is of one of them."""

_BLOCK = 32 * 1024
"""Bytes of one request, as every server takes them; a window of them is under way at once."""
_WINDOW = 32


class SftpConfig(FileServerConfig):
    """Where the server answers."""

    port: int = field(22, title="Port", ge=1, le=65535)


class SftpDrive(Drive):
    """One SSH connection with one SFTP channel."""

    def __init__(self, transport: Any, sftp: Any) -> None:
        self._transport = transport
        self._sftp = sftp  # two extensions are spoken that the library knows no words for
        self._renames_over = True

    def files(self, folder: str, wants: Callable[[str], bool]) -> Iterator[File]:
        for found in self._sftp.listdir_attr(folder):
            if wants(found.filename):
                link = found.st_mode is not None and stat.S_ISLNK(found.st_mode)
                file = self.find(posixpath.join(folder, found.filename)) if link else _file(found.filename, found)
                if file is not None:
                    yield file

    def find(self, path: str) -> File | None:
        try:
            return _file(posixpath.basename(path), self._sftp.stat(path))
        except FileNotFoundError:
            return None

    def pieces(self, path: str) -> Iterator[bytes]:
        file = self._sftp.open(path, "rb")
        size = file.stat().st_size
        for start in range(0, size, _BLOCK * _WINDOW):
            end = min(start + _BLOCK * _WINDOW, size)
            blocks = [(at, min(_BLOCK, end - at)) for at in range(start, end, _BLOCK)]
            yield b"".join(file.readv(blocks))
        file.close()  # left before its end, it goes with the connection

    def put(self, path: str, body: bytes) -> None:
        with self._sftp.open(path, "wb") as file:
            file.set_pipelined(True)
            for start in range(0, len(body), PIECE):
                file.write(body[start : start + PIECE])
            while file._reqs:  # answers not looked at yet; one of them may say that the disk is full
                self._sftp._read_response(file._reqs.popleft())
            with contextlib.suppress(OSError):  # not every server can
                self._extended("fsync@openssh.com", file.handle)

    def rename(self, source: str, target: str, *, replace: bool) -> None:
        if not replace:
            self._sftp.rename(source, target)
            return
        if self._renames_over:
            try:
                self._sftp.posix_rename(source, target)
            except (FileNotFoundError, PermissionError):
                raise
            except OSError:
                if not self.alive():
                    raise
                self._renames_over = False
            else:
                return
        self.rename_aside(source, target)

    def remove(self, path: str) -> None:
        self._sftp.remove(path)

    def make_folder(self, path: str) -> None:
        missing = []
        while path not in ("", "/", ".") and not self._is_there(path):
            missing.append(path)
            path = posixpath.dirname(path)
        for folder in reversed(missing):
            try:
                self._sftp.mkdir(folder)
            except OSError:  # somebody else made it meanwhile
                if not self._is_there(folder):
                    raise

    def alive(self) -> bool:
        return bool(self._transport.is_active()) and not self._sftp.get_channel().closed

    def close(self) -> None:
        self._transport.close()

    def _is_there(self, path: str) -> bool:
        try:
            self._sftp.stat(path)
        except FileNotFoundError:
            return False
        return True

    def _extended(self, name: str, *values: Any) -> None:
        self._sftp._request(200, name, *values)  # SSH_FXP_EXTENDED


class SftpTransport(FileServerTransport):
    """Files on an SSH server, with a password or a key."""

    kind: ClassVar[str] = "sftp"
    title: ClassVar[str] = "SFTP"
    Config: ClassVar[type[BaseModel]] = SftpConfig
    _family = 0
    """Which of the host's keys was the one that we know."""

    def connect(self, address: str, login: Mapping[str, str]) -> Drive:
        """An SFTP channel to the host whose key is the one that the credentials name."""
        try:
            import paramiko  # type: ignore[import-untyped]
        except ModuleNotFoundError:
            raise MissingExtraError("sftp", self.title) from None
        logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # what it has to say is raised, too
        transport = self._known_host(paramiko, address, login)
        try:
            self._log_in(paramiko, transport, login)
            channel = transport.open_session(timeout=self.config.connect_timeout_s)
            channel.settimeout(self.config.timeout_s)
            channel.invoke_subsystem("sftp")
            transport.set_keepalive(15)
            return SftpDrive(transport, paramiko.SFTPClient(channel))
        except BaseException:
            transport.close()
            raise

    def _known_host(self, paramiko: Any, address: str, login: Mapping[str, str]) -> Any:
        pinned = login.get("host_fingerprint", "").rstrip("=")
        seen = []
        first = self._family
        for number in [first, *(n for n in range(len(_FAMILIES)) if n != first)]:
            transport = self._greeted(paramiko, address, _FAMILIES[number])
            if transport is None:
                continue
            key = transport.get_remote_server_key()
            print_ = "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
            if print_ == pinned:
                self._family = number
                return transport
            transport.close()
            seen.append(f"{print_} ({key.get_name()})")
        if not seen:
            raise ConnectError(
                f"{self.where} shows no host key that we know how to check", hint="it needs Ed25519, ECDSA or RSA"
            )
        if not pinned:
            raise CredentialMissingError(
                f"the host key of {self.where} is not known: it shows {', '.join(seen)}",
                hint="ask whoever runs it whether that is right, then enter it as the host's fingerprint",
            )
        raise CredentialRejectedError(
            f"the host key of {self.where} is another than the one we know: it shows {', '.join(seen)}",
            hint="ask whoever runs it why; nothing was sent. If that is right, enter the new fingerprint",
        )

    def _greeted(self, paramiko: Any, address: str, keys: tuple[str, ...]) -> Any:
        """The server, greeted, so that we know its key; None if it has none of such."""
        connected = socket.create_connection((address, self.config.port), self.config.connect_timeout_s)
        transport = paramiko.Transport(connected)
        transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = (
            self.config.connect_timeout_s
        )
        transport.get_security_options().key_types = keys
        try:
            transport.start_client(timeout=self.config.connect_timeout_s)
        except paramiko.ssh_exception.IncompatiblePeer as error:
            transport.close()
            if "host key" in str(error):
                return None
            raise
        except BaseException:
            transport.close()
            raise
        return transport

    def _log_in(self, paramiko: Any, transport: Any, login: Mapping[str, str]) -> None:
        username = login.get("username", "")
        try:
            further = [] if login.get("private_key") else ["password"]
            if not further:
                further = transport.auth_publickey(username, _key(paramiko, login))
            if further:  # of a server that wants both, too
                transport.auth_password(username, login.get("password", ""))
        except paramiko.AuthenticationException as error:
            if isinstance(error, paramiko.ssh_exception.BadAuthenticationType):
                wanted = ", ".join(error.allowed_types)
                raise CredentialRejectedError(
                    f"{self.where} refused '{username}': it wants {wanted}", hint="choose the method it wants"
                ) from None
            if "timeout" in str(error).lower():
                raise ConnectError(f"{self.where} did not answer our login", context={UNSENT: True}) from None
            raise CredentialRejectedError(
                f"{self.where} refused '{username}'", hint="see the user name, and the password or key"
            ) from None


def _key(paramiko: Any, login: Mapping[str, str]) -> Any:
    """The private key, whatever file format it comes in."""
    text, word = login["private_key"].encode(), (login.get("passphrase") or "").encode() or None
    try:
        load = load_ssh_private_key if b"OPENSSH" in text else load_pem_private_key
        key: Any = load(text, word)
    except (ValueError, TypeError) as error:
        raise CredentialRejectedError(
            f"the private key cannot be read: {str(error)[:200]}",
            hint="see that it is whole and its passphrase right",
        ) from None
    kinds: list[tuple[Any, Any]] = [
        (ed25519.Ed25519PrivateKey, paramiko.Ed25519Key), (ec.EllipticCurvePrivateKey, paramiko.ECDSAKey),
        (rsa.RSAPrivateKey, paramiko.RSAKey),
    ]  # fmt: skip
    for known, kind in kinds:
        if isinstance(key, known):
            opened = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
            return kind.from_private_key(io.StringIO(opened))
    raise CredentialRejectedError("the private key is of a kind that is not used", hint="make an Ed25519 key")


def _file(name: str, found: Any) -> File | None:
    """A plain file; None for a folder and whatever else there may be."""
    if found.st_mode is not None and not stat.S_ISREG(found.st_mode):
        return None
    return File(name, found.st_size or 0, datetime.fromtimestamp(found.st_mtime or 0, UTC))
