"""Floor 8: calling endpoints. Read ``session`` first."""

from weftline.connectors.answers import Answer, Prepared
from weftline.connectors.caller import RetryPolicy
from weftline.connectors.session import Session, resolve_variables

__all__ = ["Answer", "Prepared", "RetryPolicy", "Session", "resolve_variables"]
