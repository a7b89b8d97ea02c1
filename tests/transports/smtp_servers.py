"""Exim of the Debian package on loopback, which delivers into a folder; and a server that does as a test tells it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from tests.servers import free_port
from tests.transports.files_servers import POLICY
from tests.transports.nginx import Authority
from tests.transports.sftp_servers import await_port
from weftline.transports import TRANSPORTS, OutboundPolicy

EXIM = "/usr/sbin/exim4"
LOGIN = {"username": "ada", "password": "right"}
SIZE = 3_000_000

# Lets in who logs in over TLS, knows everybody at example.test but "nobody" (until a file "hired" is there), and
# sends nothing on.
CONFIG = """
primary_hostname = mail.example.test
spool_directory = {folder}/spool
log_file_path = {folder}/log/%s
pid_file_path = {folder}/pid
daemon_smtp_ports = {port} : {tls_port}
tls_on_connect_ports = {tls_port}
local_interfaces = 127.0.0.1
tls_advertise_hosts = *
tls_certificate = {folder}/server.pem
tls_privatekey = {folder}/server.key
message_size_limit = {size}
smtp_accept_max_per_connection = 5
host_lookup =
rfc1413_hosts =
{privilege}
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
begin acl
rcpt:
  deny !authenticated = *
       message = log in first
  deny domains = ! example.test
       message = relay not permitted
  deny local_parts = nobody
       condition = ${{if exists{{{folder}/hired}}{{no}}{{yes}}}}
       message = no such user here
  accept
begin routers
all:
  driver = accept
  transport = folder
begin transports
folder:
  driver = appendfile
  directory = {folder}/mail
  maildir_format
  create_directory = false
  envelope_to_add
  return_path_add
  batch_max = 100
  {user}
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and {{{{eq{{$auth2}}{{ada}}}}{{eq{{$auth3}}{{right}}}}}}}}
  server_set_id = $auth2
  server_advertise_condition = ${{if def:tls_in_cipher}}
"""


@dataclass
class MailServer:
    """A server with what it delivered."""

    config: dict[str, Any]
    tls_port: int
    folder: Path
    words: str
    authority: Authority
    login: dict[str, str] = field(default_factory=lambda: dict(LOGIN))

    def transport(self, login: dict[str, str] | None = None, policy: OutboundPolicy = POLICY, **more: Any) -> Any:
        return transport(self.config | more, self.login | (login or {}), policy)

    def mails(self, subject: str, count: int = 1, within_s: float = 20.0) -> list[EmailMessage]:
        """Those of that subject, once there are so many; Python's own parser reads them."""
        until = time.monotonic() + within_s
        while True:
            read = [message_from_bytes(file.read_bytes(), policy=default) for file in self.folder.glob("mail/new/*")]
            found: list[Any] = [mail for mail in read if mail["Subject"] == subject]
            if len(found) >= count or time.monotonic() > until:
                return found
            time.sleep(0.05)


def transport(config: dict[str, Any], login: dict[str, str], policy: OutboundPolicy = POLICY) -> Any:
    kind: Any = TRANSPORTS.get("smtp")
    return kind(TRANSPORTS.config("smtp", config), policy, login)


@contextlib.contextmanager
def exim() -> Iterator[MailServer]:
    """For the user "ada" whose password is "right"; with STARTTLS, or on a port of its own with TLS."""
    if not Path(EXIM).exists():
        raise RuntimeError("the tests need a mail server: apt-get install exim4-daemon-light")
    folder = Path(tempfile.mkdtemp(prefix="weftline-mail-"))
    authority = Authority("Postmasters")
    certificate, key = authority.sign("mail")
    (folder / "server.pem").write_text(certificate)
    (folder / "server.key").write_text(key)
    for name in ("spool", "log", "mail", "mail/new", "mail/cur", "mail/tmp"):
        (folder / name).mkdir()
    root = os.geteuid() == 0
    port, tls_port = free_port(), free_port()
    text = CONFIG.format(
        folder=folder, port=port, tls_port=tls_port, size=SIZE,
        privilege="" if root else "deliver_drop_privilege", user="user = Debian-exim" if root else "",
    )  # fmt: skip
    (folder / "config").write_text(text)
    if root:  # it becomes a user of its own
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "Debian-exim", "Debian-exim")
        shutil.chown(folder / "config", "root", "root")
    process = subprocess.Popen(
        [EXIM, "-C", folder / "config", "-bdf", "-q1h"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for number in (port, tls_port):
            await_port(process, number, folder / "log" / "main")
        said = subprocess.run([EXIM, "-bV"], capture_output=True, text=True, check=False).stdout
        config = {"host": "127.0.0.1", "port": port, "authorities": authority.pem}
        yield MailServer(config, tls_port, folder, " ".join(said.split()[:3]), authority)
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


CUT = "cut"
"""Instead of an answer: hang up."""


@dataclass
class Script:
    """What a server says: per verb answers used up one by one, then what a good one says.

    ``END`` is the answer to a whole mail, ``HELLO`` the greeting. An answer may be a number: seconds to wait first.
    """

    answers: dict[str, list[Any]] = field(default_factory=dict)
    offers: list[str] = field(default_factory=list)
    port: int = 0
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    connections: int = 0

    def transport(self, login: dict[str, str] | None = None, **more: Any) -> Any:
        config = {"host": "127.0.0.1", "port": self.port, "security": "none (unencrypted)", "wait_s": 0.05}
        return transport(config | more, login or {})

    async def say(self, verb: str, usual: str, writer: asyncio.StreamWriter) -> str:
        """The answer that is next; :class:`ConnectionError` to hang up."""
        answer = usual
        while self.answers.get(verb):
            answer = self.answers[verb].pop(0)
            if not isinstance(answer, float):
                break
            await asyncio.sleep(answer)
            answer = usual
        if answer == CUT:
            raise ConnectionError
        writer.write(answer.encode() + b"\r\n")
        await writer.drain()
        if answer.startswith("421"):
            raise ConnectionError
        return answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        hello = "\r\n".join(f"250-{line}" for line in ["script.test", *self.offers]) + "\r\n250 HELP"
        try:
            await self.say("HELLO", "220 script.test", writer)
            while heard := await reader.readline():
                line = heard.decode().rstrip()
                self.heard.append(line)
                verb = line.partition(" ")[0]
                usual = {"EHLO": hello, "DATA": "354 go on", "AUTH": "235 welcome"}.get(verb, "250 OK")
                answer = await self.say(verb, usual, writer)
                if verb == "QUIT":
                    break
                if answer.startswith("354"):
                    content = await reader.readuntil(b"\r\n.\r\n")
                    self.mails.append((b"\r\n" + content[:-3]).replace(b"\r\n..", b"\r\n.")[2:])
                    await self.say("END", "250 2.0.0 kept", writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@contextlib.asynccontextmanager
async def scripted(*offers: str, **answers: list[Any]) -> AsyncIterator[Script]:
    """A server of this process."""
    script = Script(answers, list(offers))
    async with await asyncio.start_server(script.serve, "127.0.0.1", 0, limit=10_000_000) as server:
        script.port = server.sockets[0].getsockname()[1]
        yield script
