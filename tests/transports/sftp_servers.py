"""Two SFTP servers on loopback: OpenSSH of the Debian package, with keys, and one with passwords in this process."""

from __future__ import annotations

import base64
import contextlib
import getpass
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paramiko
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.servers import free_port
from tests.transports.files_servers import Place, Server

START_S = 20.0
SSHD = "/usr/sbin/sshd"
SFTP = "/usr/lib/openssh/sftp-server"

CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_ed25519
HostKey {folder}/host_rsa
AuthorizedKeysFile {folder}/authorized_keys
PidFile {folder}/pid
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
Subsystem sftp {sftp}
"""


def private(key: Any, passphrase: str = "", form: PrivateFormat = PrivateFormat.OpenSSH) -> str:
    """A private key as a person pastes it."""
    seal: KeySerializationEncryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return str(key.private_bytes(Encoding.PEM, form, seal).decode())


def public(key: Any) -> str:
    return str(key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode())


def fingerprint(key: Any) -> str:
    blob = base64.b64decode(public(key).split()[1])
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


@contextlib.contextmanager
def openssh() -> Iterator[Server]:
    """sshd with an Ed25519 and an RSA key of its own; ``keys`` has both, and those that may come in."""
    if not Path(SSHD).exists():
        raise RuntimeError("the tests need an SSH server: apt-get install openssh-server openssh-sftp-server")
    if os.geteuid() == 0:  # where it locks itself up before a login; its package makes it when the machine starts
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="weftline-sshd-"))
    folder.chmod(0o755)
    hosts = {"ed25519": ed25519.Ed25519PrivateKey.generate(), "rsa": rsa.generate_private_key(65537, 2048)}
    keys: dict[str, Any] = {
        "ed25519": ed25519.Ed25519PrivateKey.generate(), "ecdsa": ec.generate_private_key(ec.SECP256R1()),
        "rsa": rsa.generate_private_key(65537, 2048),
    }  # fmt: skip
    for name, key in hosts.items():
        (folder / f"host_{name}").write_text(private(key))
        (folder / f"host_{name}").chmod(0o600)
    (folder / "authorized_keys").write_text("\n".join(public(key) for key in keys.values()) + "\n")
    port = free_port()
    (folder / "config").write_text(CONFIG.format(folder=folder, port=port, sftp=SFTP))
    log = folder / "log"
    process = subprocess.Popen([SSHD, "-D", "-f", folder / "config", "-E", log], stdin=subprocess.DEVNULL)
    login = {
        "username": getpass.getuser(), "private_key": private(keys["ed25519"]),
        "host_fingerprint": fingerprint(hosts["ed25519"]),
    }  # fmt: skip
    try:
        await_port(process, port, log)
        said = subprocess.run([SSHD, "-V"], capture_output=True, text=True, check=False).stderr
        yield Server(
            Place("sftp", {"host": "127.0.0.1", "port": port}, login),
            folder, process, said.split(",")[0].strip().replace("_", " "), {"hosts": hosts, "keys": keys},
        )  # fmt: skip
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def await_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until it answers; what it said when it does not."""
    until = time.monotonic() + START_S
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the server did not start: {log.read_text() if log.exists() else process.poll()}")
        time.sleep(0.02)


class _Door(paramiko.ServerInterface):
    """Lets in who knows the password."""

    def __init__(self, tries: list[str]) -> None:
        self._tries = tries

    def check_auth_password(self, username: str, password: str) -> int:
        self._tries.append(username)
        right = (username, password) == ("ann", "right")
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _Folder(paramiko.SFTPServerInterface):
    """The machine's files; it can neither rename over a file nor sync."""

    def _done(self, work: Any, *values: Any) -> Any:
        try:
            return work(*values) or paramiko.SFTP_OK
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def list_folder(self, path: str) -> Any:
        found = []
        try:
            for entry in os.scandir(path):
                with contextlib.suppress(FileNotFoundError):  # renamed meanwhile
                    about = entry.stat(follow_symlinks=False)
                    found.append(paramiko.SFTPAttributes.from_stat(about, entry.name))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        return found

    def stat(self, path: str) -> Any:
        return self._done(lambda: paramiko.SFTPAttributes.from_stat(Path(path).stat()))

    lstat = stat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        def opened() -> paramiko.SFTPHandle:
            handle = paramiko.SFTPHandle(flags)
            file = os.fdopen(os.open(path, flags, 0o600), "wb" if flags & os.O_WRONLY else "rb")
            handle.readfile = handle.writefile = file  # type: ignore[attr-defined]
            handle.stat = lambda: paramiko.SFTPAttributes.from_stat(os.fstat(file.fileno()))
            return handle

        return self._done(opened)

    def remove(self, path: str) -> Any:
        return self._done(Path(path).unlink)

    def rename(self, oldpath: str, newpath: str) -> Any:
        if Path(newpath).exists():
            return paramiko.SFTP_FAILURE
        return self._done(lambda: Path(oldpath).rename(newpath) and None)

    def mkdir(self, path: str, attr: Any) -> Any:
        return self._done(Path(path).mkdir)


@contextlib.contextmanager
def with_passwords() -> Iterator[Server]:
    """For the user "ann" whose password is "right"; ``keys["tries"]`` has who tried to log in."""
    host = ec.generate_private_key(ec.SECP256R1())
    folder = Path(tempfile.mkdtemp(prefix="weftline-sftp-"))
    tries: list[str] = []
    doors = socket.create_server(("127.0.0.1", 0))
    opened: list[paramiko.Transport] = []

    def serve() -> None:
        while True:
            try:
                connected, _ = doors.accept()
            except OSError:
                return
            transport = paramiko.Transport(connected)
            opened.append(transport)
            transport.add_server_key(paramiko.ECDSAKey(vals=(host, host.public_key())))
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folder)
            with contextlib.suppress(paramiko.SSHException, EOFError):
                transport.start_server(event=threading.Event(), server=_Door(tries))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    login = {"username": "ann", "password": "right", "host_fingerprint": fingerprint(host)}
    try:
        config = {"host": "127.0.0.1", "port": doors.getsockname()[1]}
        words = f"Paramiko {paramiko.__version__} as a server"
        yield Server(Place("sftp", config, login), folder, None, words, {"tries": tries, "opened": opened})
    finally:
        doors.shutdown(socket.SHUT_RDWR)
        doors.close()
        thread.join(20)
        for transport in opened:
            transport.close()
        shutil.rmtree(folder, ignore_errors=True)
