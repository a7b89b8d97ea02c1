"""vsftpd of the Debian package on loopback: plain, with explicit and with implicit TLS."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.servers import free_port
from tests.transports.files_servers import Place, Server
from tests.transports.nginx import Authority
from tests.transports.sftp_servers import await_port

VSFTPD = "/usr/sbin/vsftpd"

# Runs as whoever runs the tests, whose one user is nobody's account but has a password.
CONFIG = """
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
run_as_launching_user=YES
seccomp_sandbox=NO
local_enable=NO
anonymous_enable=YES
secure_email_list_enable=YES
email_password_file={folder}/passwords
anon_world_readable_only=NO
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_umask=022
write_enable=YES
utf8_filesystem=YES
xferlog_enable=YES
vsftpd_log_file={folder}/log
secure_chroot_dir={folder}
"""
TLS = """
ssl_enable=YES
allow_anon_ssl=YES
force_anon_logins_ssl=YES
force_anon_data_ssl=YES
require_ssl_reuse=YES
ssl_ciphers=HIGH
rsa_cert_file={folder}/server.pem
rsa_private_key_file={folder}/server.key
"""


@contextlib.contextmanager
def vsftpd(security: str) -> Iterator[Server]:
    """For the user "ftp" whose password is "right"; data channels without the session of the commands are refused."""
    if not Path(VSFTPD).exists():
        raise RuntimeError("the tests need an FTP server: apt-get install vsftpd")
    folder = Path(tempfile.mkdtemp(prefix="weftline-ftp-"))
    folder.chmod(0o755)
    authority = Authority("Files")
    certificate, key = authority.sign("server")
    (folder / "server.pem").write_text(certificate)
    (folder / "server.key").write_text(key)
    (folder / "passwords").write_text("right\n")
    port = free_port()
    text = CONFIG + ("" if security.startswith("none") else TLS)
    text += "implicit_ssl=YES\n" if security.startswith("implicit") else ""
    (folder / "config").write_text(text.format(folder=folder, port=port))
    process = subprocess.Popen([VSFTPD, folder / "config"], stdin=subprocess.DEVNULL)
    config = {"host": "127.0.0.1", "port": port, "security": security}
    config |= {} if security.startswith("none") else {"authorities": authority.pem}
    try:
        await_port(process, port, folder / "log")
        said = subprocess.run([VSFTPD, "-v"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        words = (said.stdout + said.stderr).strip().replace("version ", "") or "vsftpd"
        login = {"username": "ftp", "password": "right"}
        yield Server(Place("ftp", config, login), folder, process, words, {"authority": authority})
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
