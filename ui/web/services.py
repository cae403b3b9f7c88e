"""What pages need of the application."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rag.store.counting import Statistics
from rag.store.scoping import Sort
from rag.types import Answer, Event, Paper, Scope, Turn
from ui.web.places import Places


class Answering(Protocol):
    """What a page asks of the engine."""

    def stream(
        self, question: str, history: Sequence[Turn] = ..., scope: Scope = ...
    ) -> AsyncGenerator[Event, None]: ...

    async def ask(
        self, question: str, history: Sequence[Turn] = ..., scope: Scope = ...
    ) -> Answer: ...


class Library(Protocol):
    """What a page asks of the shelf; it blocks."""

    def statistics(self) -> Statistics: ...

    def find(
        self, scope: Scope = ..., *, sort: Sort = ..., limit: int | None = ..., offset: int = ...
    ) -> list[Paper]: ...


@dataclass(frozen=True, slots=True)
class Services:
    """Handed to every page; `places` are shared by all who ask, on whatever surface."""

    engine: Answering
    shelf: Library
    places: Places = field(default_factory=Places)
