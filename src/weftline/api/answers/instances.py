"""Instances."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from weftline.api.answers.base import Answer
from weftline.model import Health, Instance


class FlowUse(Answer):
    """A flow version that uses an instance."""

    flow_id: str
    flow_name: str
    version: int
    status: str


class InstanceAnswer(Answer):
    """An instance as a row."""

    id: str
    name: str
    connector: str
    connector_title: str
    auth: str | None
    asks_consent: bool = Field(description="Whether a person must let Weftline in on the application's own page")
    health: Health
    health_message: str
    checked_at: str | None
    quota_group: str | None = Field(description="Instances of the connector in the same group share one rate limit")
    pool: str | None = Field(description="Instances in the same pool share its connections")
    used_by: list[FlowUse]


class InstanceDetail(InstanceAnswer):
    """An instance with its document; of its credentials only which are set."""

    document: Instance
    credentials_set: list[str]


class SaveInstance(Answer):
    """An instance and its credentials; credentials left out are kept."""

    document: Instance
    credentials: dict[str, str] = Field(default_factory=dict)
    save_unchecked: bool = Field(False, description="Save even if the credentials do not pass the check")


class ConsentAnswer(Answer):
    """A question to a person: open ``url``; where there is a ``user_code``, type it there."""

    id: str
    url: str
    user_code: str = ""
    interval_s: float = Field(description="Seconds between two looks at its state")
    expires_at: str


class ConsentState(Answer):
    """How a question to a person stands."""

    id: str
    state: Literal["open", "granted", "refused"]
    message: str


class DuplicateInstance(Answer):
    """The new name."""

    name: str = Field(min_length=1, max_length=120)
