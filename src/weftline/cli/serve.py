"""``weftline serve``: the server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from weftline import settings as setup
from weftline.cli.output import say
from weftline.kernel import configure_logs


def serve(
    host: Annotated[
        str | None,
        typer.Option(
            "--host", help="Address to listen on. Default: 127.0.0.1, this machine only.", show_default=False
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="Port. Default: 8400; 0 takes a free one.", show_default=False),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option("--data-dir", help="Folder for database, payloads and keys. Default: data.", show_default=False),
    ] = None,
) -> None:
    """Serve the web UI and the REST API, and work on runs.

    Ends with Ctrl-C; runs under way go on at the next start. Settings come from WEFTLINE_* variables and an optional
    TOML file (WEFTLINE_SETTINGS); these options win. The first start makes the user 'admin' and prints its one-time
    password.
    """
    import uvloop

    from weftline import app

    given = {"HOST": host, "PORT": port, "DATA_DIR": data_dir}
    own = {setup.PREFIX + name: str(value) for name, value in given.items() if value is not None}
    settings = setup.load(dict(setup.environment()) | own)
    configure_logs(settings.log_level, as_json=settings.log_json)

    def ready(opened: app.App) -> None:
        say(f"Weftline answers at {opened.url}")

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(app.serve(settings, ready=ready))
