"""Jinja as low-code manifests use it, in our expressions; what has no equivalent is refused, never guessed."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Part = str | int
Roots = Callable[[str, list[Part]], "Code"]

RECORDS = "\0records"
"""Stands for the list of the page's records, which pages by expression do not see."""
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<op>==|!=|<=|>=|//|\*\*|[<>+\-*/%~|.,:()\[\]{}=]))"
)
_FILTERS = {
    "string": "text", "int": "number", "float": "number", "lower": "lower", "upper": "upper", "trim": "trim",
    "strip": "trim", "replace": "replace", "join": "join", "first": "first", "last": "last", "length": "length",
    "count": "length", "default": "default", "d": "default", "tojson": "json", "base64encode": "base64",
    "base64decode": "base64_decode", "urlencode": "url_encode", "sort": "sort", "unique": "unique", "abs": "abs",
    "round": "round", "title": "title", "split": "split", "regex_search": "extract", "startswith": "starts_with",
    "endswith": "ends_with", "keys": "keys", "values": "values", "max": "max", "min": "min", "sum": "sum",
}  # fmt: skip
_DATES = {
    "Y": "yyyy", "m": "MM", "d": "dd", "H": "HH", "M": "mm", "S": "ss", "f": "SSSSSS", "z": "Z", "b": "MMM",
    "B": "MMMM", "y": "yy",
}  # fmt: skip
_UNITS = {"Y": "years", "M": "months", "W": "weeks", "D": "days", "TH": "hours", "TM": "minutes", "TS": "seconds"}
_LOOSE = (("or",), ("and",))
_COMPARE = ("==", "!=", "<", "<=", ">", ">=")


class NoEquivalentError(Exception):
    """Says what cannot be translated."""


@dataclass(frozen=True)
class Code:
    """An expression of ours; ``value`` is known when it is a constant, ``span`` when it is a duration."""

    text: str
    value: Any = None
    constant: bool = False
    span: str = ""


def quoted(text: str) -> str:
    """A text as our expressions spell it."""
    for char, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        text = text.replace(char, escape)
    return f'"{text}"'


def constant(value: Any) -> Code:
    """A value known now."""
    if isinstance(value, bool) or value is None:
        return Code({True: "true", False: "false", None: "null"}[value], value, True)
    if isinstance(value, int | float | str):
        return Code(quoted(value) if isinstance(value, str) else str(value), value, True)
    raise NoEquivalentError("a list or object stands within a text")


def path(root: str, parts: Sequence[Part]) -> str:
    """A reference: ``body.items[0]["a-b"]``."""
    text = root
    for part in parts:
        plain = isinstance(part, str) and re.fullmatch(r"[A-Za-z_]\w*", part)
        text += f".{part}" if plain else f"[{quoted(part) if isinstance(part, str) else part}]"
    return text


def pattern(strftime: str) -> str:
    """A date pattern of ours for one of strftime."""
    found, letters = "", ""
    for piece in [*re.findall(r"%.|[^%]", strftime), ""]:
        if len(piece) == 1 and piece.isalpha():
            letters += piece
            continue
        if letters:
            found, letters = f"{found}'{letters}'", ""
        if piece.startswith("%") and piece[1:] not in _DATES:
            raise NoEquivalentError(f"the date format '{strftime}'")
        found += _DATES[piece[1:]] if piece.startswith("%") else piece
    return found


def dated(code: str, form: str) -> str:
    """A moment written in a manifest's date format."""
    if form in ("%s", "%ms"):
        return f"timestamp({code})" + (" * 1000" if form == "%ms" else "")
    return f"format_date({code}, {quoted(pattern(form))})"


def template(text: Any, roots: Roots) -> Any:
    """A text with its ``{{ }}`` translated; :class:`NoEquivalentError` when one of them has no equivalent."""
    if not isinstance(text, str) or ("{{" not in text and "{%" not in text):
        return text
    if "{%" in text or "{#" in text:
        raise NoEquivalentError("a statement {% ... %}")
    found = ""
    for at, piece in enumerate(re.split(r"\{\{-?(.*?)-?\}\}", text, flags=re.DOTALL)):
        if at % 2 == 0:
            found += piece
            continue
        code = Translation(piece, roots).whole()
        found += str(code.value) if code.constant and code.value is not None else f"{{{{ {code.text} }}}}"
    return found


def condition(text: Any, roots: Roots) -> str:
    """A text that is one ``{{ }}`` as a bare expression."""
    inner = re.fullmatch(r"\s*\{\{-?(.*?)-?\}\}\s*", str(text), flags=re.DOTALL)
    if inner is None or "{{" in inner[1]:
        if "{{" not in str(text) and "{%" not in str(text):
            return constant(_literal(text)).text
        raise NoEquivalentError("text around an expression")
    return Translation(inner[1], roots).whole().text


