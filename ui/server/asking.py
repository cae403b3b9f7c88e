"""One question on any served surface: a place in the queue, the engine's events, a record."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TypeAlias

from rag.errors import FootnoteError
from rag.language.words import whole
from rag.types import Completed, Event, Scope, Turn
from ui.server import audit
from ui.server.exchange import Exchange
from ui.server.services import Services


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, after what was said before, within which papers, and by whom."""

    text: str
    history: tuple[Turn, ...] = ()
    scope: Scope = Scope()
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """After the last event: the id of the answer's record, empty where none is kept."""

    id: str
    seconds: float


Happening: TypeAlias = Event | Recorded


async def happenings(services: Services, question: Question) -> AsyncGenerator[Happening, None]:
    """The engine's events, then `Recorded`.

    Raises BusyError at once where the queue is full, and whatever the engine raises, after the
    failure was recorded; what is broken off from outside is no answer and leaves no record.
    """
    began, services = time.perf_counter(), services.for_asker(question.owner)
    question = replace(question, text=whole(question.text))
    exchange = Exchange(question.text, scope=question.scope)
    audit.asked(question.text)
    try:
        async with services.places.one(), aclosing(_events(services, question)) as events:
            async for event in events:
                exchange = exchange.after(event)
                if isinstance(event, Completed):
                    audit.answered(event.answer)
                yield event
    except FootnoteError as error:
        await services.noted(exchange.ended("failed", str(error)))
        raise
    seconds = time.perf_counter() - began
    noted = await services.noted(replace(exchange, seconds=seconds))
    yield Recorded(noted.id, seconds)


def _events(services: Services, question: Question) -> AsyncGenerator[Event, None]:
    return services.engine.stream(question.text, question.history, question.scope)
