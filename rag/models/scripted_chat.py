"""A model that says what it was told to say: for tests, demonstrations and measurements."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rag.config import Settings
from rag.errors import ChatError, ChatFailure
from rag.models.reckoning import estimated
from rag.types import Message, Usage

CONTEXT_WINDOW = 8192
# As `rag.answering.offered` heads each source.
_SOURCE = re.compile(r"^Source \[(\d+)\]$", re.MULTILINE)
_PLACE = re.compile(r"\{(\d+)\}")
_WORD = re.compile(r"\s*\S+\s*$|\s*\S+|\s+")


@dataclass(frozen=True, slots=True)
class Scene:
    """What is said to one request, and how.

    `{1}` in the text is the id of the first source that was offered, `{2}` of the second; a number
    beyond them is left as it stands. The text comes in `pieces` of about one length, else word by
    word, with `delay` seconds before each; then, if there is an `error`, it breaks off with that.
    """

    text: str = ""
    error: ChatFailure | None = None
    pieces: int | None = None
    delay: float = 0.0


Reply: TypeAlias = str | Scene | Callable[[Sequence[Message]], "str | Scene"]


class Scripted:
    """Gives the replies one after the other, and the last one again and again."""

    def __init__(
        self,
        replies: Sequence[Reply],
        *,
        name: str = "scripted",
        settings: Settings | None = None,
    ) -> None:
        self.name = name
        self.context_window = settings.llm_context_window if settings else CONTEXT_WINDOW
        self._settings = settings
        self._replies = list(replies)
        self._asked = 0

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int
    ) -> AsyncIterator[str | Usage]:
        """Text, then its usage; a script is as long as it is, whatever `max_tokens` says."""
        scene = self._next(messages)
        said = _filled(scene.text, source_ids(messages))
        for piece in _cut(said, scene.pieces):
            await asyncio.sleep(scene.delay)
            yield piece
        if scene.error:
            raise ChatError(scene.error, f"The scripted model plays a failure: {scene.error}.")
        yield estimated(messages, said, self._settings)

    def _next(self, messages: Sequence[Message]) -> Scene:
        reply = self._replies[min(self._asked, len(self._replies) - 1)]
        self._asked += 1
        said = reply(messages) if callable(reply) else reply
        return Scene(said) if isinstance(said, str) else said


def source_ids(messages: Sequence[Message]) -> list[str]:
    """The ids of the sources that the last message offers, in their order."""
    return list(dict.fromkeys(_SOURCE.findall(messages[-1].content))) if messages else []


def _filled(text: str, ids: Sequence[str]) -> str:
    def id_at(place: re.Match[str]) -> str:
        number = int(place[1])
        return ids[number - 1] if 1 <= number <= len(ids) else place[0]

    return _PLACE.sub(id_at, text)


def _cut(text: str, pieces: int | None) -> list[str]:
    if pieces is None:
        return _WORD.findall(text)
    size = max(1, -(-len(text) // pieces))
    return [text[start : start + size] for start in range(0, len(text), size)]
