"""TLS as a login asks for: a certificate of our own, private authorities."""

from __future__ import annotations

import secrets
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from weftline.errors import CredentialRejectedError, RequestRejectedError


class TlsContexts:
    """One context for the application's own host, and one without our certificate for where it redirects to."""

    def __init__(self, login: Mapping[str, str], *, verify: bool) -> None:
        private = bool(login.get("ca")) or not verify
        self.elsewhere: ssl.SSLContext | bool = _context(login, verify) if private else True
        """``True`` stands for the process's usual one."""
        self.home = self.elsewhere
        if login.get("certificate"):
            self.home = _context(login, verify)
            _present(self.home, login)


def _context(login: Mapping[str, str], verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if login.get("ca"):
        try:
            context.load_verify_locations(cadata=login["ca"])
        except ssl.SSLError as error:
            raise CredentialRejectedError(
                f"the authorities to trust cannot be read: {error.reason or error}",
                hint="paste their certificates as PEM, from BEGIN CERTIFICATE to END CERTIFICATE",
            ) from None
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _present(context: ssl.SSLContext, login: Mapping[str, str]) -> None:
    """Load certificate and key. The library reads files only, so the key is sealed anew with a word of the moment."""
    try:
        passphrase = login.get("passphrase") or None
        key = load_pem_private_key(login.get("private_key", "").encode(), passphrase and passphrase.encode())
    except (ValueError, TypeError):
        raise CredentialRejectedError(
            "the private key cannot be read",
            hint="paste it whole, as PEM, and see that its passphrase is right",
        ) from None
    word = secrets.token_bytes(16).hex()
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(word.encode()))
    with tempfile.TemporaryDirectory() as folder:
        chain = Path(folder, "client.pem")
        chain.write_bytes(sealed + b"\n" + login["certificate"].encode())
        try:
            context.load_cert_chain(chain, password=word)
        except ssl.SSLError as error:
            raise CredentialRejectedError(
                f"the client certificate cannot be used: {error.reason or error}",
                hint="see that it is PEM, and that the private key is its own",
            ) from None


def refusal(error: BaseException | None, where: str) -> RequestRejectedError | CredentialRejectedError | None:
    """What an error of the library says about certificates; None for everything else.

    Neither is cured by trying again.
    """
    while error is not None:
        # The HTTP library's own classes are of these kinds, too, but lack what they say.
        untrusted, reason = getattr(error, "verify_message", ""), getattr(error, "reason", "") or ""
        if untrusted:
            return RequestRejectedError(
                f"the certificate of {where} is not trusted: {untrusted}",
                hint="if a private authority signed it, give its certificate among the instance's credentials",
            )
        if isinstance(error, ssl.SSLError) and "ALERT" in reason:
            told = reason.replace("_", " ").lower()
            if any(word in told for word in ("certificate", "unknown ca", "access denied")):
                return CredentialRejectedError(
                    f"{where} refused our certificate ({told})",
                    hint="see the instance's certificate: it may be missing, expired or not known there",
                )
        error = error.__cause__ or error.__context__
    return None
