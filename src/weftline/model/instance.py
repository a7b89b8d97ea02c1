"""An instance: a connector with a company's own credentials and settings."""

from __future__ import annotations

from typing import Any, Literal
from zoneinfo import available_timezones

from pydantic import field_validator

from weftline.model.fields import Document, Key, Slug, field

__all__ = ["Health", "Instance", "RateLimit"]

Health = Literal["unchecked", "healthy", "needs_authorisation", "unreachable"]


class RateLimit(Document):
    """Calls per unit of time; calls over it wait, they do not fail."""

    amount: int = field(title="Calls", ge=1)
    unit: Literal["second", "minute", "hour", "day"] = field("second", title="Per")


class Instance(Document):
    """What a person says of an instance. Credentials are not in it: they lie sealed in the vault under its id."""

    name: str = field(
        title="Name", description="Shown to users of flows", min_length=1, max_length=120, example="Acme UK"
    )
    connector: Slug = field(title="Connector")
    auth: Key | None = field(None, title="Authentication method", description="None: the connector's default")
    variables: dict[str, Any] = field(dict, title="Variables")
    timezone: str = field("UTC", title="Time zone")
    date_format: str = field("", title="Date format", description="Pattern such as yyyy-MM-dd; empty: ISO 8601")
    rate_limit: RateLimit | None = field(None, title="Rate limit", description="None: the connector's own")
    quota_group: Slug | None = field(
        None,
        title="Quota group",
        description="Instances of one connector with the same group share one rate limit, as one account's quota",
    )
    pool: str | None = field(
        None, title="Connection pool", description="Name of a pool that several instances may share"
    )
    concurrency: int | None = field(None, title="Concurrency", description="Calls under way at once", ge=1)

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"'{zone}' is not a time zone such as Europe/London")
        return zone
