"""What an examination of the bot's set-up finds: what is right, what is wrong, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["right", "wrong", "note"]

SIGNS: Final[dict[Kind, str]] = {"right": "✓", "wrong": "✗", "note": "·"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line; `advice` is what to click, or to type, where."""

    kind: Kind
    said: str
    advice: str = ""


def right(said: str) -> Finding:
    return Finding("right", said)


def wrong(said: str, advice: str = "") -> Finding:
    return Finding("wrong", said, advice)


def note(said: str, advice: str = "") -> Finding:
    return Finding("note", said, advice)
