"""``weftline export``: the workspace as a file."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from weftline.cli.connection import connect
from weftline.cli.options import ApiKey, AsJson, Url
from weftline.cli.output import print_json, say
from weftline.errors import SettingsError
from weftline.model.yaml import to_yaml


def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without it, to stdout.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Write the workspace as a file that 'apply' reads.

    Credentials are left out: ${env:NAME} stands in their place.
    """
    asyncio.run(_export(file, as_json, url, key))


async def _export(file: Path | None, as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        document = await connection.client.get("/api/workspace/export")
    if as_json:
        print_json(document)
        return
    text = to_yaml(document)
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"'{file}' cannot be written: {error.strerror}", hint="check the path") from None
    say(f"wrote {file}")
