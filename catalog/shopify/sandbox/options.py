"""Options of the Shopify sandbox."""

from __future__ import annotations

import datetime

from pydantic import Field

from weftline.testing.sandboxes import SandboxOptions

__all__ = ["ShopifyOptions"]


class ShopifyOptions(SandboxOptions):
    """One store. The same store name, seed and numbers give the same data, byte for byte."""

    store: str = Field(default="demo", pattern=r"^[a-z0-9][a-z0-9-]*$", description="The store's handle.")
    orders: int = Field(default=400, ge=0, le=1_000_000)
    products: int = Field(default=40, ge=1, le=10_000)
    customers: int = Field(default=120, ge=1, le=100_000)
    seed: int = 1
    access_token: str = Field(default="demo-token", description="A demo value that opens nothing.")
    currency: str = Field(default="", pattern=r"^([A-Z]{3})?$", description="By the store's name if empty.")
    api_versions: tuple[str, ...] = Field(default=(), description="Accepted versions; any YYYY-MM if empty.")
    bucket_size: int = Field(default=0, ge=0, description="Calls that may be made at once; 0 = no limit.")
    leak_per_s: float = Field(default=2.0, gt=0, description="Calls that leave the bucket each second.")
    first_order_at: datetime.datetime = datetime.datetime(2025, 1, 6, 8, 0, tzinfo=datetime.UTC)
