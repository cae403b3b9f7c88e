"""What pages need of the application."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from rag.store.counting import Statistics
from rag.store.scoping import Sort
from rag.types import Answer, Event, Hit, Paper, Scope, Turn
from ui.conversation import Conversations
from ui.server.exchange import Exchange
from ui.server.places import Places


class Answering(Protocol):
    """What a page asks of the engine."""

    def stream(
        self, question: str, history: Sequence[Turn] = ..., scope: Scope = ...
    ) -> AsyncGenerator[Event, None]: ...

    async def ask(
        self, question: str, history: Sequence[Turn] = ..., scope: Scope = ...
    ) -> Answer: ...

    async def search(self, question: str, *, scope: Scope = ..., limit: int = ...) -> list[Hit]: ...


class Recording(Protocol):
    """Keeps a record of what was answered."""

    async def noted(self, exchange: Exchange, owner: str = ...) -> Exchange: ...


class Library(Protocol):
    """What a page asks of the shelf; it blocks."""

    def statistics(self) -> Statistics: ...

    def find(
        self, scope: Scope = ..., *, sort: Sort = ..., limit: int | None = ..., offset: int = ...
    ) -> list[Paper]: ...

    def count(self, scope: Scope = ...) -> int: ...


@dataclass(frozen=True, slots=True)
class Services:
    """Handed to every page; `places` are shared by all who ask, on whatever surface.

    Without `conversations` none is kept.
    """

    engine: Answering
    shelf: Library
    places: Places = field(default_factory=Places)
    conversations: Conversations | None = None
    recorder: Recording | None = None
    asker: str = ""

    def for_asker(self, owner: str) -> Services:
        """The same for one who asks, whom the records of the answers tell apart from others."""
        return replace(self, asker=owner)

    async def noted(self, exchange: Exchange) -> Exchange:
        """The exchange with the id of its record, where records are kept."""
        return await self.recorder.noted(exchange, self.asker) if self.recorder else exchange
