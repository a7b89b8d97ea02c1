"""Web servers of Debian packages, each started in a folder of its own."""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import free_port

START_S = 20.0
PASSWORD = "pass wörd:1"

APACHE = """
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
ServerRoot {folder}
PidFile {folder}/pid
ErrorLog {folder}/error.log
User {user}
Group {user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authn_file_module {modules}/mod_authn_file.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule auth_digest_module {modules}/mod_auth_digest.so
DocumentRoot {folder}/www
<Location />
  AuthType Digest
  AuthName weftline
  AuthDigestProvider file
  AuthUserFile {folder}/users
  AuthDigestNonceLifetime 1
  Require valid-user
</Location>
"""

LIGHTTPD = """
server.document-root = "{folder}/www"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{folder}/error.log"
server.modules = ( "mod_auth", "mod_authn_file" )
auth.backend = "htdigest"
auth.backend.htdigest.userfile = "{folder}/users"
auth.require = ( "/" => (
  "method" => "{method}", "algorithm" => "{algorithm}", "realm" => "weftline", "require" => "valid-user"
) )
"""


@contextlib.contextmanager
def apache() -> Iterator[str]:
    """Apache with mod_auth_digest (MD5), whose nonces live for a second; its address."""
    binary = _binary("apache2")
    modules = Path("/usr/lib/apache2/modules")
    user = "www-data" if os.geteuid() == 0 else getpass.getuser()
    port = free_port()
    with _folder("md5") as folder:
        config = folder / "apache.conf"
        config.write_text(APACHE.format(port=port, folder=folder, modules=modules, user=user), "utf-8")
        with _running([binary, "-f", str(config), "-DFOREGROUND"], port):
            yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def lighttpd(algorithm: str, method: str = "digest") -> Iterator[str]:
    """lighttpd with digests of one algorithm, or with basic authentication; its address."""
    port = free_port()
    with _folder(algorithm.replace("-", "").lower()) as folder:
        config = folder / "lighttpd.conf"
        config.write_text(LIGHTTPD.format(port=port, folder=folder, algorithm=algorithm, method=method), "utf-8")
        with _running([_binary("lighttpd"), "-D", "-f", str(config)], port):
            yield f"http://127.0.0.1:{port}"


def version(program: str) -> str:
    """The version that a program tells, as one word."""
    text = subprocess.run([_binary(program), "-v"], capture_output=True, text=True, check=True).stdout
    return text.split("/", 1)[1].split()[0]


@contextlib.contextmanager
def _folder(algorithm: str) -> Iterator[Path]:
    """A folder that a server's own user can read (those of tests are ours alone): one page, and one user's digest."""
    folder = Path(tempfile.mkdtemp(prefix="weftline-web-"))
    try:
        (folder / "www").mkdir()
        (folder / "www" / "items").write_text('{"items": [1]}', "utf-8")
        secret = hashlib.new(algorithm, f"ada:weftline:{PASSWORD}".encode(), usedforsecurity=False).hexdigest()
        (folder / "users").write_text(f"ada:weftline:{secret}\n", "utf-8")
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binary(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        pytest.fail(f"{name} is missing: scripts/test-needs.sh installs it")
    return found


@contextlib.contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + START_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert server.poll() is None, f"{command[0]} ended with {server.returncode}"
            assert time.monotonic() < until, f"{command[0]} does not listen"
            time.sleep(0.02)
        yield
    finally:
        server.terminate()
        server.wait(20)
