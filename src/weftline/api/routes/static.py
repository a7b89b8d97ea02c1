"""The web UI: the files that `make web` built, and its one page for every other path."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

import weftline
from weftline.errors import NotFoundError

FOLDER = Path(weftline.__file__).parent / "static"
_NOT_PAGES = ("api/", "hooks/", "health/", "assets/")
_MISSING = """<!doctype html><meta charset="utf-8"><title>Weftline</title>
<h1>Weftline is running</h1>
<p>The web UI is not built yet. Run <code>make web</code> in the checkout, then load this page again.</p>
<p>The REST API is described in <a href="/openapi.json">openapi.json</a>.</p>
"""


async def web_ui(request: Request) -> Response:
    """A file of the UI, or its page."""
    folder: Path = request.app.state.static_folder
    path: str = request.path_params["path"]
    file = (folder / path).resolve()
    if path and file.is_relative_to(folder.resolve()) and file.is_file():
        # Built files carry a hash of their content in their names.
        lasting = path.startswith("assets/")
        return FileResponse(
            file, headers={"Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache"}
        )
    if path == "api" or path.startswith(_NOT_PAGES):
        raise NotFoundError("there is nothing at this address")
    page = folder / "index.html"
    if not page.is_file():
        return HTMLResponse(_MISSING)
    return FileResponse(page, headers={"Cache-Control": "no-cache"})


route = Route("/{path:path}", web_ui, methods=["GET"])
