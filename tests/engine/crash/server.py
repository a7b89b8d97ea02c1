"""A server process that can be killed, and started again on the same data."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[3]


class Server:
    """``weftline serve`` on a folder of its own; ``env`` adds settings."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._env = os.environ | {
            "WEFTLINE_DATA_DIR": str(folder),
            "WEFTLINE_PORT": str(self.port),
            "WEFTLINE_CATALOG_DIR": str(ROOT / "catalog"),
            "WEFTLINE_LOG_LEVEL": "warning",
        }
        self._env |= {f"WEFTLINE_{name.upper()}": value for name, value in env.items()}
        self._process: subprocess.Popen[bytes] | None = None
        self._key = ""

    def start(self) -> Server:
        """Start, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "weftline.cli.main", "serve"], env=self._env, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                self.call("GET", "/health", api=False)
                break
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError((self.folder / "server.log").read_text()) from None
                time.sleep(0.05)
        self._key = (self.folder / "local.key").read_text().strip()
        return self

    def kill(self) -> None:
        """``kill -9``."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As Ctrl-C would."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=30)
            self._process = None

    def call(self, method: str, path: str, body: Any = None, *, api: bool = True) -> Any:
        """Call the API; an answer above 399 raises what it says."""
        request = urllib.request.Request(
            self.url + ("/api" if api else "") + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                text = response.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None
        return json.loads(text) if text else None

    def wait_for_run(self, run_id: str, seconds: float = 120) -> dict[str, Any]:
        """The run, once it is final."""
        deadline = time.monotonic() + seconds
        while True:
            run: dict[str, Any] = self.call("GET", f"/runs/{run_id}")
            if run["status"] not in ("queued", "running"):
                return run
            assert time.monotonic() < deadline, run
            time.sleep(0.1)

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self._end(signal.SIGKILL)
