"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="URL",
        help="Server to talk to. Default: WEFTLINE_URL, else the server of the data folder, else one for the time "
        "of this command.",
        show_default=False,
    ),
]
ApiKey = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="KEY",
        help="API key. Default: WEFTLINE_API_KEY, else the local key of the data folder.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]
EnvFile = Annotated[
    Path | None,
    typer.Option(
        "--env-file",
        metavar="FILE",
        help="File of NAME=value lines for ${env:NAME} places; the environment wins over it.",
        show_default=False,
    ),
]
WorkspacePath = Annotated[
    Path, typer.Argument(metavar="FILE|DIR", help="A workspace file, or a folder whose *.yaml files make one.")
]
Slug = Annotated[str, typer.Argument(help="Slug of the connector, as 'connector list' shows it.")]
