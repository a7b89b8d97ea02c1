"""``weftline admin``: for whoever may read the data folder, whether or not a server runs."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from weftline import settings as setup
from weftline.cli.output import say

verbs = typer.Typer(help="Work on the installation itself, without signing in.", no_args_is_help=True)


@verbs.command("reset-password")
def reset_password(name: Annotated[str, typer.Argument(help="Name of the user.")] = "admin") -> None:
    """Give a user a new one-time password. It is printed once; the user's sessions end."""
    password = asyncio.run(_reset(name))
    say(f"user      {name}\npassword  {password}\nSign in with it once: you are then asked for a new one.")


async def _reset(name: str) -> str:
    from weftline.access import Access
    from weftline.store import Database, migrate, open_engine

    url = setup.load().database_url
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    db = Database.open(url)
    access = Access(db)
    try:
        return await access.reset_password(name)
    finally:
        access.close()
        db.close()
