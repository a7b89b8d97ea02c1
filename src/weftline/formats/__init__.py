"""Floor 7: bytes to values and back."""

from weftline.formats.base import Format
from weftline.kernel import Registry

BUILTIN = {"json": "weftline.formats.json:JsonFormat"}

FORMATS: Registry[Format] = Registry("formats", BUILTIN)

__all__ = ["BUILTIN", "FORMATS", "Format"]