def _literal(text: Any) -> Any:
    try:
        return ast.literal_eval(text) if isinstance(text, str) else text
    except (ValueError, SyntaxError):
        return text


class Translation:
    """One expression, read by precedence as Jinja does: its pipes bind tighter than ours."""

    def __init__(self, text: str, roots: Roots) -> None:
        self._roots = roots
        self._tokens: list[tuple[str, str]] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None or found.lastgroup is None or len(self._tokens) > 2000:
                raise NoEquivalentError(f"'{text[at : at + 20].strip()}'")
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        self._tokens.append(("end", ""))
        self._at = self._depth = 0

    def whole(self) -> Code:
        """All of it."""
        code = self._choice()
        if self._peek()[0] != "end":
            raise NoEquivalentError(f"'{self._peek()[1]}'")
        if RECORDS in code.text:
            raise NoEquivalentError("a look at the page's records")
        return code

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at]

    def _take(self, *values: str) -> str | None:
        kind, value = self._peek()
        if kind in ("op", "name") and value in values:
            self._at += 1
            return value
        return None

    def _need(self, value: str) -> None:
        if self._take(value) is None:
            raise NoEquivalentError(f"'{self._peek()[1] or 'its end'}' where '{value}' was expected")

    def _choice(self) -> Code:
        self._depth += 1
        if self._depth > 40:
            raise NoEquivalentError("an expression nested deeper than 40")
        code = self._loose(0)
        if self._take("if"):
            test = self._loose(0)
            other = self._choice() if self._take("else") else constant("")
            code = Code(f"({_test(test)} ? {code.text} : {other.text})")
        self._depth -= 1
        return code

    def _loose(self, level: int) -> Code:
        if level == len(_LOOSE):
            return self._negated()
        code = self._loose(level + 1)
        while word := self._take(*_LOOSE[level]):
            code = Code(f"({_test(code)} {word} {_test(self._loose(level + 1))})")
        return code

    def _negated(self) -> Code:
        if self._take("not"):
            return Code(f"(not {_test(self._negated())})")
        code = self._sum()
        while True:
            if word := self._take(*_COMPARE):
                code = Code(f"({code.text} {word} {self._sum().text})")
            elif self._take("in"):
                code = Code(f"({code.text} in {self._sum().text})")
            elif self._peek()[1] == "not" and self._tokens[self._at + 1][1] == "in":
                self._at += 2
                code = Code(f"(not ({code.text} in {self._sum().text}))")
            elif self._take("is"):
                code = self._state(code)
            else:
                return code

    def _state(self, code: Code) -> Code:
        negated = self._take("not") is not None
        word = self._peek()[1]
        self._at += 1
        tests = {
            "defined": f"exists({code.text})",
            "none": f"({code.text} == null)",
            "undefined": f"not exists({code.text})",
        }
        if word not in tests:
            raise NoEquivalentError(f"the test 'is {word}'")
        found = tests[word] if word != "none" else f"not exists({code.text})"
        return Code(f"(not ({found}))" if negated else f"({found})")

    def _sum(self) -> Code:
        code = self._product()
        while word := self._take("+", "-", "~"):
            other = self._product()
            if other.span:
                code = Code(_moved(code.text, other.span, -1 if word == "-" else 1))
            elif word == "~":
                code = Code(f"(text({code.text}) + text({other.text}))")
            else:
                code = Code(f"({code.text} {word} {other.text})")
        return code

    def _product(self) -> Code:
        code = self._unary()
        while word := self._take("*", "/", "%"):
            code = Code(f"({code.text} {word} {self._unary().text})")
        return code

    def _unary(self) -> Code:
        if self._take("-"):
            code = self._unary()
            return constant(-code.value) if isinstance(code.value, int | float) else Code(f"(-{code.text})")
        return self._filtered(self._value())

    def _filtered(self, code: Code) -> Code:
        while True:
            if self._take("|"):
                name = self._peek()[1]
                self._at += 1
                code = _filter(name, code, self._arguments() if self._take("(") else [])
            elif self._take("."):
                name = self._peek()[1]
                self._at += 1
                self._need("(")
                code = _method(name, code, self._arguments())
            elif self._take("["):
                raise NoEquivalentError("an index into a result")
            else:
                return code

    def _value(self) -> Code:
        kind, value = self._peek()
        self._at += 1
        if kind == "text":
            return constant(ast.literal_eval(value))
        if kind == "number":
            return constant(ast.literal_eval(value))
        if value == "(":
            code = self._choice()
            self._need(")")
            return code
        if value == "[":
            items = self._arguments("]")
            return Code(f"[{', '.join(item.text for item in items)}]")
        if value == "{" and self._take("}"):
            return Code("{}")
        if kind != "name":
            raise NoEquivalentError(f"'{value or 'nothing'}' where a value was expected")
        if value.lower() in ("true", "false", "none"):
            return constant({"true": True, "false": False, "none": None}[value.lower()])
        if self._take("("):
            return _call(value, self._arguments())
        return self._reference(value)

    def _reference(self, root: str) -> Code:
        parts: list[Part] = []
        while True:
            kind, name = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
            calls = self._tokens[min(self._at + 2, len(self._tokens) - 1)][1] == "("
            if self._peek()[1] == "." and kind == "name" and name == "get" and calls:
                self._at += 3
                found = self._arguments()
                if not found or not isinstance(found[0].value, str | int):
                    raise NoEquivalentError("a name that is not written out")
                parts.append(found[0].value)
                if len(found) > 1 and found[1].text != "{}":
                    return Code(f"default({self._roots(root, parts).text}, {found[1].text})")
            elif self._peek()[1] == "." and kind in ("name", "number") and not calls:
                self._at += 2
                parts.append(int(name) if kind == "number" else name)
            elif self._take("["):
                key = self._choice()
                self._need("]")
                if not key.constant or not isinstance(key.value, str | int):
                    raise NoEquivalentError("a name that is not written out")
                parts.append(key.value)
            else:
                return self._roots(root, parts)

    def _arguments(self, end: str = ")") -> list[Code]:
        found: list[Code] = []
        while not self._take(end):
            if self._peek()[0] == "name" and self._tokens[self._at + 1][1] == "=":
                self._at += 2  # format='%Y': the few functions that are known take them in their order
            found.append(self._choice())
            if self._take(","):
                continue
            self._need(end)
            break
        return found


