"""A shell's text as commands of words, without a shell: quotes and line ends are read, nothing is run.

A variable of the shell stands in the words as its name between ``OPEN`` and ``CLOSE``, which are no characters.
"""

from __future__ import annotations

import re

from weftline.errors import DocumentError

OPEN, CLOSE = "\ufdd0", "\ufdd1"

_PIECE = re.compile(
    r"(?P<joined>\\\r?\n)|(?P<end>[;\n])|(?P<space>[ \t\r]+)|(?P<refused>[|&<>`]|\$\()"
    r"|(?P<name>\$\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*)"
    r"|(?P<ansi>\$'(?:[^'\\]|\\.)*')|(?P<single>'[^']*')|(?P<double>\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<escaped>\\.)|(?P<open>['\"\\])|(?P<plain>[^\s'\"\\;|&<>`$]+|\$)",
    re.DOTALL,
)
_ANSI = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_DOUBLE = re.compile(r"\\([\\\"$`]|\n)|(\$\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*)")


def commands(text: str, name: str) -> list[list[str]]:
    """The words of each command; :class:`DocumentError` for a pipe, a substitution or an open quote."""
    found: list[list[str]] = [[]]
    word: str | None = None
    at = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None or piece.lastgroup in ("refused", "open"):
            line = text.count("\n", 0, at) + 1
            quoted = text[at] == "&" and "://" in (word or "")
            raise DocumentError(
                f"{name}:{line}: {text[at : at + 2]!r} is not plain words",
                hint="quote the address" if quoted else "give the curl command by itself",
            )
        if word is None and text[at] == "#":
            at = (text.find("\n", at) + 1 or len(text) + 1) - 1
            continue
        at = piece.end()
        if piece.lastgroup in ("end", "space"):
            if word is not None:
                found[-1].append(word)
                word = None
            if piece.lastgroup == "end":
                found.append([])
        elif piece.lastgroup != "joined":
            word = (word or "") + _plain(piece.lastgroup, piece[0], name)
    if word is not None:
        found[-1].append(word)
    return [words for words in found if words]


def _plain(kind: str | None, text: str, name: str) -> str:
    match kind:
        case "ansi":
            return _ANSI.sub(_ansi, text[2:-1])
        case "single":
            return text[1:-1]
        case "double":
            if re.search(r"(?<!\\)(?:\\\\)*(?:`|\$\()", text):
                raise DocumentError(f"{name} runs another command in its words", hint="write its result out")
            return _DOUBLE.sub(_double, text[1:-1])
        case "name":
            return _variable(text)
        case "escaped":
            return text[1:]
    return text


def _double(found: re.Match[str]) -> str:
    if found[2]:
        return _variable(found[2])
    return "" if found[1] == "\n" else found[1]


def _variable(text: str) -> str:
    return f"{OPEN}{text.strip('${}')}{CLOSE}"


def _ansi(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if code:
        return chr(int(code, 16))
    return _LETTERS.get(found[3], found[3] if found[3] in "\\'\"?" else found[0])
