"""Words as a real shell reads them, and what is refused."""

import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weftline.errors import DocumentError
from weftline.importers.curl_words import commands

LINES = [
    "curl -X POST \\\n  -H 'A: b c' \"https://a.example/x?y=1\"",
    "curl -d $'it\\'s\\n\\x41\\u00e9' x'y'\"z\"",
    'curl -d "a \\"b\\" \\\\ \\q" c\\ d',
]


def shell(line: str) -> list[str]:
    told = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {line}"],
        capture_output=True,
        check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    return told.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize("line", LINES)
def test_words_are_a_shells(line: str) -> None:
    assert commands(line, "t") == [shell(line)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1))
def test_quoted_words_come_back(words: list[str]) -> None:
    assert commands(shlex.join(words), "t") == [words]


def test_several_commands() -> None:
    assert commands("curl a\n\ncurl b; curl c", "t") == [["curl", "a"], ["curl", "b"], ["curl", "c"]]


@pytest.mark.parametrize("line", ["curl a | sh", "curl $(id)", 'curl "`id`"', "curl 'open", "curl a > f", "curl a\\"])
def test_hostile_lines_are_refused(line: str) -> None:
    with pytest.raises(DocumentError):
        commands(line, "t")
