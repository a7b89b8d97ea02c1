"""FTP and FTPS on the standard library.

Names are listed with NLST and asked about one by one: what LIST prints is made for people, and every server prints
it in its own way.
"""

from __future__ import annotations

import contextlib
import ftplib
import posixpath
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, cast

from pydantic import BaseModel

from weftline.errors import ConnectError, CredentialRejectedError, RequestRejectedError
from weftline.model import field
from weftline.transports.base import UNSENT
from weftline.transports.files import PIECE, File
from weftline.transports.files_drive import Drive
from weftline.transports.files_threads import FileServerConfig, FileServerTransport
from weftline.transports.http_tls import TlsContexts, refusal

Security = Literal["explicit TLS", "implicit TLS", "none (unencrypted)"]


class FtpConfig(FileServerConfig):
    """Where the server answers, and how what is said is kept secret."""

    port: int = field(21, title="Port", description="990 is usual for implicit TLS", ge=1, le=65535)
    security: Security = field(
        "explicit TLS",
        title="Security",
        description="explicit TLS: asked for before the login; implicit TLS: from the first byte; "
        "none (unencrypted): everybody on the way may read the password and the files",
    )
    authorities: str = field(
        "", title="Authorities to trust", description="PEM, beside the usual ones", multiline=True, advanced=True
    )
    encoding: str = field("utf-8", title="Encoding", description="Of names", example="latin-1", advanced=True)


class _Ftp(ftplib.FTP_TLS):
    """One that connects to an address of ours, and whose data channels go on with the session of the commands."""

    def __init__(self, config: FtpConfig, address: str, context: ssl.SSLContext) -> None:
        super().__init__(context=context, timeout=config.connect_timeout_s, encoding=config.encoding)
        self.host = config.host  # what the certificate must be for
        self.data: socket.socket | None = None
        self.gone = False
        connected = socket.create_connection((address, config.port), config.connect_timeout_s)
        self.sock, self.af = connected, connected.family
        try:
            if config.security == "implicit TLS":
                self.sock = context.wrap_socket(connected, server_hostname=self.host)
            self.file = self.sock.makefile("r", encoding=self.encoding)
            self.getresp()
        except BaseException:
            self.close()
            raise

    def ntransfercmd(self, cmd: str, rest: Any = None) -> tuple[socket.socket, int | None]:
        """A data channel. A server that sees the same TLS session again knows that it is still us (RFC 4217, 10.)."""
        data, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - encrypted below
        self.data = data
        if isinstance(self.sock, ssl.SSLSocket):
            try:
                self.data = self.context.wrap_socket(data, server_hostname=self.host, session=self.sock.session)
            except BaseException:
                data.close()
                raise
        if self.gone:  # hung up from another thread meanwhile
            self.data.close()
            raise EOFError
        return self.data, size


