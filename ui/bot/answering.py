"""From the engine's events to a reply: text while it comes, then the whole answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rag.types import Answer, Completed, Delta, Retrieved
from ui import render
from ui.bot import texts
from ui.bot.platform import Reply
from ui.server.asking import Happening, Recorded

Holding: TypeAlias = Literal["nothing", "until-cited", "until-completed"]


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer, and the id of its record, empty where none is kept."""

    answer: Answer
    record: str


@dataclass(slots=True)
class Writing:
    """Shows an answer piece by piece, and no more of it than a reply holds.

    `holding` keeps the text back until it is clear that it is no refusal: one that nobody is to
    see must not have been begun.
    """

    reply: Reply
    room: int
    holding: Holding = "nothing"
    _held: str = ""

    async def follow(self, events: AsyncGenerator[Happening, None]) -> Answered:
        """The answer that the events end with; raises what they raise."""
        answer: Answer | None = None
        record = ""
        async with aclosing(events):
            async for event in events:
                match event:
                    case Completed():
                        answer = event.answer
                    case Recorded():
                        record = event.id
                    case Retrieved() | Delta():
                        await self._show(event)
        if answer is None:
            raise RuntimeError("The engine ended without a completed answer.")
        return Answered(answer, record)

    async def _show(self, event: Retrieved | Delta) -> None:
        if isinstance(event, Retrieved):
            if event.hits and self.holding == "nothing":
                papers = render.several(len(event.hits), "paper")
                await self.reply.begin(texts.FOUND.format(papers=papers))
            return
        self._held += event.text
        if self.holding == "until-cited" and event.citations:
            self.holding = "nothing"
        if self.holding == "nothing":
            await self._append()

    async def _append(self) -> None:
        text, self._held = self._held[: self.room], ""
        self.room -= len(text)
        if text:
            await self.reply.append(text)
