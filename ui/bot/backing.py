"""What stands behind a bot: whoever answers, checks and keeps what people say of answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from rag.errors import FootnoteError
from ui.answer_log import AnswerLog, Feedback
from ui.bot.checking import Checker
from ui.server.asking import Happening, Question, happenings
from ui.server.services import Services


class AwayError(FootnoteError):
    """Whoever answers could not be reached, or broke off."""


class Backing(Protocol):
    """The application, in this process or behind an API."""

    @property
    def checker(self) -> Checker | None:
        """None where sentences cannot be checked."""
        ...

    def ask(self, question: Question) -> AsyncGenerator[Happening, None]:
        """The events of an answer, then `Recorded`; raises AwayError, and what an engine raises."""
        ...

    async def rate(self, record: str, feedback: Feedback) -> bool:
        """Keeps what somebody says of an answer; False where no record of it is within reach."""
        ...

    async def examples(self) -> tuple[str, ...]:
        """Questions that the shelf answers; none where nobody knows any."""
        ...


async def no_examples() -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Local:
    """Answers by the services of this process."""

    services: Services
    log: AnswerLog | None = None
    checker: Checker | None = None
    chosen: Callable[[], Awaitable[tuple[str, ...]]] = no_examples

    def ask(self, question: Question) -> AsyncGenerator[Happening, None]:
        return happenings(self.services, question)

    async def rate(self, record: str, feedback: Feedback) -> bool:
        if not (self.log and record):
            return False
        return await asyncio.to_thread(self.log.rate, record, feedback)

    async def examples(self) -> tuple[str, ...]:
        return await self.chosen()
