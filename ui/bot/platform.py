"""What the bot needs of a chat platform; everything that a platform calls its own stays behind it.

Texts come as plain Markdown that nobody has checked for what it does there: to escape it, so that
it names, calls or fetches nobody and nothing, is the platform's part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rag.types import Answer, Turn
from ui.bot.heard import Heard, Spot


class Slip(Protocol):
    """Keeps what was said to a message."""

    async def posted(self, reply: str) -> None:
        """Told the id of the reply as soon as it stands there, or another takes its place."""
        ...

    async def known(self) -> frozenset[str]:
        """The ids of all replies in the thread that were kept."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """A whole answer; `token` is what its buttons send back.

    `is_recorded` where people may say what they think of it.
    """

    answer: Answer
    token: str
    is_recorded: bool = False


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`longest` is how many characters of an answer one reply holds; the rest goes elsewhere."""

    longest: int


class Reply(Protocol):
    """The one reply to a message, while it is written.

    `finish`, `tell` or `drop` ends it. None raises: what cannot be posted is noted as an incident.
    """

    async def begin(self, status: str) -> None:
        """Shows that something is done, and may be called again with another status."""
        ...

    async def append(self, text: str) -> None:
        """Shows the next piece of the answer's text."""
        ...

    async def finish(self, said: Said) -> None:
        """The answer is at its end; what was not appended of its text is still to be shown."""
        ...

    async def tell(self, sentence: str) -> None:
        """Ends with a sentence of ours, after what stands there already."""
        ...

    async def drop(self) -> None:
        """Ends without a word."""
        ...


class Platform(Protocol):
    """One chat platform."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def reply(self, heard: Heard, slip: Slip, existing: str = "") -> Reply:
        """A new reply; with `existing` the one that has this id is written anew in its place."""
        ...

    async def whisper(self, heard: Heard, sentence: str) -> None:
        """Says something to the one who asked, and nobody else; never raises."""
        ...

    async def placed(self, spot: Spot) -> Spot:
        """The same with what kind of place it is, as far as that can be found out."""
        ...

    async def earlier(self, heard: Heard) -> tuple[Turn, ...]:
        """Questions and answers that stand in the thread; empty where they cannot be read."""
        ...

    async def stray(self, heard: Heard, known: frozenset[str]) -> str:
        """The id of a reply of ours to this message that is not among the known; else empty."""
        ...
