"""``weftline connector new|try|test``: begin a connector, call its endpoints, see that they work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from weftline.cli import codes
from weftline.cli.client import Client
from weftline.cli.connection import connect
from weftline.cli.connector_life import plain_file
from weftline.cli.lint import problems_of
from weftline.cli.options import ApiKey, AsJson, Url
from weftline.cli.output import print_json, say, table
from weftline.errors import DocumentError
from weftline.kernel import json
from weftline.settings import environment

What = Annotated[
    str, typer.Argument(metavar="FILE|SLUG", help="A connector file, its folder, or an installed one's slug.")
]
InstanceName = Annotated[str | None, typer.Option("--instance", "-i", help="A saved instance to call it with.")]
Variables = Annotated[list[str] | None, typer.Option("--var", metavar="NAME=VALUE", help="A variable's value.")]
Credentials = Annotated[
    list[str] | None,
    typer.Option("--credential", metavar="NAME=VALUE", help="A credential; ${env:NAME} reads the environment."),
]
Method = Annotated[str | None, typer.Option("--auth", help="Key of the authentication method; else the first.")]
Json = dict[str, Any]


def new(
    slug: Annotated[str, typer.Argument(help="The connector's slug, which is its folder's name.")],
    title: Annotated[str, typer.Option(help="Its title; made of the slug when left out.")] = "",
    base_url: Annotated[str, typer.Option(help="What all its addresses begin with.")] = "https://api.example",
    auth: Annotated[str, typer.Option(help="How it begins: bearer, api_key, basic or none.")] = "bearer",
    folder: Annotated[Path, typer.Option("--in", help="Where its folder is made.")] = Path(),
) -> None:
    """Begin a connector: a folder with a file that works, and a word on each part."""
    from weftline.builder.scaffold import scaffold

    for path in scaffold(folder / slug, slug, title or slug.replace("-", " ").capitalize(), base_url, auth):
        say(str(path))


def try_(
    what: What,
    endpoint: Annotated[str, typer.Argument(help="The endpoint's key.")],
    instance: InstanceName = None,
    var: Variables = None,
    credential: Credentials = None,
    auth: Method = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", metavar="NAME=VALUE", help="A filter of the endpoint.")
    ] = None,
    record: Annotated[Path | None, typer.Option(help="JSON file with the record to send.")] = None,
    pages: Annotated[int, typer.Option(min=1, max=3, help="How many pages to walk.")] = 3,
    save_sample: Annotated[bool, typer.Option("--save-sample", help="Keep the first record as its sample.")] = False,
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Call an endpoint for real: what is sent and answered, the records, how paging goes on, what to correct."""
    body: Json = {
        "connector": _connector(what), "endpoint": endpoint, "instance": instance, "auth": auth, "pages": pages,
        "variables": _pairs(var), "credentials": _secrets(credential), "parameters": _pairs(param),
        "record": None if record is None else _record(record),
    }  # fmt: skip
    seen = asyncio.run(_try(body, url, key))
    if as_json:
        print_json(seen)
    else:
        _show(seen)
    if save_sample and seen["sample"] is not None:
        _keep(Path(what), endpoint, seen["sample"])
    if seen["problem"]:
        raise typer.Exit(codes.FAILED)


def prove(
    what: What,
    instance: InstanceName = None,
    var: Variables = None,
    credential: Credentials = None,
    auth: Method = None,
    as_json: AsJson = False,
    url: Url = None,
    key: ApiKey = None,
) -> None:
    """Judge a connector, then call every endpoint that receives and needs no filter. Exit code 0 if all is well."""
    given = {
        "instance": instance, "auth": auth, "variables": _pairs(var), "credentials": _secrets(credential), "pages": 1,
    }  # fmt: skip
    problems = problems_of(what) if Path(what).exists() else []
    wrong = [problem.message for problem in problems if problem.level == "error"]
    rows = [] if wrong else asyncio.run(_test(_connector(what), given, url, key))
    if as_json:
        print_json({"lint": [problem.message for problem in problems], "endpoints": rows})
    else:
        for problem in problems:
            say(f"{problem.level}: {problem.message}")
        if rows:
            table(
                ["endpoint", "well", "records", "ms", "what was said"],
                [[r["endpoint"], "yes" if r["well"] else "no", r["records"], r["ms"], r["said"]] for r in rows],
                numbers=("records", "ms"),
            )
    if wrong or any(not row["well"] for row in rows):
        raise typer.Exit(codes.FAILED)


