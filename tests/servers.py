"""Servers for tests: the one that listens already, or one of the Debian package, started in a folder of its own."""

from __future__ import annotations

import contextlib
import getpass
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

PORT = 5432
PORTS = range(12_000, 32_000)
START_S = 60.0


@dataclass(frozen=True)
class Postgres:
    """A server that answers: a URL with the right to create databases, and words for the summary."""

    url: URL
    words: str


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """PostgreSQL by ``WEFTLINE_TEST_POSTGRES`` (a URL), on its standard port, or started; never none."""
    given = os.environ.get("WEFTLINE_TEST_POSTGRES")
    if given:
        url = make_url(given).set(drivername="postgresql+psycopg")
        yield Postgres(url, f"PostgreSQL {version(url)} of WEFTLINE_TEST_POSTGRES")
        return
    for database in ("test", "postgres"):
        url = URL.create("postgresql+psycopg", getpass.getuser(), None, "127.0.0.1", PORT, database)
        if _may_create(url):
            yield Postgres(url, f"PostgreSQL {version(url)} that listens on 127.0.0.1:{PORT}")
            return
    with started() as url:
        yield Postgres(url, f"PostgreSQL {version(url)} started from its package")


@contextlib.contextmanager
def database(server: Postgres, name: str) -> Iterator[str]:
    """A fresh database on a server, gone afterwards; its URL as Weftline reads it."""
    _administer(server.url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    try:
        yield server.url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    finally:
        _administer(server.url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def version(url: URL) -> str:
    """The server's version."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return str(connection.execute(sa.text("SHOW server_version")).scalar()).split()[0]


def write_private(path: Path, text: str, user: str | None) -> None:
    """A file that its owner alone may read, such as a server wants its key."""
    path.touch(0o600)
    path.write_text(text)
    if user:
        shutil.chown(path, user)


def free_port() -> int:
    """A port that nobody listens on, below those that the kernel deals out: only another call here may choose it."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            # Not of ``random``, which begins each test anew: tests in two processes would choose the same.
            probe.bind(("127.0.0.1", PORTS.start + secrets.randbelow(len(PORTS))))
            return int(probe.getsockname()[1])


def _administer(url: URL, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def _may_create(url: URL) -> bool:
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            question = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            return bool(connection.execute(sa.text(question)).scalar())
    except sa.exc.OperationalError:
        return False


@contextlib.contextmanager
def started(options: Sequence[str] = (), files: Mapping[str, str] | None = None) -> Iterator[URL]:
    """One of its own, with further options (``name=value``), and files in its data's folder."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="weftline-postgres-"))
    user: str | None = None
    if os.geteuid() == 0:  # the server refuses to run as root
        user = "postgres"
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    try:
        run = {"user": user, "cwd": folder, "stdin": subprocess.DEVNULL, "capture_output": True}
        data = folder / "data"
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "weftline", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            **run,
        )
        for name, text in (files or {}).items():
            write_private(data / name, text, user)
        port = free_port()
        options = [
            f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "fsync=off", *options
        ]  # fmt: skip
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *[word for option in options for word in ("-c", option)]],
            user=user,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = URL.create("postgresql+psycopg", "weftline", None, "127.0.0.1", port, "postgres")
            _await(server, url)
            yield url
        finally:
            server.terminate()
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await(server: subprocess.Popen[bytes], url: URL) -> None:
    until = time.monotonic() + START_S
    while not _may_create(url):
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"PostgreSQL did not start (exit code {server.poll()})")
        time.sleep(0.1)


def _programs() -> Path:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    if found is None:
        raise RuntimeError("the tests need PostgreSQL: apt-get install postgresql, or set WEFTLINE_TEST_POSTGRES")
    return Path(found).resolve().parent
