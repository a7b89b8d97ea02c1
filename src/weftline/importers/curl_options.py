"""The words of a curl command as a request, as curl itself reads its options."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote_plus

from weftline.importers.guess_auth import Pairs

_LONG = {
    "X": "request", "H": "header", "d": "data", "F": "form", "u": "user", "G": "get", "b": "cookie",
    "A": "user-agent", "e": "referer", "L": "location", "s": "silent", "i": "include", "o": "output",
    "k": "insecure", "I": "head",
    "S": "show-error", "v": "verbose", "f": "fail", "N": "no-buffer", "g": "globoff", "#": "progress-bar",
    "O": "remote-name", "J": "remote-header-name", "w": "write-out", "D": "dump-header", "m": "max-time",
    "c": "cookie-jar", "x": "proxy", "E": "cert", "T": "upload-file", "r": "range", "n": "netrc", "0": "http1.0",
    "4": "ipv4", "6": "ipv6", ":": "next", "j": "junk-session-cookies", "q": "disable",
}  # fmt: skip
_SILENT = {
    "location", "silent", "show-error", "include", "verbose", "fail", "fail-with-body", "no-buffer", "globoff",
    "progress-bar", "remote-name", "remote-header-name", "compressed", "http1.0", "http1.1", "http2", "ipv4", "ipv6",
    "http2-prior-knowledge", "http3", "location-trusted", "path-as-is", "tcp-nodelay", "no-progress-meter", "tlsv1.2",
    "tlsv1.3", "basic", "post301", "post302", "post303", "no-keepalive", "junk-session-cookies", "disable", "raw",
}  # fmt: skip
_SILENT_WITH_VALUE = {
    "output", "write-out", "dump-header", "cookie-jar", "retry", "retry-delay", "retry-max-time", "connect-timeout",
    "keepalive-time", "max-redirs", "stderr", "limit-rate", "output-dir",
}  # fmt: skip
_DATA = {"data", "data-ascii", "data-raw", "data-binary", "data-urlencode", "json"}
_VALUES = _DATA | _SILENT_WITH_VALUE | {
    "request", "header", "form", "form-string", "user", "cookie", "user-agent", "referer", "url", "oauth2-bearer",
    "aws-sigv4", "max-time", "proxy", "cert", "key", "cacert", "upload-file", "range", "url-query", "resolve",
    "connect-to", "interface", "proxy-user", "config", "capath", "ciphers",
}  # fmt: skip
_FLAGS = {"get", "head", "insecure", "netrc", "next", "digest", "ntlm", "negotiate", "anyauth"}
_ELSEWHERE = {
    "insecure": "it accepts any certificate (-k): give the instance the right authority, or set verify_tls: false",
    "proxy": "it goes through a proxy (-x): that is set for the installation, not for a connector",
    "cacert": "it trusts an authority of its own (--cacert): add it to a client certificate's credentials",
    "netrc": "its credentials stand in a file (.netrc): add the authentication method",
    "config": "it reads options from a file (--config): add what they say",
    "ntlm": "it authenticates with NTLM, which has no equivalent here",
    "negotiate": "it authenticates with Negotiate, which has no equivalent here",
    "anyauth": "it takes any authentication method that the server offers: taken for a basic one",
}


@dataclass(slots=True)
class Command:
    """What a command sends; texts may hold a shell's variables."""

    urls: list[str] = field(default_factory=list)
    method: str = ""
    headers: Pairs = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    query: list[str] = field(default_factory=list)
    """Pieces of a query, as they are sent."""
    form: list[tuple[str, str, bool]] = field(default_factory=list)
    """Name, value, and whether the value is text whatever it begins with."""
    files: bool = False
    get: bool = False
    head: bool = False
    json: bool = False
    user: bool = False
    digest: bool = False
    sigv4: str | None = None
    cert: bool = False
    timeout_s: float | None = None
    todo: list[str] = field(default_factory=list)

    @property
    def verb(self) -> str:
        """The method that is sent."""
        sends = bool(self.data or self.form or self.files) and not self.get
        return self.method.upper() or ("HEAD" if self.head else "POST" if sends else "GET")


