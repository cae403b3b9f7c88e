"""Find what answers a question: in the catalogue where it knows, else in abstracts.

With a language model, one search more in the papers' own terms where the first is not enough.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.answering import abstracts
from rag.answering.asked import Asked
from rag.answering.draft import Draft
from rag.answering.evidence import READ, Evidence, Reader
from rag.answering.follow_up import stand_alone
from rag.answering.outcome import Outcome
from rag.answering.paper_choice import with_compared
from rag.answering.record_lookup import Library, Searcher
from rag.answering.record_question import RecordQuestion
from rag.answering.record_scope import narrowed
from rag.answering.records import Records
from rag.answering.refusal import EMPTY_SHELF, FAMILIAR, HOPELESS
from rag.answering.writer import Writer
from rag.language.words import keywords
from rag.types import Hit, Refusal, Scope, Turn

RETRIEVED = 20
_TURNABLE = ("not-on-shelf", "not-in-abstract")  # refusals that other words may turn


class Finder(Searcher, Protocol):
    """A retriever that knows how the shelf spells names."""

    def respelt(self, question: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was retrieved for a question, not read yet; an outcome where there is nothing to read.

    `within` is what may be searched.
    """

    asked: Asked
    hits: tuple[Hit, ...]
    within: Scope
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question: an outcome, or evidence to write an answer from.

    `is_unsure` where a search in other words may find what this one did not.
    """

    asked: Asked
    hits: tuple[Hit, ...]
    outcome: Outcome | None
    evidence: tuple[Evidence, ...] = ()
    is_unsure: bool = False


class Finding:
    """Finds papers for questions; heavy work runs in threads, off the event loop.

    Without a writer it comes back with the abstracts' own sentences.
    """

    def __init__(
        self, searcher: Finder, reader: Reader, library: Library, writer: Writer | None = None
    ) -> None:
        self._searcher = searcher
        self._reader = reader
        self._library = library
        self._records = Records(library, searcher)
        self._writer = writer

    async def retrieved(self, draft: Draft, history: Sequence[Turn], scope: Scope) -> Retrieval:
        """From the catalogue where it knows, else the papers whose abstracts are to be read."""
        asked, record = await self._understood(draft, history)
        if record and record.is_alone:
            outcome = await draft.timed("look up", self._records.answer, record, scope)
            return Retrieval(asked, outcome.hits, scope, outcome)
        within = narrowed(scope, record) if record else scope
        hits = await draft.timed("retrieve", self._search_sides, asked, within)
        if not hits and within.is_empty:
            return Retrieval(asked, (), within, Outcome((), refusal=EMPTY_SHELF))
        return Retrieval(asked, hits, within)

    async def found(self, draft: Draft, of: Retrieval) -> Found:
        """What the papers retrieved say; with a writer maybe other papers than those."""
        if of.outcome:
            return Found(of.asked, of.hits, of.outcome)
        if self._writer is None:
            outcome = await draft.timed("read", abstracts.answer, of.asked, of.hits, self._reader)
            return Found(of.asked, outcome.hits, outcome)
        found = await draft.timed("read", self._read, of.asked, of.hits)
        return await self._reworded(draft, self._writer, found, of.within)

    async def _understood(
        self, draft: Draft, history: Sequence[Turn]
    ) -> tuple[Asked, RecordQuestion | None]:
        """A follow-up as a writer puts it; what asks of the record alone needs none."""
        asked = stand_alone(draft.question, history)
        asked, record = await draft.timed("understand", self._parsed, asked)
        is_settled = record and record.is_alone
        if not self._writer or not history or is_settled or not await self._has_papers():
            return asked, record
        asked = await draft.spent("restate", self._writer.restate(draft.question, history))
        return await draft.timed("understand again", self._parsed, asked)

    def _parsed(self, asked: Asked) -> tuple[Asked, RecordQuestion | None]:
        """The question with names as the shelf spells them, and what it asks of the record."""
        spelt = asked.spelt(self._searcher.respelt(asked.readable))
        return spelt, self._records.parse(spelt)

    async def _has_papers(self) -> bool:
        any_paper = await asyncio.to_thread(self._library.find, Scope(), sort="published", limit=1)
        return bool(any_paper)

    async def _reworded(self, draft: Draft, writer: Writer, found: Found, within: Scope) -> Found:
        """With what papers' own terms find besides, where that is needed; never with less."""
        if not found.is_unsure:
            return found
        terms = await draft.spent("reword", writer.reword(found.asked.readable))
        if not terms:
            return found
        more = await draft.timed("retrieve again", self._search_for, terms, within)
        hits = merged(found.hits, more)
        if _first_read(found.asked, hits) == [one.paper.id for one in found.evidence]:
            return found
        again = await draft.timed("read again", self._read, found.asked, hits)
        return found if again.outcome and not found.outcome else again

    def _read(self, asked: Asked, hits: Sequence[Hit]) -> Found:
        """The evidence for a writer; an outcome where there is no hope of an answer."""
        hits = with_compared(asked, hits)
        evidence = tuple(abstracts.examined(asked, hits, self._reader))
        refusal = abstracts.refused(asked, evidence)
        hopeless = refusal and abstracts.refused(asked, evidence, below=HOPELESS)
        outcome = Outcome(tuple(hits), refusal=hopeless) if hopeless else None
        return Found(asked, tuple(hits), outcome, evidence, _is_unsure(evidence, refusal))

    def _search_sides(self, asked: Asked, scope: Scope) -> tuple[Hit, ...]:
        wanted = asked.topic.text if asked.topic else asked.text
        return tuple(with_compared(asked, self._search(wanted, scope)))

    def _search_for(self, terms: str, scope: Scope) -> list[Hit]:
        return self._search(self._searcher.respelt(terms), scope)

    def _search(self, text: str, scope: Scope) -> list[Hit]:
        return self._searcher.search(text, keywords(text), scope=scope, limit=RETRIEVED)


def merged(some: Sequence[Hit], others: Sequence[Hit]) -> list[Hit]:
    """The best of two searches, each paper with the better of its scores; on a tie the first's."""
    best: dict[str, Hit] = {}
    for hit in (*some, *others):
        if hit.paper.id not in best or hit.score > best[hit.paper.id].score:
            best[hit.paper.id] = hit
    return sorted(best.values(), key=lambda hit: -hit.score)[:RETRIEVED]


def _is_unsure(evidence: Sequence[Evidence], refusal: Refusal | None) -> bool:
    # Who asks at length in everyday words is hardly ever refused, whatever was found: there it is
    # the score that tells. On three sets it knew 51 of 52 questions whose paper was not among the
    # first five, at the price of one in five of the others; the refusal knew six.
    if refusal or not evidence:
        return bool(evidence and refusal and refusal.kind in _TURNABLE)
    return max(one.score for one in evidence) < FAMILIAR


def _first_read(asked: Asked, hits: Sequence[Hit]) -> list[str]:
    return [hit.paper.id for hit in with_compared(asked, hits)[:READ]]
