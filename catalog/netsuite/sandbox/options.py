"""Options of the NetSuite sandbox. The default credentials are demo values that open nothing."""

from __future__ import annotations

from pydantic import Field

from weftline.testing.sandboxes import SandboxOptions

__all__ = ["NetSuiteOptions"]


class NetSuiteOptions(SandboxOptions):
    """One account and the one integration and token that may call it."""

    account: str = Field(default="DEMO_1", title="Account id", description="The realm of the signature.")
    consumer_key: str = "demo-consumer-key"
    consumer_secret: str = "demo-consumer-secret"
    token_id: str = "demo-token-id"
    token_secret: str = "demo-token-secret"
    concurrency_limit: int = Field(default=0, ge=0, description="Requests in flight allowed; 0 = no limit.")
    latency_ms: float = Field(default=0, ge=0, description="Waited before each answer.")
