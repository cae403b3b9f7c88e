"""The engine of a server, asked over its API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from rag.types import Answer, Completed, Event, Hit, Scope, Turn
from ui.remote.connection import Connection
from ui.remote.failures import BROKEN_OFF, RemoteError, error_for
from ui.remote.shapes import question_fields, read_hits, search_fields
from ui.server.asking import Happening
from ui.server.wire import Failure, decode


class RemoteEngine:
    """Answers as `rag.engine.Engine` does, with the same events."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def stream(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> AsyncGenerator[Event, None]:
        """The events of the server's engine; the last is given once it was recorded there.

        Whoever has the last event listens no more, and a server that nobody listens to stops.
        """
        asked = question_fields(question, history, scope)
        last: Completed | None = None
        async with aclosing(self._happenings(asked)) as happenings:
            async for happening in happenings:
                match happening:
                    case Completed():
                        last = happening
                    case _ if isinstance(happening, Event):
                        yield happening
        if last is None:
            raise RemoteError(BROKEN_OFF.format(address=self._connection.server.shown))
        yield last

    async def ask(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> Answer:
        """The finished answer."""
        async with aclosing(self.stream(question, history, scope)) as events:
            async for event in events:
                if isinstance(event, Completed):
                    return event.answer
        raise AssertionError("a stream ends with Completed")

    async def search(self, question: str, *, scope: Scope = Scope(), limit: int = 10) -> list[Hit]:
        """Papers alone, best first."""
        sent = search_fields(question, scope, limit)
        found = await asyncio.to_thread(self._connection.call, "POST", "/search", sent)
        return read_hits(found)

    async def _happenings(self, asked: dict[str, Any]) -> AsyncGenerator[Happening, None]:
        async with aclosing(self._connection.answer_events("/answers", asked)) as events:
            async for name, data in events:
                message = decode(name, data)
                if isinstance(message, Failure):
                    raise error_for(message)
                yield message
