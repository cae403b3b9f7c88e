"""The shelf that a command is about: this process's own, or that of a server which owns it.

This is the one place that chooses. A server that somebody names comes first, then the one that
owns the shelf of the settings, and where there is none the shelf is opened here.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, TypeAlias, TypeVar

from rag.config import Settings
from rag.errors import ConfigError, ShelfBusyError
from rag.types import Answer, Event, Hit, Paper, Scope, Turn, Verdict
from ui.remote import server as servers
from ui.remote.server import Server

if TYPE_CHECKING:
    from rag.ingest import Listener, Report
    from rag.store.counting import Statistics
    from rag.store.scoping import Sort
    from ui.remote.connection import Connection

ELSEWHERE: Final = (
    "{address} is named as the server to use, and `footnote {command}` works on a shelf of its "
    "own. Run it where the shelf is, without --server and FOOTNOTE_SERVER."
)
OWNED: Final = (
    "`footnote serve` owns the shelf in {home} (it listens at {address}), and `footnote {command}` "
    "needs it alone. Stop the server, run this, and start the server again."
)

SERVED: Final = (
    "A server for the shelf in {home} runs already, at {address}. Open that in a browser, or stop "
    "it first."
)


class Engine(Protocol):
    """What a command asks of the engine."""

    def stream(
        self, question: str, history: Sequence[Turn] = ..., scope: Scope = ...
    ) -> AsyncGenerator[Event, None]: ...

    async def ask(
        self, question: str, history: Sequence[Turn] = ..., scope: Scope = ...
    ) -> Answer: ...

    async def search(self, question: str, *, scope: Scope = ..., limit: int = ...) -> list[Hit]: ...


class Shelf(Protocol):
    """What a command asks of the shelf."""

    def statistics(self) -> Statistics: ...

    def find(
        self, scope: Scope = ..., *, sort: Sort = ..., limit: int | None = ..., offset: int = ...
    ) -> list[Paper]: ...

    def count(self, scope: Scope = ...) -> int: ...

    def resolve(self, text: str) -> Paper: ...

    def papers(self, ids: Sequence[str]) -> list[Paper]: ...

    def remove(self, ids: Iterable[str]) -> list[str]: ...

    def embedding(self) -> object | None:
        """What it was embedded with, to be shown."""
        ...


class Checker(Protocol):
    """What a command asks of the verifier; may be asked from several threads at once."""

    def check(self, sentence: str, papers: Sequence[Paper]) -> list[Verdict]: ...


Part = TypeVar("Part")
Adding: TypeAlias = "Callable[[Sequence[str], Listener], Report]"
BackingUp: TypeAlias = Callable[[BinaryIO], None]


@dataclass(frozen=True, slots=True)
class Opened:
    """An engine, its shelf and a verifier, whoever has them; `is_own` where this process does."""

    engine: Engine
    shelf: Shelf
    checker: Checker
    add: Adding
    is_own: bool = True


@contextmanager
def opened(settings: Settings) -> Iterator[Opened]:
    """All of it; raises ShelfBusyError where a process owns the shelf that is no server."""
    with ExitStack() as stack:
        yield _chosen(
            settings,
            lambda: _own_parts(stack, settings),
            lambda server: _remote_parts(_connected(stack, server)),
        )


@contextmanager
def opened_shelf(settings: Settings) -> Iterator[Shelf]:
    """The shelf alone, as it is, whatever it was embedded with."""
    with ExitStack() as stack:
        yield _chosen(
            settings,
            lambda: _own_shelf(stack, settings),
            lambda server: _remote_parts(_connected(stack, server)).shelf,
        )


@contextmanager
def opened_checker(settings: Settings) -> Iterator[Checker]:
    """The verifier of a server, or one of this process, which needs no shelf."""
    with ExitStack() as stack:
        yield _chosen(
            settings,
            lambda: _own_checker(settings),
            lambda server: _remote_parts(_connected(stack, server)).checker,
        )


@contextmanager
def opened_backup(settings: Settings) -> Iterator[BackingUp]:
    """What writes a backup: of this process's own shelf, or that of a server by the server."""
    with ExitStack() as stack:
        yield _chosen(
            settings,
            lambda: _own_backup(stack, settings),
            lambda server: _remote_backup(_connected(stack, server)),
        )


def place(settings: Settings) -> str:
    """Where the shelf is: a folder of this machine, or at the server that somebody names."""
    server = servers.named()
    return server.shown if server else str(settings.home)


@contextmanager
def alone(settings: Settings, command: str) -> Iterator[None]:
    """Around whatever opens the shelf for itself: says what to do where a server has it.

    Raises ConfigError where a server is named: it has a shelf of its own.
    """
    if server := servers.named():
        raise ConfigError(ELSEWHERE.format(address=server.shown, command=command))
    try:
        yield
    except ShelfBusyError:
        server = servers.own(settings.home)
        if server is None:
            raise
        told = SERVED if command == "serve" else OWNED
        place = {"home": settings.home, "address": server.shown, "command": command}
        raise ShelfBusyError(told.format(**place)) from None


def _chosen(settings: Settings, here: Callable[[], Part], there: Callable[[Server], Part]) -> Part:
    if server := servers.named() or servers.own(settings.home):
        return there(server)
    try:
        return here()
    except ShelfBusyError:
        server = servers.own(settings.home)  # it may have come in between
        if server is None:
            raise
        return there(server)


def _own_parts(stack: ExitStack, settings: Settings) -> Opened:
    from rag import ingest
    from rag.build import build

    application = stack.enter_context(build(settings))

    def add(paths: Sequence[str], listener: Listener) -> Report:
        return ingest.add(paths, application.shelf, application.encoder, listener)

    return Opened(application.engine, application.shelf, application.verifier, add)


def _own_shelf(stack: ExitStack, settings: Settings) -> Shelf:
    from rag.build import open_shelf

    return stack.enter_context(open_shelf(settings))


def _own_checker(settings: Settings) -> Checker:
    from rag.build import verifier_for

    return verifier_for(settings)


def _own_backup(stack: ExitStack, settings: Settings) -> BackingUp:
    from rag.build import open_shelf
    from rag.store.backup import write
    from rag.store.snapshot import snapshot

    shelf = stack.enter_context(open_shelf(settings))

    def back_up(file: BinaryIO) -> None:
        with snapshot(shelf) as copy:
            write(copy, file)

    return back_up


def _remote_backup(connection: Connection) -> BackingUp:
    def back_up(file: BinaryIO) -> None:
        with closing(connection.pieces("POST", "/backups")) as pieces:
            for piece in pieces:
                file.write(piece)

    return back_up


def _connected(stack: ExitStack, server: Server) -> Connection:
    from ui.remote.connection import Connection

    return stack.enter_context(closing(Connection(server)))


def _remote_parts(connection: Connection) -> Opened:
    from ui.remote.adding import add
    from ui.remote.checking import RemoteVerifier
    from ui.remote.engine import RemoteEngine
    from ui.remote.shelf import RemoteShelf

    return Opened(
        RemoteEngine(connection),
        RemoteShelf(connection),
        RemoteVerifier(connection),
        partial(add, connection),
        is_own=False,
    )
