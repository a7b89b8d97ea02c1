"""An imported connector asks an application the same requests as airbyte-cdk does with the manifest itself.

The library brings 82 packages (pandas and nltk among them) and caps many, so it has an environment of its own.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.importers.recorder import Recorder
from weftline.connectors import Session
from weftline.connectors.pacing import Pacer
from weftline.importers import import_description
from weftline.kernel import json as exact
from weftline.model import Instance
from weftline.transports import OutboundPolicy
from weftline.transports.http import HttpConnections

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CDK = "airbyte-cdk==7.39.1"
CONFIG = {
    "access_token": "a-token", "api_key": "a-key", "client": "ACME", "user": "ada", "password": "a-password",
    "name": "smith", "client_id": "an-id", "client_secret": "a-secret", "refresh_token": "a-refresh", "kind": "open",
    "status": "closed", "start": "2026-01-01T00:00:00Z", "end": "2026-01-25T12:00:00Z",
}  # fmt: skip
MANIFESTS = sorted(path.stem for path in (HERE / "manifests").glob("*.yaml") if path.stem != "left_out")
PARTS = {
    "cards.list": [{"board_id": one} for one in (1, 2)],
    "reports.list": [{"region": one} for one in ("north", "south")],
}
"""What a flow gives to endpoints that the library walks part by part: boards has one page of two."""


def config_of(name: str, side: str, port: int) -> dict[str, str]:
    return {**CONFIG, "api_url": f"http://127.0.0.1:{port}/{name}/{side}"}


def library() -> Path:
    """The Python of an environment with the library, made once in the checkout's cache."""
    folder = ROOT / ".cache" / CDK.replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        uv = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True, timeout=60)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), CDK]
        subprocess.run(install, check=True, timeout=180)
        (folder / "complete").touch()
    return python


@asynccontextmanager
async def application(recorder: Recorder) -> AsyncIterator[int]:
    """The recorder on a port."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", recorder.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def read_with_library(port: int) -> dict[str, dict[str, int]]:
    """How many records it read of each stream."""
    jobs = [
        {"name": name, "manifest": str(HERE / "manifests" / f"{name}.yaml"), "config": config_of(name, "cdk", port)}
        for name in MANIFESTS
    ]
    process = await asyncio.create_subprocess_exec(
        library(), HERE / "with_airbyte_cdk.py",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(json.dumps(jobs).encode()), 50)
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode == 0, err.decode()[-3000:]
    line = next(line for line in out.decode().splitlines() if line.startswith("counts:"))
    return json.loads(line.removeprefix("counts:"))


async def read_with_weftline(name: str, port: int) -> dict[str, int]:
    """The same with a session of the imported connector."""
    found = import_description((HERE / "manifests" / f"{name}.yaml").read_bytes(), f"{name}.yaml").connector
    config = config_of(name, "weftline", port)
    variables = {one.key: config[one.key] for one in found.variables if one.key in config}
    instance = Instance.model_validate(
        {"name": "Test", "connector": found.slug, "variables": variables,
         "rate_limit": {"amount": 10_000, "unit": "second"}}
    )  # fmt: skip
    connections = HttpConnections(OutboundPolicy(allow_private=True))
    credentials = {one.key: config[one.key] for one in found.auth[0].credentials}
    session = Session(found, instance, "test", credentials, connections, Pacer())
    counts: dict[str, int] = {}
    for endpoint in found.endpoints:
        count = 0
        for parameters in PARTS.get(endpoint.key, [{}]):
            async for page in session.pages(endpoint.key, parameters, {}):
                count += len(exact.decode(page.raw))
        counts[endpoint.key.removesuffix(".list")] = count
    await session.close()
    await connections.close()
    return counts


async def read_all() -> tuple[Recorder, dict[str, Any], dict[str, Any]]:
    recorder = Recorder()
    async with application(recorder) as port:
        theirs = await read_with_library(port)
        ours = {name: await read_with_weftline(name, port) for name in MANIFESTS}
    return recorder, theirs, ours


@pytest.fixture(scope="module")
def both() -> tuple[Recorder, dict[str, Any], dict[str, Any]]:
    """Everything read by both; once for all tests."""
    return asyncio.run(read_all())


@pytest.mark.parametrize("name", MANIFESTS)
def test_the_requests_are_the_same(both, name):
    recorder, _, _ = both
    theirs, ours = (recorder.seen[name, side] for side in ("cdk", "weftline"))
    assert theirs
    if name == "partitions":
        # The library asks for the parents again for each child stream; a flow has them already.
        theirs, ours = ([one for at, one in enumerate(side) if one not in side[:at]] for side in (theirs, ours))
    assert ours == theirs


@pytest.mark.parametrize("name", [name for name in MANIFESTS if name != "partitions"])
def test_the_records_are_as_many(both, name):
    _, theirs, ours = both
    assert ours[name] == theirs[name]
    assert sum(ours[name].values()) >= 1
