"""Floor 7: credentials, sealed."""

from weftline.vault.ring import KeyRing, load_or_create_ring
from weftline.vault.vault import Vault

__all__ = ["KeyRing", "Vault", "load_or_create_ring"]
