"""``weftline connector import``: a description of an API becomes a connector file."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Annotated, Any

import typer

from weftline.cli.options import AsJson
from weftline.cli.output import print_json, say
from weftline.errors import DocumentError
from weftline.importers import Imported, import_description
from weftline.importers.reading import MOST_BYTES
from weftline.kernel import json
from weftline.model.yaml import to_yaml

FILE = "connector.yaml"
TIMEOUT_S = 60.0
"""For a whole download."""


def import_(
    what: Annotated[str, typer.Argument(metavar="FILE|URL", help="The description, or its http(s) address.")],
    kind: Annotated[str | None, typer.Option("--from", metavar="KIND", help="Its format; else found out.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write it there, its samples beside it; else to the screen.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a connector of an API's description, and say what is left to do. Needs no server."""
    begun = time.monotonic()
    imported = import_description(_bytes(what), what, kind)
    seconds = round(time.monotonic() - begun, 2)
    document = imported.connector.model_dump(mode="json", exclude_defaults=True) | {"schema_version": 1}
    if out is not None:
        _write(out, document, imported.samples)
    if as_json:
        print_json(
            {
                "slug": imported.connector.slug,
                "operations": imported.operations,
                "endpoints": len(imported.connector.endpoints),
                "todo": [{"where": one.where, "what": one.what} for one in imported.todo],
                "evidence": imported.evidence,
                "seconds": seconds,
            }
        )
    elif out is None:
        say(to_yaml(document | {"samples": imported.samples}).rstrip())
    else:
        _summary(imported, seconds)


def _bytes(what: str) -> bytes:
    if "://" in what:
        return _download(what)
    path = Path(what)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DocumentError(f"{what} is larger than {MOST_BYTES:,} bytes", hint="import a part of it")
        return path.read_bytes()
    except FileNotFoundError:
        raise DocumentError(f"{what} does not exist", hint="see the path") from None
    except OSError as error:
        raise DocumentError(f"{what} cannot be read: {error.strerror}", hint="name a file") from None


def _download(url: str) -> bytes:
    if not url.startswith(("http://", "https://")):
        raise DocumentError(f"{url} is neither a file nor an http address", hint="download it first")
    end = time.monotonic() + TIMEOUT_S
    body = bytearray()
    try:
        with urllib.request.urlopen(url, timeout=10.0) as response:  # noqa: S310 - judged above
            while piece := response.read1(65536):
                body += piece
                if len(body) > MOST_BYTES:
                    raise DocumentError(f"{url} is larger than {MOST_BYTES:,} bytes", hint="import a part of it")
                if time.monotonic() > end:
                    raise DocumentError(f"{url} takes longer than {TIMEOUT_S:.0f} s", hint="download it first")
    except urllib.error.HTTPError as error:
        raise DocumentError(f"{url} answers {error.code}", hint="see that it needs no login") from None
    except (OSError, HTTPException, ValueError) as error:
        raise DocumentError(f"{url} cannot be read: {error}", hint="see the address, or download it first") from None
    return bytes(body)


def _write(out: Path, document: dict[str, Any], samples: dict[str, Any]) -> None:
    file = out if out.suffix in (".yaml", ".yml") else out / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(to_yaml(document), encoding="utf-8")
    for name, sample in samples.items():
        path = file.parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(json.encode(sample) + b"\n")


def _summary(imported: Imported, seconds: float) -> None:
    connector = imported.connector
    say(f"{connector.title}: {len(connector.endpoints)} endpoints of {imported.operations} operations in {seconds} s")
    say(f"authentication: {', '.join(f'{one.key} ({one.kind})' for one in connector.auth)}")
    for endpoint in connector.endpoints:
        if endpoint.pagination["kind"] != "none":
            why = imported.evidence.get(endpoint.key, "")
            say(f"pages: {endpoint.key} by {endpoint.pagination['kind']}: {why}")
    for one in imported.todo:
        say(f"todo: {one.where}: {one.what}")
