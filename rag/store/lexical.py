"""Words of titles, abstracts and names in a tantivy index; derived from the catalogue."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

import tantivy

from rag.store.damage import DamagedIndexError
from rag.store.document import document, plain, schema, stemming
from rag.store.fields import TEXT_FIELDS
from rag.store.name_search import NameSearch
from rag.store.sifting import GROWTH, sifted
from rag.types import Paper

WRITER_BYTES = 50_000_000
MOST_TERMS = 256  # of a question; beyond them, someone has pasted a document
MOST_DIRECT = 20_000  # papers in a filter that tantivy applies itself
VENDOR = (ValueError, OSError, RuntimeError)
PANIC = "PanicException"  # a panic in Rust; its class cannot be imported


@dataclass(frozen=True, slots=True)
class Boosts:
    """How much a word weighs by where it stands; 0 leaves the field out."""

    title: float = 1.0
    abstract: float = 1.0
    names: float = 0.5


class LexicalIndex:
    """One document a paper; texts and questions pass through `analyse` before they are cut."""

    def __init__(
        self,
        path: Path,
        analyse: Callable[[str], str],
        *,
        boosts: Boosts | None = None,
    ) -> None:
        self._path = path
        self._analyse = analyse
        self._weights = dict(zip(TEXT_FIELDS, astuple(boosts or Boosts()), strict=True))
        self._analyzers = {
            "title": stemming(),
            "abstract": stemming(),
            "names": plain(),
        }
        self._writing = threading.Lock()
        self._writer: tantivy.IndexWriter | None = None
        with self._guarded():
            path.mkdir(parents=True, exist_ok=True)
            self._schema = schema()
            self._index = tantivy.Index(self._schema, path=str(path))
            self._index.register_tokenizer("stemming", self._analyzers["title"])
            self._index.register_tokenizer("plain", self._analyzers["names"])
            # Searches read what the last commit of this process left: it reloads after each.
            self._index.config_reader("manual")
            self._index.reload()

    def replace(self, papers: Sequence[Paper]) -> None:
        """Makes the index hold these papers as they are; durable when it returns."""
        with self._committing() as writer:
            for paper in papers:
                writer.delete_documents_by_term("id", paper.id)
                writer.add_document(document(paper, self._analyse))

    def delete(self, ids: Sequence[str]) -> None:
        with self._committing() as writer:
            for paper_id in ids:
                writer.delete_documents_by_term("id", paper_id)

    def search(
        self, text: str, limit: int, *, among: set[str] | None = None
    ) -> list[tuple[str, float]]:
        """Papers by BM25, best first, of those `among`; any text is words, never syntax."""
        terms = self._terms(text)
        if limit < 1 or not terms or (among is not None and not among):
            return []
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        with self._guarded():
            if among is None:
                return self._hits(query, limit)
            if len(among) <= MOST_DIRECT:
                return self._hits(self._limited(query, among), limit)
            return sifted(
                lambda width: self._hits(query, width),
                among.intersection,
                limit,
                width=limit * GROWTH,
            )

    @contextmanager
    def names(self) -> Iterator[NameSearch]:
        """The names of papers, as the last commit left them."""
        with self._guarded():
            yield NameSearch(self._index.searcher(), self._schema, self._analyzers["abstract"])

    def count(self) -> int:
        """How many papers the last commit left."""
        with self._guarded():
            return int(self._index.searcher().num_docs)

    def ids(self) -> set[str]:
        with self._guarded():
            searcher = self._index.searcher()
            if not searcher.num_docs:
                return set()
            found = searcher.search(tantivy.Query.all_query(), limit=searcher.num_docs)
            return {_id(searcher, address) for _, address in found.hits}

    def close(self) -> None:
        with self._writing:
            if self._writer is not None:
                self._writer.wait_merging_threads()
                self._writer = None

    def _terms(self, text: str) -> list[tantivy.Query]:
        analysed = self._analyse(text)
        terms: list[tantivy.Query] = []
        for field, weight in self._weights.items():
            if weight <= 0:
                continue
            source = text if field == "names" else analysed
            counted = Counter(self._analyzers[field].analyze(source)).most_common(MOST_TERMS)
            terms += [self._term(field, word, weight * count) for word, count in counted]
        return terms

    def _term(self, field: str, word: str, weight: float) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, field, word, index_option="freq")
        return tantivy.Query.boost_query(query, weight)

    def _limited(self, query: tantivy.Query, among: set[str]) -> tantivy.Query:
        allowed = tantivy.Query.term_set_query(self._schema, "id", sorted(among))
        unscored = tantivy.Query.const_score_query(allowed, 0.0)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query), (tantivy.Occur.Must, unscored)]
        )

    def _hits(self, query: tantivy.Query, limit: int) -> list[tuple[str, float]]:
        searcher = self._index.searcher()
        found = searcher.search(query, limit=limit, count=False)
        return [(_id(searcher, address), float(score)) for score, address in found.hits]

    @contextmanager
    def _committing(self) -> Iterator[tantivy.IndexWriter]:
        with self._writing, self._guarded():
            if self._writer is None:
                # One thread: more would leave as many segments a commit.
                self._writer = self._index.writer(WRITER_BYTES, num_threads=1)
            try:
                yield self._writer
            except BaseException:
                self._writer.rollback()
                raise
            self._writer.commit()
            self._index.reload()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            if not isinstance(error, VENDOR) and type(error).__name__ != PANIC:
                raise
            raise DamagedIndexError(
                f"The lexical index in {self._path} cannot be used: {error}. "
                "If the disk is not full, run `footnote doctor` to mend it."
            ) from error


def _id(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> str:
    return str(searcher.doc(address)["id"][0])