def _test(code: Code) -> str:
    """In a condition: the list of records is true when there are some."""
    return "count > 0" if code.text == RECORDS else code.text


def _filter(name: str, code: Code, arguments: list[Code]) -> Code:
    if name in ("length", "count") and code.text == RECORDS:
        return Code("count")
    if name not in _FILTERS:
        raise NoEquivalentError(f"the filter '{name}'")
    if name in ("default", "d"):
        arguments = arguments[:1] or [constant("")]
    if name in ("int", "float"):
        arguments = []
    if name == "string" and code.constant:
        return constant(str(code.value))
    return Code(f"{_FILTERS[name]}({', '.join(one.text for one in [code, *arguments])})")


def _method(name: str, code: Code, arguments: list[Code]) -> Code:
    if name == "strftime" and arguments and isinstance(arguments[0].value, str):
        return Code(dated(code.text, arguments[0].value))
    if name in ("lower", "upper", "strip", "split", "replace", "startswith", "endswith", "keys", "values"):
        return _filter(name, code, arguments)
    raise NoEquivalentError(f"the method '{name}'")


def _call(name: str, arguments: list[Code]) -> Code:
    texts = [one.text for one in arguments]
    values = [one.value for one in arguments]
    match name:
        case "now_utc":
            return Code("now()")
        case "today_utc":
            return Code('start_of(now(), "day")')
        case "max" | "min" if texts:
            return Code(f"{name}({', '.join(texts)})")
        case "timestamp" if len(texts) == 1:
            return Code(f"timestamp({texts[0]})")
        case "str_to_datetime" if len(texts) == 1:
            return Code(f"date({texts[0]})")
        case "duration" if len(texts) == 1 and isinstance(values[0], str):
            return Code("", span=values[0])
        case "day_delta" if texts and isinstance(values[0], int):
            form = values[1] if len(values) > 1 else "%Y-%m-%dT%H:%M:%S.%f%z"
            return Code(dated(f'add(now(), {values[0]}, "days")', str(form)))
        case "format_datetime" if len(texts) == 2 and isinstance(values[1], str):
            return Code(dated(texts[0], values[1]))
        case "format_datetime" if len(texts) == 3 and all(isinstance(one, str) for one in values[1:]):
            form = {"%s": "unix", "%ms": "unix_ms"}.get(values[2]) or pattern(values[2])
            return Code(dated(f"parse_date({texts[0]}, {quoted(form)})", values[1]))
    raise NoEquivalentError(f"the function '{name}'")


def spans(text: str) -> list[tuple[int, str]]:
    """The parts of an ISO 8601 duration: amounts and units."""
    whole = re.fullmatch(r"P(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?", text)
    if whole is None or text == "P":
        raise NoEquivalentError(f"the duration '{text}'")
    days, _, hours = text[1:].partition("T")
    found = [(int(amount), _UNITS[unit]) for amount, unit in re.findall(r"(\d+)([YMWD])", days)]
    return found + [(int(amount), _UNITS[f"T{unit}"]) for amount, unit in re.findall(r"(\d+)([HMS])", hours)]


def _moved(code: str, span: str, sign: int) -> str:
    for amount, unit in spans(span):
        code = f"add({code}, {sign * amount}, {quoted(unit)})"
    return code
