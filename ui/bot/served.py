"""A bot beside a server that owns the shelf: everything is asked of that server, over its API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import ExitStack, aclosing, closing, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from rag.errors import FootnoteError, PaperNotFoundError
from rag.types import Scope
from ui.answer_log import Feedback
from ui.bot.backing import AwayError
from ui.bot.checking import Checked, Checker, ShelfChecker
from ui.remote import server as servers
from ui.remote.checking import RemoteVerifier
from ui.remote.connection import Connection
from ui.remote.engine import RemoteEngine
from ui.remote.failures import RemoteError
from ui.remote.server import Server
from ui.remote.shelf import RemoteShelf
from ui.server import incidents
from ui.server.asking import Happening, Question
from ui.server.services import Services

GONE: Final = "No server has the shelf any more."
Find: TypeAlias = Callable[[], Server | None]
Chosen: TypeAlias = Callable[[], Awaitable[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class _There:
    """What one server has."""

    server: Server
    connection: Connection
    engine: RemoteEngine
    checker: ShelfChecker
    chosen: Chosen


class Served:
    """Answers by a server, which is looked for each time: it may have been started anew elsewhere.

    `choosing` makes what chooses example questions over the services of a server.
    """

    def __init__(self, find: Find, choosing: Callable[[Services], Chosen]) -> None:
        self._find, self._choosing = find, choosing
        self._last: _There | None = None
        self._connections = ExitStack()

    @property
    def checker(self) -> Checker:
        return self

    async def ask(self, question: Question) -> AsyncGenerator[Happening, None]:
        """The server's own happenings; it keeps the record."""
        with _away():
            there = await self._there()
            asked = there.engine.happenings(
                question.text, question.history, question.scope, asker=question.owner
            )
            async with aclosing(asked) as happenings:
                async for happening in happenings:
                    yield happening

    async def check(self, text: str, scope: Scope = Scope()) -> list[Checked]:
        """By the papers and the verifier of the server."""
        with _away():
            return await (await self._there()).checker.check(text, scope)

    async def rate(self, record: str, feedback: Feedback) -> bool:
        """Handed to the server; False also where it is away, which is noted as an incident."""
        try:
            return bool(record) and await self._rated(record, feedback)
        except PaperNotFoundError:  # as the API says that anything is not there
            return False
        except FootnoteError as error:
            incidents.note(error)
            return False

    async def examples(self) -> tuple[str, ...]:
        """Chosen once for each server and state of its shelf."""
        try:
            return await (await self._there()).chosen()
        except FootnoteError as error:
            incidents.note(error)
            return ()

    def close(self) -> None:
        self._connections.close()

    async def _rated(self, record: str, feedback: Feedback) -> bool:
        call = (await self._there()).connection.call
        said = {"record": record, **asdict(feedback)}
        await asyncio.to_thread(call, "POST", "/feedback", said)
        return True

    async def _there(self) -> _There:
        """Raises RemoteError where there is none."""
        server = await asyncio.to_thread(self._find)
        if server is None:
            raise RemoteError(GONE)
        if self._last is None or self._last.server != server:
            self._last = self._connected(server)
        return self._last

    def _connected(self, server: Server) -> _There:
        # Those before stay open to the end, as a thread may still be at work with one.
        connection = self._connections.enter_context(closing(Connection(server)))
        engine = RemoteEngine(connection)
        checker = ShelfChecker(engine, RemoteVerifier(connection))
        chosen = self._choosing(Services(engine, RemoteShelf(connection)))
        return _There(server, connection, engine, checker, chosen)


def finder(home: Path) -> Find:
    """Finds the server that somebody names, or else the one that owns the shelf in `home` now."""
    if named := servers.named():
        return lambda: named
    return partial(servers.own, home)


@contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except RemoteError as error:
        raise AwayError(str(error)) from error
