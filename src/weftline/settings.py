"""Settings: one frozen object, filled from the environment (``WEFTLINE_*``) and an optional TOML file.

The environment wins over the file, the file over the defaults. No other file of the house reads ``os.environ``.
"""

from __future__ import annotations

import difflib
import os
import socket
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from weftline.errors import SettingsError, did_you_mean

__all__ = ["PREFIX", "Settings", "environment", "load"]

PREFIX = "WEFTLINE_"


def _catalog() -> Path:
    checkout = Path(__file__).resolve().parents[2] / "catalog"
    return checkout if checkout.is_dir() else Path(__file__).resolve().parent / "catalog"


class Settings(BaseModel):
    """Everything that differs from one installation to another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(Path("data"), description="Folder for the database file, payload bodies and local keys")
    database_url: str = Field("", description="sqlite:///file or postgresql://user@host/name; empty: data_dir")
    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 opens the server to the network")
    port: int = Field(8400, ge=0, le=65535, description="Port to listen on; 0 takes a free one")
    public_url: str = Field("", description="How others reach this server; used in webhook addresses")
    secure_cookies: bool = Field(False, description="Only send the session cookie over HTTPS")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged")
    log_json: bool = Field(False, description="Log lines as JSON")
    executor_id: str = Field("main", pattern=r"^[A-Za-z0-9_.-]{1,80}$", description="Name of this process; stable")
    catalog_dir: Path = Field(default_factory=_catalog, description="Folder of the marketplace's connectors")
    payloads: Literal["auto", "files", "sql"] = Field("auto", description="Where large payload bodies lie")
    run_slots: int = Field(8, ge=1, le=1000, description="Runs that this process works on at once")
    chunk_slots: int = Field(4, ge=1, le=100, description="Chunks of one run carried at once")
    allow_private_addresses: bool = Field(True, description="Whether instances may call private addresses")
    notify: SecretStr = Field(
        SecretStr(""), description="Who is told when an instance needs authorisation: addresses, blanks between them"
    )
    master_key: SecretStr | None = Field(None, description="Key that seals credentials; empty: a file in data_dir")
    url: str = Field("", description="For the command line: the server to talk to; empty: the one of data_dir")
    api_key: SecretStr | None = Field(None, description="For the command line: the API key; empty: the local key")

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir / 'weftline.db'}")
        return self

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of this process alone."""
        return self.database_url.startswith("sqlite")

    @property
    def payloads_in_files(self) -> bool:
        """Whether large payload bodies lie as files in ``data_dir``; otherwise in the database."""
        return self.payloads == "files" or (self.payloads == "auto" and self.is_sqlite)


def environment() -> Mapping[str, str]:
    """The process's environment, for those who resolve ``${env:NAME}`` places."""
    return os.environ


def hostname() -> str:
    """The name of this machine."""
    return socket.gethostname()


def load(environ: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """Settings from ``environ`` (default: the process's) over ``file`` (default: ``WEFTLINE_SETTINGS``, if set).

    Raises :class:`SettingsError`, which names the variable or the key of the file.
    """
    variables = environment() if environ is None else environ
    if file is None and variables.get(f"{PREFIX}SETTINGS"):
        file = Path(variables[f"{PREFIX}SETTINGS"])
    values = {} if file is None else _read(file)
    origin = dict.fromkeys(values, "")
    for name, value in variables.items():
        field = name.removeprefix(PREFIX).lower()
        if not name.startswith(PREFIX) or value == "" or name == f"{PREFIX}SETTINGS":
            continue
        if field in Settings.model_fields:
            values[field] = value
            origin[field] = name
        elif difflib.get_close_matches(field, Settings.model_fields, n=1, cutoff=0.85):
            # Other programs set variables with our prefix (an orchestrator's service links, say), so only what is
            # very likely a typing error is refused.
            raise SettingsError(
                f"{name} is not a setting",
                hint=did_you_mean(name, [PREFIX + known.upper() for known in Settings.model_fields]),
                context={"variable": name},
            )
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise _explained(error, origin, file) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            values = tomllib.load(opened)
    except OSError as error:
        raise SettingsError(
            f"the settings file {file} cannot be read: {error.strerror}", hint="check WEFTLINE_SETTINGS or --settings"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"the settings file {file} is not TOML: {error}", hint="write lines such as port = 8400"
        ) from None
    for key in values:
        if key not in Settings.model_fields:
            raise SettingsError(
                f"the settings file {file} has the unknown key '{key}'", hint=did_you_mean(key, Settings.model_fields)
            )
    return values


def _explained(error: ValidationError, origin: Mapping[str, str], file: Path | None) -> SettingsError:
    fault = error.errors(include_url=False, include_input=False)[0]
    field = str(fault["loc"][0]) if fault["loc"] else ""
    name = origin.get(field) or (f"'{field}' in {file}" if field in origin else field)
    description = Settings.model_fields[field].description if field in Settings.model_fields else ""
    return SettingsError(
        f"{name} has a wrong value: {fault['msg']}", hint=description or "", context={"variable": name}
    )
