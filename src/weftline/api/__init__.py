"""Floor 12: the HTTP face: REST, live events, webhooks, and the web UI's files."""

from weftline.api.build import build
from weftline.api.rooms import Rooms

__all__ = ["Rooms", "build"]