async def _try(body: Json, url: str | None, key: str | None) -> Json:
    async with connect(url, key) as connection:
        found: Json = await connection.client.post("/api/builder/try", body)
        return found


async def _test(connector: str | Json, given: Json, url: str | None, key: str | None) -> list[Json]:
    async with connect(url, key) as connection:
        client = connection.client
        document = connector if isinstance(connector, dict) else await _installed(client, connector)
        rows = []
        for endpoint in document.get("endpoints", []):
            asked = any(one.get("required") and one.get("default") is None for one in endpoint.get("parameters", []))
            if endpoint["direction"] != "receive" or asked:
                continue
            seen = await client.post(
                "/api/builder/try", given | {"connector": connector, "endpoint": endpoint["key"]}
            )
            page = seen["pages"][0] if seen["pages"] else None
            said = seen["problem"]["message"] if seen["problem"] else page["decision"] if page else ""
            rows.append({
                "endpoint": endpoint["key"], "well": not seen["problem"], "records": page["count"] if page else 0,
                "ms": page["elapsed_ms"] if page else 0, "said": said,
            })  # fmt: skip
        return rows


async def _installed(client: Client, slug: str) -> Json:
    document: Json = (await client.get(f"/api/connectors/{slug}"))["document"]
    return document


def _show(seen: Json) -> None:
    for page in seen["pages"]:
        request, response = page["request"], page["response"]
        query = "&".join(f"{name}={value}" for name, value in request["query"])
        say(f"page {page['number']}: {request['method']} {request['url']}{'?' + query if query else ''}")
        say(f"  {response['status']} after {page['elapsed_ms']} ms, {page['count']} records; {page['decision']}")
    if seen["sample"] is not None:
        say(f"first record: {json.encode_text(seen['sample'])[:2000]}")
    if seen["problem"]:
        problem = seen["problem"]
        hint = f" -> {problem['hint']}" if problem.get("hint") else ""
        say(f"problem: {problem['message']}{hint}")
        answered = (problem.get("exchange") or {}).get("response") or {}
        if answered.get("body"):
            say(f"  it answered: {answered['body'][:500]}")
    for one in seen["suggestions"]:
        say(f"suggestion: {one['field']}: {json.encode_text(one['value'])}  ({one['why']})")


def _connector(what: str) -> str | Json:
    return plain_file(Path(what)) if Path(what).exists() else what


def _pairs(given: list[str] | None) -> Json:
    found: Json = {}
    for item in given or []:
        name, sign, value = item.partition("=")
        if not sign:
            raise DocumentError(f"'{item}' is not NAME=VALUE", hint="write a name, an equals sign and a value")
        found[name] = value
    return found


def _secrets(given: list[str] | None) -> dict[str, str]:
    from weftline.workspace import resolve_env

    found: dict[str, str] = resolve_env(_pairs(given), environment())
    return found


def _record(path: Path) -> Any:
    try:
        return json.decode(path.read_bytes())
    except FileNotFoundError:
        raise DocumentError(f"{path} does not exist", hint="see the path") from None
    except json.JSONError as error:
        raise DocumentError(f"{path} is not JSON: {error}") from None


def _keep(what: Path, endpoint: str, sample: Any) -> None:
    if not what.exists():
        raise DocumentError("a sample is kept beside a connector file", hint="name the file instead of a slug")
    known = next(one for one in plain_file(what)["endpoints"] if one["key"] == endpoint)
    name = known.get("sample") or f"samples/{endpoint.replace('.', '_')}.json"
    path = (what if what.is_dir() else what.parent) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json.encode(sample) + b"\n")
    say(f"the first record is in {path}" + ("" if known.get("sample") else f"; add to {endpoint}: sample: {name}"))


VERBS: dict[str, Callable[..., None]] = {"new": new, "try": try_, "test": prove}
