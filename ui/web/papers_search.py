"""The papers that are asked for: of the catalogue, or of the search where words are typed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from rag.errors import PaperNotFoundError
from rag.store.counting import Statistics
from rag.store.scoping import Sort
from rag.store.spreading import Spread
from rag.types import Hit, Paper, Scope
from ui.web.papers_query import RELEVANCE, SORTS, Asked, scope

ON_A_PAGE: Final = 25
NEAREST: Final = 100  # papers that a search gives: one further down is hardly about the words
SIMILAR: Final = 5
LONGEST_TITLE: Final = 500
_IDENTIFIER = re.compile(
    r"(arxiv:|doi:|pmid:|https?://|10\.\d{4,9}/|\d{4}\.\d{4,5}(v\d+)?$)\S*", re.IGNORECASE
)


class Searching(Protocol):
    """What the pages ask of the engine."""

    async def search(self, question: str, *, scope: Scope = ..., limit: int = ...) -> list[Hit]: ...


class Catalogue(Protocol):
    """What the pages ask of the shelf; it blocks."""

    def statistics(self) -> Statistics: ...

    def spread(self, scope: Scope = ..., *, most: int = ...) -> Spread: ...

    def paper(self, paper_id: str) -> Paper: ...

    def papers(self, ids: Sequence[str]) -> list[Paper]: ...

    def resolve(self, text: str) -> Paper: ...

    def count(self, scope: Scope = ...) -> int: ...

    def matching_ids(self, scope: Scope) -> set[str] | None: ...

    def find(
        self, scope: Scope = ..., *, sort: Sort = ..., limit: int | None = ..., offset: int = ...
    ) -> list[Paper]: ...


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was asked for, how much there is in all, and the scope that it fills.

    `scores` are of a search, 0 to 1 by id; without a scope nothing was found.
    """

    papers: tuple[Paper, ...] = ()
    total: int = 0
    scope: Scope | None = None
    scores: Mapping[str, float] = field(default_factory=dict)


async def found(asked: Asked, engine: Searching, shelf: Catalogue) -> Found:
    """Raises FootnoteError where words cannot be searched for."""
    within = scope(asked)
    if not asked.words:
        return await asyncio.to_thread(_listed, shelf, within, asked)
    if _IDENTIFIER.fullmatch(asked.words):
        return await asyncio.to_thread(_identified, shelf, within, asked)
    hits = await engine.search(asked.words, scope=within, limit=NEAREST)
    return await asyncio.to_thread(_sorted, shelf, hits, asked)


async def similar(paper: Paper, engine: Searching) -> list[Hit]:
    """Other papers near to what its title says, best first."""
    about = (paper.title.strip() or paper.abstract.strip())[:LONGEST_TITLE]
    if not about:
        return []
    hits = await engine.search(about, limit=SIMILAR + 1)
    return [hit for hit in hits if hit.paper.id != paper.id][:SIMILAR]


def _identified(shelf: Catalogue, within: Scope, asked: Asked) -> Found:
    """The one paper that an identifier names: no other is near to it."""
    try:
        named = shelf.resolve(asked.words)
    except PaperNotFoundError:
        return Found()
    return _listed(shelf, replace(within, paper_ids=(named.id,)), asked)


def _sorted(shelf: Catalogue, hits: Sequence[Hit], asked: Asked) -> Found:
    """What a search gave, in the order asked for."""
    if not hits:
        return Found()
    only = Scope(paper_ids=tuple(hit.paper.id for hit in hits))
    scores = {hit.paper.id: hit.score for hit in hits}
    if asked.order != RELEVANCE:
        return replace(_listed(shelf, only, asked), scores=scores)
    start = _start(asked)
    papers = tuple(hit.paper for hit in hits[start : start + ON_A_PAGE])
    return Found(papers, len(hits), only, scores)


def _listed(shelf: Catalogue, within: Scope, asked: Asked) -> Found:
    within = _looked_up(shelf, within)
    sort = SORTS.get(asked.order, "published")
    total = shelf.count(within)
    papers = shelf.find(within, sort=sort, limit=ON_A_PAGE, offset=_start(asked)) if total else ()
    return Found(tuple(papers), total, within if total else None)


def _looked_up(shelf: Catalogue, within: Scope) -> Scope:
    """The papers of an author as papers: every name is read once, not for each thing counted."""
    if not within.authors:
        return within
    # No paper has the id of none, whereas no ids at all would bar none.
    return Scope(paper_ids=tuple(shelf.matching_ids(within) or ("",)))


def _start(asked: Asked) -> int:
    return (asked.page - 1) * ON_A_PAGE
