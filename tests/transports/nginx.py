"""nginx of the Debian package on loopback, and the certificates that it and its clients show."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from tests.servers import free_port

START_S = 20.0


class Authority:
    """An authority that signs certificates; all as PEM texts."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._certificate = self._signed(self._name, self._key, ca=True)
        self.pem = _text(self._certificate)

    def sign(self, name: str, passphrase: str = "", days: int = 1) -> tuple[str, str]:
        """A certificate for 127.0.0.1 (and for clients) of that name, and its private key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        seal: KeySerializationEncryption = NoEncryption()
        if passphrase:
            seal = BestAvailableEncryption(passphrase.encode())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, seal).decode()
        return _text(self._signed(subject, key, ca=False, days=days)), pem

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, ca: bool, days: int = 1
    ) -> x509.Certificate:
        today = dt.datetime.now(dt.UTC)
        built = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key.public_key())
        built = built.serial_number(x509.random_serial_number()).not_valid_before(today - dt.timedelta(days=10))
        built = built.not_valid_after(today + dt.timedelta(days=days))
        built = built.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        alternative = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
        return built.add_extension(alternative, critical=False).sign(self._key, hashes.SHA256())


def _text(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


@dataclass(frozen=True)
class Nginx:
    """A server that demands a client certificate (``url``), one that only reads it (``other_url``), its version."""

    url: str
    other_url: str
    version: str
    servers: Authority
    clients: Authority


CONFIG = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  default_type application/json;
  ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
  ssl_client_certificate {folder}/clients.pem;
  gzip on; gzip_min_length 1; gzip_types application/json text/plain;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_verify_client on;
    location / {{ return 200 '{{"name": "$ssl_client_s_dn"}}'; }}
    location /away {{ return 307 https://127.0.0.1:{other}/; }}
    location /files/ {{ alias {folder}/files/; }}
  }}
  server {{
    listen 127.0.0.1:{other} ssl; ssl_verify_client optional;
    location / {{ return 200 '{{"verified": "$ssl_client_verify"}}'; }}
  }}
}}
"""


@contextlib.contextmanager
def nginx() -> Iterator[Nginx]:
    """Started in a folder of its own, stopped at the end."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        raise RuntimeError("the tests need nginx: apt-get install nginx-light")
    said = subprocess.run([program, "-v"], capture_output=True, text=True, check=True).stderr
    folder = Path(tempfile.mkdtemp(prefix="weftline-nginx-"))
    folder.chmod(0o755)
    servers, clients = Authority("Servers"), Authority("Clients")
    certificate, key = servers.sign("server")
    for name, text in [("server.pem", certificate), ("server.key", key), ("clients.pem", clients.pem)]:
        (folder / name).write_text(text)
    (folder / "files").mkdir()
    (folder / "files" / "rows.json").write_text('{"row": 1}\n' * 50_000)
    port, other = free_port(), free_port()
    (folder / "nginx.conf").write_text(CONFIG.format(folder=folder, port=port, other=other))
    server = subprocess.Popen(
        [program, "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _await(server, port, folder / "error.log")
        urls = f"https://127.0.0.1:{port}", f"https://127.0.0.1:{other}"
        yield Nginx(*urls, said.strip().rpartition("/")[2], servers, clients)
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _await(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_S
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"nginx did not start: {log.read_text() if log.exists() else server.poll()}")
        time.sleep(0.02)
