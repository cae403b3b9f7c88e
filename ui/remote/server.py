"""Which server the commands of this process use: one that somebody names, or the shelf's own."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.config import Address, Key
from rag.errors import ConfigError
from ui.remote.chosen import chosen
from ui.server import announcing

CONNECTS_WITHIN = 2.0  # seconds; it is on this machine


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server listens and what opens it; `is_own` where it owns the shelf of this user."""

    address: str
    key: str = field(default="", repr=False)
    is_own: bool = False

    @property
    def shown(self) -> str:
        """The address without a name and a password that it may hold."""
        scheme, _, place = self.address.rpartition("//")
        return f"{scheme}//{place.rpartition('@')[2]}"


class _Named(BaseSettings):
    # No .env: the folder that a command is run in may be anybody's, and must not choose where
    # questions and the key go.
    model_config = SettingsConfigDict(
        env_prefix="FOOTNOTE_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    server: Address | None = Field(None, repr=False)  # it may hold a name and a password
    server_key: Key | None = None


def named() -> Server | None:
    """The server that the command line or the environment names; raises ConfigError."""
    try:
        settings = _Named()
        address = _address(chosen()) if chosen() else settings.server
    except ValidationError as error:
        raise ConfigError(_sentence(error)) from None
    if not address:
        return None
    key = settings.server_key.get_secret_value() if settings.server_key else ""
    return Server(address.rstrip("/"), key)


def own(home: Path) -> Server | None:
    """The server that owns the shelf in `home`, if one does and takes connections."""
    found = announcing.read(home)
    if found is None or not _connects(found.address):
        return None
    return Server(found.address, found.key, is_own=True)


def _address(text: str) -> str:
    return TypeAdapter[str](Address).validate_python(text)


def _sentence(error: ValidationError) -> str:
    """Names what is wrong, never its value: it may be a secret."""
    problem = error.errors()[0]
    name = str(problem["loc"][0]) if problem["loc"] else ""
    what = f"FOOTNOTE_{name.upper()}" if name else "--server"
    if name == "server_key":
        return f"{what} is wrong: {problem['msg'].removeprefix('Value error, ')}."
    return f"{what} is wrong: it has to look like http://localhost:7860 or https://host."


def _connects(address: str) -> bool:
    """A server that was killed leaves what it announced behind."""
    try:
        parts = urlsplit(address)
        place = parts.hostname or "", parts.port or 80
        with socket.create_connection(place, CONNECTS_WITHIN):
            return True
    except (OSError, ValueError):
        return False
