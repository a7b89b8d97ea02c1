"""``weftline plan``: what applying a workspace file would do."""

from __future__ import annotations

import asyncio

from weftline.cli.apply import act
from weftline.cli.options import ApiKey, AsJson, EnvFile, Url, WorkspacePath


def plan(
    path: WorkspacePath, env_file: EnvFile = None, as_json: AsJson = False, url: Url = None, key: ApiKey = None
) -> None:
    """Show what 'apply' would install, create, update and deploy. Changes nothing."""
    asyncio.run(act("plan", path, env_file, as_json, url, key))
