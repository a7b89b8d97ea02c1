"""Floor 7: how bytes reach a system."""

from weftline.kernel import Registry
from weftline.transports.base import UNSENT, Connections, Transport
from weftline.transports.policy import OutboundPolicy

BUILTIN = {
    "http": "weftline.transports.http:HttpTransport",
    "memory": "weftline.transports.memory:MemoryTransport",
}

TRANSPORTS: Registry[Transport] = Registry("transports", BUILTIN)

__all__ = ["BUILTIN", "TRANSPORTS", "UNSENT", "Connections", "OutboundPolicy", "Transport"]
