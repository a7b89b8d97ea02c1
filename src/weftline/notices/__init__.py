"""Floor 8: tells people what they must know."""

from weftline.notices.base import Channel, Notice
from weftline.notices.notices import Notices

__all__ = ["Channel", "Notice", "Notices"]
