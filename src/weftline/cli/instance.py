"""``weftline instance``: list instances and check their credentials."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from weftline.cli import codes
from weftline.cli.client import Client
from weftline.cli.connection import connect
from weftline.cli.options import ApiKey, AsJson, Url
from weftline.cli.output import moment, print_json, say, table, warn
from weftline.errors import WeftlineError, did_you_mean

verbs = typer.Typer(help="Instances: a connector with a company's own credentials.", no_args_is_help=True)


@verbs.command("list")
def list_instances(as_json: AsJson = False, url: Url = None, key: ApiKey = None) -> None:
    """List the instances, their health and the flows that use them."""
    asyncio.run(_list(as_json, url, key))


@verbs.command()
def check(
    name: Annotated[str, typer.Argument(help="Name or id of the instance.")],
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Call the application with the instance's credentials. Exit code 0 if it lets us in, else 1."""
    raise typer.Exit(asyncio.run(_check(name, as_json, url, key)))


@verbs.command()
def authorise(
    name: Annotated[str, typer.Argument(help="Name or id of the instance.")],
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Let Weftline in on the application's own page. Prints its address and waits. Exit code 0 once it is let in."""
    raise typer.Exit(asyncio.run(_authorise(name, url, key)))


@verbs.command()
def duplicate(
    name: Annotated[str, typer.Argument(help="Name or id of the instance.")],
    new_name: Annotated[str, typer.Argument(help="Name of the copy.")],
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Make a copy under another name, credentials included."""
    asyncio.run(_duplicate(name, new_name, url, key))


async def _authorise(name: str, url: str | None, key: str | None) -> int:
    async with connect(url, key) as connection:
        client = connection.client
        path = f"/api/instances/{(await find_instance(client, name))['id']}"
        question = await client.post(f"{path}/authorise")
        say(f"open  {question['url']}")
        if question["user_code"]:
            say(f"type  {question['user_code']}")
        say(f"waiting until {moment(question['expires_at'])}; Ctrl-C leaves")
        while True:
            await asyncio.sleep(question["interval_s"])
            state = await client.get(f"{path}/consents/{question['id']}")
            if state["state"] == "granted":
                say(f"{name} is authorised")
                return codes.SUCCESS
            if state["state"] == "refused":
                warn(f"weftline: {name} was not authorised: {state['message']}")
                return codes.FAILED


async def _duplicate(name: str, new_name: str, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        client = connection.client
        row = await find_instance(client, name)
        made = await client.post(f"/api/instances/{row['id']}/duplicate", {"name": new_name})
    say(f"{made['name']} is a copy of {row['name']}")


async def _list(as_json: bool, url: str | None, key: str | None) -> None:
    async with connect(url, key) as connection:
        found: list[dict[str, Any]] = await connection.client.get("/api/instances")
    if as_json:
        print_json(found)
    elif not found:
        say("no instances yet; apply a workspace file, or add one in the web UI")
    else:
        table(
            ["instance", "connector", "health", "checked", "used by"],
            [
                [
                    row["name"],
                    row["connector"],
                    row["health"],
                    moment(row["checked_at"]),
                    ", ".join(sorted({use["flow_name"] for use in row["used_by"]})),
                ]
                for row in found
            ],
        )


async def _check(name: str, as_json: bool, url: str | None, key: str | None) -> int:
    async with connect(url, key) as connection:
        client = connection.client
        row = await client.post(f"/api/instances/{(await find_instance(client, name))['id']}/check")
    healthy = row["health"] == "healthy"
    if as_json:
        print_json(row)
    elif healthy:
        say(f"{row['name']} is healthy")
    else:
        what = "needs authorisation" if row["health"] == "needs_authorisation" else f"is {row['health']}"
        warn(f"weftline: {row['name']} {what}: {row['health_message']}")
    return codes.SUCCESS if healthy else codes.FAILED


async def find_instance(client: Client, name: str) -> dict[str, Any]:
    """The instance of that name or id; an error that names the closest."""
    found: list[dict[str, Any]] = await client.get("/api/instances")
    for row in found:
        if name in (row["name"], row["id"]):
            return row
    raise WeftlineError(f"there is no instance '{name}'", hint=did_you_mean(name, [row["name"] for row in found]))
