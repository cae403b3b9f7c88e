"""Who has signed in: a signed cookie with the name, which outlives a restart of the server."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import FootnoteError
from ui.web import access_texts as texts

if TYPE_CHECKING:
    from itsdangerous import URLSafeTimedSerializer

    from ui.web.passwords import Passwords

COOKIE = "footnote-session"
LASTS = 14 * 24 * 3600  # seconds
KEY_FILE = "session.key"
KEY_BYTES = 32


class KeyFileError(FootnoteError):
    """The key that signs cannot be kept."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Ends with the account, with its password, and after two weeks."""

    passwords: Passwords
    key: str
    lasts: int = LASTS

    def begin(self, name: str) -> str:
        """The value of the cookie."""
        return self._serializer().dumps([name, self.passwords.stamp(name)])

    def name(self, cookie: str | None) -> str | None:
        """Whose it is; None where it is nobody's, or not ours, or over."""
        from itsdangerous import BadData

        try:
            name, stamp = self._serializer().loads(cookie or "", max_age=self.lasts)
        except (BadData, ValueError, TypeError):
            return None
        is_current = stamp is not None and self.passwords.stamp(name) == stamp
        return str(name) if is_current else None

    def _serializer(self) -> URLSafeTimedSerializer:
        from itsdangerous import URLSafeTimedSerializer

        return URLSafeTimedSerializer(self.key, salt=COOKIE)


def key_in(home: Path) -> str:
    """The key of this data folder, made where there is none; raises KeyFileError."""
    path = home / KEY_FILE
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.stat().st_size < KEY_BYTES:
            _write(path, secrets.token_hex(KEY_BYTES))
        path.chmod(0o600)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = str(getattr(error, "strerror", None) or "it is not text").lower()
        raise KeyFileError(texts.NO_KEY.format(path=path, reason=reason)) from None


def _write(path: Path, key: str) -> None:
    path.unlink(missing_ok=True)
    # Nobody else may read it, not for a moment.
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(key)
