"""``weftline sandbox``: run local stand-ins of applications."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from weftline.errors import NotFoundError, SettingsError


def sandbox(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE | run SLUG | list", help="A file that names several, one by its slug, or all names."
        ),
    ],
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="With run: the port; 0 takes a free one.")
    ] = 0,
    option: Annotated[
        list[str] | None, typer.Option("--option", metavar="KEY=VALUE", help="With run: an option of the sandbox.")
    ] = None,
    catalog: Annotated[
        Path | None, typer.Option("--catalog", help="Catalog folder; by default the one beside Weftline.")
    ] = None,
) -> None:
    """Run local stand-ins of applications.

    They listen on loopback until Ctrl-C, behave like the real thing and count what they get. They need no account and
    no network. Counters are at /_sandbox/stats, faults to inject at /_sandbox/faults.
    """
    from weftline.testing import sandboxes
    from weftline.testing.sandboxes.cli import parse_pairs

    match what:
        case ["list"]:
            for slug in sandboxes.discover(catalog):
                typer.echo(slug)
        case ["run", slug]:
            sandboxes.run_one(slug, parse_pairs(option or []), port=port, catalog=catalog)
        case [name] if name != "run":
            if not Path(name).is_file():
                raise NotFoundError(
                    f"there is no sandbox file '{name}'",
                    hint=f"check the path; one by its slug: 'weftline sandbox run {name}'",
                )
            if option or port:
                raise SettingsError("--port and --option go with 'run SLUG'", hint=f"write them in '{name}'")
            sandboxes.run_file(name, catalog=catalog)
        case _:
            raise typer.BadParameter("give a FILE, 'run SLUG' or 'list'")
