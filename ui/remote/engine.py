"""The engine of a server, asked over its API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, suppress
from typing import Any, Final

from rag.errors import FootnoteError
from rag.types import Answer, Completed, Event, Hit, Scope, Turn, finished
from ui.remote.connection import Connection
from ui.remote.failures import BROKEN_OFF, RemoteError, error_for
from ui.remote.shapes import question_fields, read_hits, search_fields
from ui.server.asking import Happening
from ui.server.wire import Failure, decode

RECORDED_WITHIN: Final = 5.0  # seconds


class RemoteEngine:
    """Answers as `rag.engine.Engine` does, with the same events."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def stream(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> AsyncGenerator[Event, None]:
        """The events of the server's engine; closed after the last, it waits for the record of it.

        Whoever has the last event listens no more, and a server that nobody listens to stops.
        """
        async with aclosing(self.happenings(question, history, scope)) as happenings:
            async for happening in happenings:
                if isinstance(happening, Completed):
                    try:
                        yield happening
                    finally:
                        await _rest(happenings)
                    return
                if isinstance(happening, Event):
                    yield happening

    async def happenings(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = Scope(),
        *,
        asker: str = "",
    ) -> AsyncGenerator[Happening, None]:
        """The same events, then `Recorded`; what fails after the answer takes nothing from it.

        An `asker` is told apart from others who ask with the same key, in the server's records.
        Raises RemoteError where the server ends before the answer does.
        """
        asked, is_answered = question_fields(question, history, scope, asker), False
        try:
            async with aclosing(self._told(asked)) as told:
                async for happening in told:
                    is_answered = is_answered or isinstance(happening, Completed)
                    yield happening
        except FootnoteError:
            if not is_answered:
                raise
        if not is_answered:
            raise RemoteError(BROKEN_OFF.format(address=self._connection.server.shown))

    async def ask(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> Answer:
        """The finished answer."""
        return await finished(self.stream(question, history, scope))

    async def search(self, question: str, *, scope: Scope = Scope(), limit: int = 10) -> list[Hit]:
        """Papers alone, best first."""
        sent = search_fields(question, scope, limit)
        found = await asyncio.to_thread(self._connection.call, "POST", "/search", sent)
        return read_hits(found)

    async def _told(self, asked: dict[str, Any]) -> AsyncGenerator[Happening, None]:
        async with aclosing(self._connection.answer_events("/answers", asked)) as events:
            async for name, data in events:
                message = decode(name, data)
                if isinstance(message, Failure):
                    raise error_for(message)
                yield message


async def _rest(happenings: AsyncIterator[Happening]) -> None:
    """Listens to the end; what fails after the answer takes nothing from it."""
    with suppress(FootnoteError, TimeoutError):
        async with asyncio.timeout(RECORDED_WITHIN):
            async for _ in happenings:
                pass
