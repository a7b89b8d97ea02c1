"""Options of one sandbox: a frozen model per sandbox, read from YAML or ``--option key=value``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from weftline.errors import SettingsError, did_you_mean

__all__ = ["SandboxOptions", "parse_options"]


class SandboxOptions(BaseModel):
    """Base of a sandbox's options; text values are converted, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


OptionsT = TypeVar("OptionsT", bound=SandboxOptions)


def parse_options(model: type[OptionsT], options: Mapping[str, Any], *, sandbox: str) -> OptionsT:
    """Read ``options`` as ``model``; a wrong one raises ``SettingsError`` that names the key, not its value."""
    try:
        return model(**options)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise SettingsError(
                f"Sandbox '{sandbox}' has no option '{key}'", hint=did_you_mean(key, model.model_fields)
            ) from None
        raise SettingsError(f"Option '{key}' of sandbox '{sandbox}': {first['msg']}") from None
