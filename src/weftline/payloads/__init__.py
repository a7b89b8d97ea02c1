"""Floor 7: bodies of payloads, written once, read by reference."""

from weftline.payloads.base import BodyStore
from weftline.payloads.files import FileBodies
from weftline.payloads.memory import MemoryBodies
from weftline.payloads.store import PayloadStore

__all__ = ["BodyStore", "FileBodies", "MemoryBodies", "PayloadStore"]
