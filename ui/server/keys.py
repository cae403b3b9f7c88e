"""API keys: who may use the API, what for and how much; their secrets are kept nowhere."""

from __future__ import annotations

import hashlib
import re
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Literal, TypeAlias

from ui.server.principals import Permission

PREFIX: Final = "fn_"
Standing: TypeAlias = Literal["valid", "revoked", "expired"]
_LETTERS = string.ascii_letters + string.digits
_SECRET = 40  # letters, 238 bits
_SHAPE = re.compile(rf"{PREFIX}([0-9a-f]{{8}})_[A-Za-z0-9]{{{_SECRET}}}")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a key may do, how often, how much and until when.

    `rate` is written as `limits` reads it; None means that of the settings. `expires` is the last
    day on which it works, in UTC, as every day here.
    """

    scopes: tuple[Permission, ...]
    rate: str | None = None
    tokens_per_day: int | None = None
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: of its secret only the digest."""

    id: str
    name: str
    digest: str
    terms: Terms
    created: datetime
    revoked: datetime | None = None
    last_used: date | None = None

    @property
    def standing(self) -> Standing:
        if self.revoked:
            return "revoked"
        expires = self.terms.expires
        return "expired" if expires and expires < today() else "valid"


# Stands in where no key has the id, so that both cases are the same work; no text has its digest.
NOBODYS = Key("", "", secrets.token_hex(32), Terms(()), datetime.fromtimestamp(0, UTC))


def today() -> date:
    """The day that budgets and expiry go by."""
    return datetime.now(UTC).date()


def made() -> tuple[str, str]:
    """A new id and the whole text of its key."""
    number = secrets.token_hex(4)
    return number, f"{PREFIX}{number}_{_secret()}"


def local_key() -> str:
    """A key for this machine's own commands, for as long as the server runs; it is kept nowhere."""
    return f"{PREFIX}local_{_secret()}"


def id_in(text: str) -> str:
    """The id that it begins with; empty where it is not written as keys are."""
    shape = _SHAPE.fullmatch(text)
    return shape[1] if shape else ""


def digest(text: str) -> str:
    """Plain SHA-256: the secret is random, and long enough that nobody tries them all."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _secret() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_SECRET))
