"""Floor 11: who may come in. Users, sessions, API keys."""

from weftline.access.access import Access, Person
from weftline.access.local_key import LOCAL_KEY_FILE
from weftline.access.throttle import Throttle

__all__ = ["LOCAL_KEY_FILE", "Access", "Person", "Throttle"]
