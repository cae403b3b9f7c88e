"""Keys that tokens are encrypted with, so that a copy of the file is of no use to anybody."""

from __future__ import annotations

from typing import Final

from cryptography.fernet import Fernet, MultiFernet

from rag.errors import ConfigError

NO_KEY: Final = (
    "FOOTNOTE_SLACK_TOKEN_KEY is not set, and the tokens of workspaces are kept encrypted only. "
    "Make a key with `footnote slack key`, and keep it where no copy of the data folder is kept."
)
NOT_A_KEY: Final = (
    "FOOTNOTE_SLACK_TOKEN_KEY is wrong: each key has 44 letters, digits, - and _, the last of them "
    "=. Make one with `footnote slack key`; an old one may stand behind it, with a comma between."
)


def new_key() -> str:
    return Fernet.generate_key().decode()


def seal(keys: str) -> MultiFernet:
    """Encrypts with the first of the keys, decrypts with any; raises ConfigError."""
    listed = [one.strip() for one in keys.split(",") if one.strip()]
    if not listed:
        raise ConfigError(NO_KEY)
    try:
        return MultiFernet([Fernet(one) for one in listed])
    except ValueError:
        raise ConfigError(NOT_A_KEY) from None
