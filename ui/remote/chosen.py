"""The server that the command line names; loads nothing, as every command line comes by here."""

from __future__ import annotations

from contextvars import ContextVar

_address: ContextVar[str] = ContextVar("_address", default="")


def choose(address: str | None) -> None:
    """From now on commands use this server; with None, the one that settings name or they find."""
    _address.set(address or "")


def chosen() -> str:
    """Empty where none is."""
    return _address.get()
