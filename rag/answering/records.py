"""Answers questions about the record from the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import PurePath

from rag.answering.asked import Asked
from rag.answering.outcome import Outcome, Piece
from rag.answering.record_answer import LONG_PERIOD, listed, months_of, stated
from rag.answering.record_comparison import beside
from rag.answering.record_filters import Known
from rag.answering.record_lookup import Library, Listing, Lookup, Searcher
from rag.answering.record_parsing import parse
from rag.answering.record_question import RecordQuestion
from rag.answering.record_refusal import NO_FIGURES, not_called, nothing_fits, nothing_known
from rag.answering.record_scope import narrowed
from rag.answering.record_tally import tallied
from rag.answering.refusal import EMPTY_SHELF
from rag.types import Hit, Refusal, Scope


class Records:
    """Reads questions for what they ask of the record, and answers them.

    `today` is what "last month" is reckoned from.
    """

    def __init__(
        self, library: Library, searcher: Searcher, today: Callable[[], date] = date.today
    ) -> None:
        self._library = library
        self._lookup = Lookup(library, searcher)
        self._today = today

    def parse(self, asked: Asked) -> RecordQuestion | None:
        known = Known(self._library.organizations(), self._is_author, self._source)
        return parse(asked.readable, known, self._today())

    def answer(self, question: RecordQuestion, scope: Scope) -> Outcome:
        """For a question that the record alone can answer."""
        if not self._library.find(Scope(), sort="published", limit=1):
            return Outcome((), refusal=EMPTY_SHELF)
        within = narrowed(scope, question)
        match question.kind:
            case "state":
                return self._state(question, within)
            case "compare":
                return self._compare(question, within)
            case "tally" if question.tally:
                return _outcome(*tallied(question.tally, self._library, self._lookup, within))
            case "unsupported":
                return Outcome((), refusal=NO_FIGURES)
        return self._list(question, within)

    def _list(self, question: RecordQuestion, within: Scope) -> Outcome:
        listing = self._lookup.listing(question, within)
        if not listing.total and not self._may_be(listing, within):
            return Outcome((), refusal=nothing_fits(question, within, self._library, self._lookup))
        hits = [*listing.hits, *listing.possible]
        if not hits:
            unordered = replace(question, rank=None)
            papers = [hit.paper for hit in self._lookup.listing(unordered, within).hits]
            return Outcome((), refusal=nothing_known(question, within, tuple(papers)))
        return _outcome(hits, listed(question, listing, within))

    def _may_be(self, listing: Listing, within: Scope) -> bool:
        """Whether dates that do not decide are worth showing where no date surely fits.

        A date without a year may be of any; it is no answer where a year is asked for in which
        nothing else appeared, unless that year is the newest or later.
        """
        newest = self._library.find(Scope(), sort="published", limit=1)[0].published
        oldest = self._library.find(Scope(), sort="oldest", limit=1)[0].published
        until = within.until.year if within.until else None
        if until is None or not (newest and oldest and newest.year and oldest.year):
            return bool(listing.possible)
        is_recent = until >= newest.year
        is_short = months_of(within) < LONG_PERIOD and until >= oldest.year
        return bool(listing.possible) and (is_recent or is_short)

    def _state(self, question: RecordQuestion, within: Scope) -> Outcome:
        paper, hits = self._lookup.named(question.topic, within)
        if paper is None:
            found = tuple(hit.paper for hit in hits)
            return _outcome(hits, not_called(question.topic, found))
        return _outcome(_first(hits, paper.id), stated(question, paper))

    def _compare(self, question: RecordQuestion, within: Scope) -> Outcome:
        hits: list[Hit] = []
        for name in (question.topic, question.beside):
            paper, found = self._lookup.named(name, within)
            if paper is None:
                return _outcome([], not_called(name, tuple(hit.paper for hit in found)))
            hits.append(_first(found, paper.id)[0])
        first, second = (hit.paper for hit in hits)
        if first.id == second.id:
            return _outcome(hits[:1], not_called(question.beside, (first,)))
        return _outcome(hits, beside(question.fields[0], first, second))

    def _is_author(self, name: str) -> bool:
        return bool(self._library.find(Scope(authors=(name,)), sort="published", limit=1))

    def _source(self, name: str) -> str | None:
        """The source that is meant by its name, its number or the beginning of its name."""
        wanted = name.casefold()
        sources = [source for source, _ in self._library.statistics().by_source]
        tests: tuple[Callable[[str], bool], ...] = (
            lambda base: base == wanted,
            lambda base: wanted.isdecimal() and _number(base) == int(wanted),
            lambda base: base.startswith(wanted),
        )
        found = (
            [source for source in sources if test(PurePath(source).name.casefold())]
            for test in tests
        )
        return next((one[0] for one in found if len(one) == 1), None)


def _outcome(hits: list[Hit], said: list[Piece] | Refusal) -> Outcome:
    if isinstance(said, Refusal):
        return Outcome(tuple(hits), refusal=said)
    return Outcome(tuple(hits), tuple(said))


def _first(hits: list[Hit], paper_id: str) -> list[Hit]:
    """The same hits, that of this paper first."""
    return sorted(hits, key=lambda hit: hit.paper.id != paper_id)


def _number(base: str) -> int | None:
    """The number with which the name of a file begins: pages are saved as 000, 001 and so on."""
    digits = base[: len(base) - len(base.lstrip("0123456789"))]
    return int(digits) if 0 < len(digits) < 10 else None
