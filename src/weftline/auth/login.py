"""Kinds that log in when a transport connects; nothing is put into requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from weftline.auth.assertion import pem
from weftline.auth.base import AuthMethod
from weftline.errors import CredentialRejectedError
from weftline.model import Request

_PEM = ("private_key", "certificate", "ca")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")


class LoginAuth(AuthMethod):
    """A login by name.

    The Config's fields are named as :meth:`AuthMethod.login` names its values, and hold credentials' keys. What is
    ``optional`` is no part of the login while it is unset, or left empty by the person.
    """

    optional: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def credential_keys(cls, config: Any) -> list[str]:
        return [key for _, key in config if key is not None]

    def sign(self, request: Request) -> None:
        """The request stays as it is."""

    def login(self) -> Mapping[str, str]:
        """The credentials' values; :class:`CredentialRejectedError` for a fingerprint that is none."""
        found = {}
        for name, key in self.config:
            if key is None or (name in self.optional and not self._credentials.get(key)):
                continue
            value = self.credential(key)
            found[name] = pem(value).decode() if name in _PEM else value
        if not _FINGERPRINT.fullmatch(found.get("host_fingerprint", "SHA256:" + "A" * 43)):
            raise CredentialRejectedError(
                f"the credential '{self.config.host_fingerprint}' is no fingerprint of a host key",
                hint="it looks like SHA256:... as 'ssh-keyscan HOST | ssh-keygen -lf -' prints it",
            )
        return found
