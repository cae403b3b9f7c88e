"""A catalogue of papers that no model has read, and a search that goes by words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from rag.answering.asked import Asked
from rag.answering.records import Records
from rag.language.words import keywords, words
from rag.loaders import find_sources, load
from rag.store.catalogue import Catalogue
from rag.types import ON_RECORD, Fault, Hit, Passage, Record, Scope, Span

TODAY = date(2026, 11, 25)


class WordSearch:
    """Ranks papers by the share of the question's words that they have."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def search(
        self, question: str, keywords_: str, *, scope: Scope = Scope(), limit: int = 10
    ) -> list[Hit]:
        wanted = {word.lower() for word in words(keywords(keywords_))}
        hits = [
            Hit(paper, _passage(paper.id, paper.abstract), len(wanted & there) / len(wanted) * 0.6)
            for paper in self._catalogue.find(scope)
            if wanted & (there := {one.lower() for one in words(f"{paper.title} {paper.abstract}")})
        ]
        return sorted(hits, key=lambda hit: -hit.score)[:limit]


def shelve(catalogue: Catalogue, source: str, records: Iterable[Record]) -> None:
    staged = catalogue.stage(source, list(records))
    catalogue.mark_ready(
        (item.paper, [_passage(item.paper.id, item.paper.abstract)]) for item in staged
    )


def shelve_files(catalogue: Catalogue, path: Path) -> None:
    for source in find_sources([str(path)]):
        assert not isinstance(source, Fault)
        records = [item for item in load(source) if isinstance(item, Record)]
        shelve(catalogue, source.name, records)


class Answerer:
    """Questions about the record of a catalogue, asked on one certain day."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.records = Records(catalogue, WordSearch(catalogue), lambda: TODAY)

    def __call__(self, question: str, scope: Scope = Scope()):
        found = self.records.parse(Asked(question, question))
        assert found is not None, question
        assert found.is_alone, found
        return Said(self.records.answer(found, scope))


class Said:
    """An answer with what holds for every one asserted."""

    def __init__(self, outcome):
        self.outcome = outcome
        self.text = "".join(piece.text for piece in outcome.said)
        self.refusal = outcome.refusal
        self.citations = [one for piece in outcome.pieces for one in piece.citations]
        self.cited = [one.paper.title for one in self.citations]
        self.hits = [hit.paper.title for hit in outcome.hits]
        assert bool(self.citations) is not bool(self.refusal), self.text
        numbers = [one.number for one in self.citations]
        assert numbers == list(range(1, len(numbers) + 1))
        assert all(f"[{number}]" in self.text for number in numbers)
        assert set(self.cited) <= set(self.hits)
        assert len(set(self.hits)) == len(self.hits)
        assert all(one.span is None and one.verdict == ON_RECORD for one in self.citations)


def _passage(paper_id: str, abstract: str) -> Passage:
    return Passage(f"{paper_id}#0", paper_id, abstract, Span(0, len(abstract)))
