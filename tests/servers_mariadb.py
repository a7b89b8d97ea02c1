"""MariaDB for tests: the one that listens already, or one of the Debian package, started in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pymysql

from tests.servers import free_port, write_private

PORT = 3306
START_S = 60.0


@dataclass(frozen=True)
class MariaDb:
    """A server that lets root in without a password, and words for the summary."""

    port: int
    words: str

    def administer(self, *statements: str) -> None:
        """Run statements as root."""
        with pymysql.connect(host="127.0.0.1", port=self.port, user="root", ssl_disabled=True) as connection:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
            connection.commit()


@contextlib.contextmanager
def mariadb() -> Iterator[MariaDb]:
    """MariaDB on its standard port, or started; never none."""
    version = _version(PORT)
    if version:
        yield MariaDb(PORT, f"MariaDB {version} that listens on 127.0.0.1:{PORT}")
        return
    with started() as server:
        yield server


@contextlib.contextmanager
def database(server: MariaDb, name: str) -> Iterator[str]:
    """A fresh database on a server, gone afterwards."""
    server.administer(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    try:
        yield name
    finally:
        server.administer(f"DROP DATABASE IF EXISTS {name}")


@contextlib.contextmanager
def started(options: Sequence[str] = (), files: Mapping[str, str] | None = None) -> Iterator[MariaDb]:
    """One of its own, with further options (``{folder}`` stands for the one it runs in) and files in it."""
    program = shutil.which("mariadbd") or shutil.which("mysqld") or "/usr/sbin/mariadbd"
    folder = Path(tempfile.mkdtemp(prefix="weftline-mariadb-"))
    user: str | None = None
    if os.geteuid() == 0:  # the server refuses to run as root
        user = "mysql"
        shutil.chown(folder, user)
    run = {"user": user, "cwd": folder, "stdin": subprocess.DEVNULL}
    try:
        data, port = folder / "data", free_port()
        for name, text in (files or {}).items():
            write_private(folder / name, text, user)
        install = [
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
        ]
        subprocess.run([*install, "--skip-test-db"], check=True, capture_output=True, **run)
        server = subprocess.Popen(
            [
                program, "--no-defaults", f"--datadir={data}", f"--port={port}", f"--socket={folder / 's'}",
                f"--pid-file={folder / 'pid'}", "--bind-address=127.0.0.1", "--skip-log-bin",
                "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M",
                *[option.format(folder=folder) for option in options],
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **run,
        )  # fmt: skip
        try:
            until = time.monotonic() + START_S
            while not (version := _version(port)):
                if server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"MariaDB did not start (exit code {server.poll()})")
                time.sleep(0.1)
            yield MariaDb(port, f"MariaDB {version} started from its package")
        finally:
            server.terminate()
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _version(port: int) -> str:
    try:
        with pymysql.connect(host="127.0.0.1", port=port, user="root", ssl_disabled=True, connect_timeout=5) as found:
            return str(found.get_server_info()).removeprefix("5.5.5-").partition("-")[0]  # for old clients' sake
    except pymysql.err.OperationalError:
        return ""
