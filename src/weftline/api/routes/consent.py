"""Where applications send people back to after consent. Open to all: the state in the address is the proof."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from weftline.api.rooms import Open
from weftline.errors import WeftlineError
from weftline.workspace.consents import CALLBACK

router = APIRouter(tags=["consent"])

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Weftline</title>
<style>
  body {{ font: 16px/1.5 system-ui, sans-serif; color: #1b1f24; background: #f6f7f9; margin: 0;
         display: grid; place-items: center; min-height: 100vh; }}
  main {{ background: #fff; border: 1px solid #e3e6ea; border-radius: 12px; padding: 32px 40px; max-width: 30rem; }}
  h1 {{ font-size: 1.25rem; margin: 0 0 .5rem; }}
  p {{ margin: .25rem 0; color: #4d5661; }}
  a {{ color: #2f5fd0; }}
</style>
<main><h1>{title}</h1><p>{text}</p><p><a href="/">Back to Weftline</a></p></main>
</html>"""


@router.get(CALLBACK, response_class=HTMLResponse, include_in_schema=False)
async def come_back(request: Request, rooms: Open) -> HTMLResponse:
    """Take the code that the browser brings."""
    try:
        name = await rooms.consents.come_back(dict(request.query_params))
    except WeftlineError as error:
        page = _PAGE.format(title="Not authorised", text=escape(str(error)))
        return HTMLResponse(page, error.http_status, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    text = f"Weftline may now use {escape(name)}. You can close this window."
    page = _PAGE.format(title="Authorised", text=text)
    return HTMLResponse(page, 200, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