def read(words: list[str]) -> list[Command]:
    """The requests of a command's words, the word ``curl`` left off."""
    found = [Command()]
    waiting = list(words)
    only_options = False
    while waiting:
        word = waiting.pop(0)
        if only_options or not word.startswith("-") or word == "-":
            found[-1].urls.append(word)
        elif word == "--":
            only_options = True
        elif word.startswith("--"):
            _take(found, word[2:], waiting)
        else:
            _short(found, word[1:], waiting)
    return [one for one in found if one.urls or one.todo or one.headers]


def _short(found: list[Command], letters: str, waiting: list[str]) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        name = _LONG.get(letter, letter)
        if name in _VALUES and letters:
            waiting.insert(0, letters)
            letters = ""
        _take(found, name, waiting)


def _take(found: list[Command], name: str, waiting: list[str]) -> None:
    one = found[-1]
    bare = name.removeprefix("no-")
    if name in _SILENT or (bare in _SILENT and bare != name):
        return
    if name in _VALUES:
        if not waiting:
            one.todo.append(f"its option --{name} has no value")
            return
        _value(one, name, waiting.pop(0))
    elif name in _FLAGS:
        if name == "next":
            found.append(Command())
        elif name in ("get", "head", "digest"):
            setattr(one, name, True)
        if name in _ELSEWHERE:
            one.todo.append(_ELSEWHERE[name])
    else:
        one.todo.append(f"its option '{'--' if len(name) > 1 else '-'}{name}' is not known here")
        address = any("://" in word for word in waiting[1:]) or bool(one.urls)
        if waiting and not waiting[0].startswith("-") and "://" not in waiting[0] and address:
            waiting.pop(0)


def _value(one: Command, name: str, value: str) -> None:
    if name in _DATA:
        _data(one, name, value)
    elif name in ("form", "form-string"):
        field_name, _, text = value.partition("=")
        one.form.append((field_name, text, name == "form-string"))
    elif name == "header":
        header, colon, text = value.partition(":")
        if value.startswith("@"):
            one.todo.append("its headers stand in a file: add them")
        elif colon and text.strip():
            one.headers.append((header.strip(), text.strip()))
        elif value.endswith(";"):
            one.headers.append((value[:-1].strip(), ""))
    elif name in ("user-agent", "referer", "range"):
        text = f"bytes={value}" if name == "range" else value.removesuffix(";auto")
        if text:
            one.headers.append(({"user-agent": "User-Agent"}.get(name, name.capitalize()), text))
    elif name == "cookie":
        if "=" in value:
            one.headers.append(("Cookie", value))
        else:
            one.todo.append("its cookies stand in a file: add the authentication method")
    elif name == "oauth2-bearer":
        one.headers.append(("Authorization", "Bearer -"))
    elif name in ("request", "url", "user", "cert", "key", "aws-sigv4", "upload-file", "url-query", "max-time"):
        _other(one, name, value)
    elif name not in _SILENT_WITH_VALUE:
        one.todo.append(_ELSEWHERE.get(name, f"its option --{name} has no equivalent here"))


def _other(one: Command, name: str, value: str) -> None:
    match name:
        case "request":
            one.method = value
        case "url":
            one.urls.append(value)
        case "user":
            one.user = True
        case "cert" | "key":
            one.cert = True
        case "aws-sigv4":
            one.sigv4 = value
        case "upload-file":
            one.method, one.files = one.method or "PUT", True
        case "url-query":
            one.query.append(value.removeprefix("+") if value.startswith("+") else _encoded(value))
        case _:
            try:
                one.timeout_s = float(value)
            except ValueError:
                one.todo.append("its option --max-time is not a number")


def _data(one: Command, name: str, value: str) -> None:
    if name == "json":
        one.json = True
    if name == "data-urlencode":
        before, equals, _ = value.partition("=")
        if "@" in before or (not equals and "@" in value):
            one.files = True
        else:
            one.data.append(_encoded(value))
    elif value.startswith("@") and name != "data-raw":
        one.files = True
    else:
        one.data.append(value)


def _encoded(value: str) -> str:
    """``name=content`` with the content encoded; without a name, the content alone."""
    name, equals, content = value.partition("=")
    if not equals:
        return quote_plus(name)
    return f"{name}={quote_plus(content)}" if name else quote_plus(content)
