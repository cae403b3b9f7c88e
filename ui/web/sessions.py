"""Who has signed in: a signed cookie with the name, which outlives a restart of the server.

A cookie that was taken along is worth nothing once its session was ended: that is known here, and
does not depend on the browser forgetting it.
"""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import FootnoteError
from ui.web import access_texts as texts
from ui.web.ended_sessions import EndedSessions

if TYPE_CHECKING:
    from itsdangerous import URLSafeTimedSerializer

    from ui.web.passwords import Passwords

COOKIE = "footnote-session"
LASTS = 14 * 24 * 3600  # seconds
KEY_FILE = "session.key"
KEY_BYTES = 32
ID_BYTES = 12


class KeyFileError(FootnoteError):
    """The key that signs cannot be kept."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """One ends when somebody signs out, with the account, its password, and after two weeks."""

    passwords: Passwords
    key: str
    lasts: int = LASTS
    ended: EndedSessions = field(default_factory=EndedSessions)

    def begin(self, name: str) -> str:
        """The value of the cookie."""
        session = secrets.token_hex(ID_BYTES)
        return self._serializer().dumps([name, self.passwords.stamp(name), session])

    def name(self, cookie: str | None) -> str | None:
        """Whose it is; None where it is nobody's, or not ours, or over."""
        name, stamp, session = self._read(cookie)
        is_current = stamp is not None and self.passwords.stamp(name) == stamp
        return name if is_current and session not in self.ended else None

    def end(self, cookie: str | None) -> None:
        """Whoever shows this cookie from now on is nobody; other sessions of theirs go on."""
        if self.name(cookie) is not None:
            _, _, session = self._read(cookie)
            self.ended.add(session, time.time() + self.lasts)

    def _read(self, cookie: str | None) -> tuple[str, str | None, str]:
        """Name, stamp and id of the session; without a stamp where it is not ours, or over."""
        from itsdangerous import BadData

        try:
            name, stamp, session = self._serializer().loads(cookie or "", max_age=self.lasts)
        except (BadData, ValueError, TypeError):
            return "", None, ""
        return str(name), stamp, str(session)

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