class FtpDrive(Drive):
    """One connection for commands; each list and file gets a data channel of its own."""

    def __init__(self, ftp: _Ftp) -> None:
        self._ftp = ftp
        self._home = ftp.pwd()

    def files(self, folder: str, wants: Callable[[str], bool]) -> Iterator[File]:
        folder = self._full(folder)
        if not self._is_folder(folder):
            raise FileNotFoundError(folder)
        self._ftp.cwd(folder)
        try:
            listed = b"".join(self._received("NLST")).decode(self._ftp.encoding)
        except ftplib.error_perm:  # how some servers say that there is nothing
            return
        for line in listed.splitlines():
            name = posixpath.basename(line)
            if name and wants(name):
                file = self.find(posixpath.join(folder, name))
                if file is not None:
                    yield file

    def find(self, path: str) -> File | None:
        path = self._full(path)
        try:
            size = self._ftp.size(path)
            said = self._ftp.sendcmd(f"MDTM {path}")[3:].strip()
        except ftplib.error_perm as error:
            if str(error).startswith("550"):
                return None
            raise _refused(error) from None
        shape = "%Y%m%d%H%M%S.%f" if "." in said else "%Y%m%d%H%M%S"
        return File(posixpath.basename(path), size or 0, datetime.strptime(said, shape).replace(tzinfo=UTC))

    def pieces(self, path: str) -> Iterator[bytes]:
        with self._about(path):
            yield from self._received(f"RETR {self._full(path)}")

    def put(self, path: str, body: bytes) -> None:
        path = self._full(path)
        try:
            data = self._ftp.transfercmd(f"STOR {path}")
        except ftplib.Error as error:
            if not self._is_folder(posixpath.dirname(path)):
                raise FileNotFoundError(path) from None
            raise _refused(error) from None
        try:
            data.sendall(body)
        finally:
            self._hang_up(data)
        with self._about(path):
            self._ftp.voidresp()

    def rename(self, source: str, target: str, *, replace: bool) -> None:
        with self._about(source):
            try:
                self._ftp.rename(self._full(source), self._full(target))
            except ftplib.error_perm:
                if not replace or self.find(source) is None or self.find(target) is None:
                    raise
                self.rename_aside(source, target)

    def remove(self, path: str) -> None:
        with self._about(path):
            self._ftp.delete(self._full(path))

    def make_folder(self, path: str) -> None:
        path = self._full(path)
        if path == "/" or self._is_folder(path):
            return
        self.make_folder(posixpath.dirname(path))
        try:
            self._ftp.mkd(path)
        except ftplib.error_perm as error:
            if not self._is_folder(path):  # else somebody else made it meanwhile
                raise _refused(error) from None

    def alive(self) -> bool:
        try:
            self._ftp.voidcmd("NOOP")
        except (ftplib.Error, OSError, EOFError, AttributeError):  # the last: closed by us
            return False
        return True

    def close(self) -> None:
        self._ftp.gone = True
        for opened in (self._ftp.data, self._ftp.sock):
            if opened is not None:
                with contextlib.suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for it
                opened.close()
        self._ftp.close()

    def _full(self, path: str) -> str:
        """From the root, since the current folder moves."""
        return posixpath.normpath(posixpath.join(self._home, path))

    def _is_folder(self, path: str) -> bool:
        try:
            self._ftp.cwd(path)
        except ftplib.error_perm:
            return False
        return True

    def _received(self, command: str) -> Iterator[bytes]:
        data = self._ftp.transfercmd(command)
        while piece := data.recv(PIECE):
            yield piece
        self._hang_up(data)
        self._ftp.voidresp()

    def _hang_up(self, data: socket.socket) -> None:
        if isinstance(data, ssl.SSLSocket):
            with contextlib.suppress(
                OSError, ValueError
            ):  # not every server says goodbye; its answer and the size decide
                data = data.unwrap()
        data.close()
        self._ftp.data = None

    @contextlib.contextmanager
    def _about(self, path: str) -> Iterator[None]:
        """A refusal as what it is; that a file is not there has no code of its own."""
        try:
            yield
        except ftplib.Error as error:
            if str(error).startswith("550") and self.find(path) is None:
                raise FileNotFoundError(path) from None
            raise _refused(error) from None


class FtpTransport(FileServerTransport):
    """Files on an FTP server, over TLS unless the instance says otherwise in words."""

    kind: ClassVar[str] = "ftp"
    title: ClassVar[str] = "FTP and FTPS"
    Config: ClassVar[type[BaseModel]] = FtpConfig
    config: FtpConfig

    def connect(self, address: str, login: Mapping[str, str]) -> Drive:
        """A connection that is secret, if it shall be, before it sees a user name."""
        config = self.config
        trusted = "\n".join(filter(None, (login.get("ca"), config.authorities)))
        context = TlsContexts({**login, "ca": trusted}, verify=True).home
        context = ssl.create_default_context() if context is True else cast("ssl.SSLContext", context)
        try:
            ftp = _Ftp(config, address, context)
            try:
                self._log_in(ftp, login)
                return FtpDrive(ftp)
            except BaseException:
                ftp.close()
                raise
        except ssl.SSLError as error:
            raise refusal(error, self.where) or ConnectError(
                f"no TLS with {self.where}: {error.reason or error}",
                hint="see the port, and whether the server wants explicit or implicit TLS",
                context={UNSENT: True},
            ) from None

    def _log_in(self, ftp: _Ftp, login: Mapping[str, str]) -> None:
        if self.config.security == "explicit TLS":
            try:
                ftp.auth()
            except ftplib.error_perm as error:
                raise RequestRejectedError(
                    f"{self.where} offers no TLS: {error}",
                    hint="see whether it wants implicit TLS; without any, everybody on the way may read everything",
                ) from None
        try:
            ftp.login(login.get("username", ""), login.get("password", ""), secure=False)
        except ftplib.error_perm as error:
            raise CredentialRejectedError(
                f"{self.where} refused '{login.get('username', '')}': {str(error)[:200]}",
                hint="see the user name and the password; some servers want TLS before they listen to them",
            ) from None
        if self.config.security != "none (unencrypted)":
            ftp.prot_p()
        with contextlib.suppress(ftplib.error_perm):
            ftp.sendcmd("OPTS UTF8 ON")
        ftp.voidcmd("TYPE I")
        ftp.timeout = self.config.timeout_s
        cast("socket.socket", ftp.sock).settimeout(self.config.timeout_s)


def _refused(error: ftplib.Error) -> OSError:
    return OSError(str(error)[:200])
