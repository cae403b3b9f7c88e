"""Looking names up in the lexical index: how many papers have one, which, and what is near."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import tantivy

from rag.language.name_key import edits, figures, name_key
from rag.store.fields import NAME_FIELDS, SPELT
from rag.store.named import NameCount, NearName

RECOUNTED = 20  # papers with a name
SIMILAR = 30  # papers with a similar name that are looked at


@dataclass(frozen=True, slots=True)
class NameSearch:
    """Over one state of the index; `stems` cuts a text as titles and abstracts were cut."""

    searcher: tantivy.Searcher
    schema: tantivy.Schema
    stems: tantivy.TextAnalyzer

    def counts(self, keys: Iterable[str]) -> dict[str, NameCount]:
        """How many papers bear each key; keys that none bears are left out."""
        counted = {key: NameCount(*(self._bearing(f, key) for f in NAME_FIELDS)) for key in keys}
        return {key: count for key, count in counted.items() if count.all}

    def word_counts(self, words: Iterable[str]) -> dict[str, int]:
        """How many papers have each of these words; of a word's parts, the rarest counts."""
        return {word: self._word_count(word) for word in words}

    def spelling(self, key: str) -> str:
        """How a paper writes a name, if not merely used; empty where none does."""
        hits = self.searcher.search(self._mentioned(key), limit=1, count=False).hits
        spellings = [name for _, address in hits for name in self._spellings(address)]
        return next((name for name in spellings if name_key(name) == key), "")

    def bearers(self, field: str, key: str, limit: int) -> list[str]:
        """The ids of papers that bear a key in one of the fields for names."""
        query = self._term(field, key)
        hits = self.searcher.search(query, limit=limit, count=False).hits
        return [str(self.searcher.doc(address)["id"][0]) for _, address in hits]

    def near(self, key: str, distance: int) -> list[NearName]:
        """Names that papers do not merely use, within so many edits, nearest first.

        A name with other figures is a name of something else.
        """
        hits = self.searcher.search(self._mentioned(key, distance), limit=SIMILAR, count=False).hits
        spelt = {name_key(n): n for _, address in hits for n in self._spellings(address)}
        near = [NearName(n, edits(key, k)) for k, n in spelt.items() if figures(k) == figures(key)]
        return sorted(
            (one for one in near if one.edits <= distance), key=lambda one: (one.edits, one.name)
        )

    def _mentioned(self, key: str, distance: int = 0) -> tantivy.Query:
        terms = [self._term(field, key, distance) for field in NAME_FIELDS[:-1]]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])

    def _term(self, field: str, key: str, distance: int = 0) -> tantivy.Query:
        if distance:
            return tantivy.Query.fuzzy_term_query(self.schema, field, key, distance=distance)
        return tantivy.Query.term_query(self.schema, field, key, index_option="basic")

    def _spellings(self, address: tantivy.DocAddress) -> list[str]:
        return list(map(str, self.searcher.doc(address).to_dict().get(SPELT, ())))

    def _bearing(self, field: str, key: str) -> int:
        """Exact where a few make a difference."""
        count = self._count(field, key)
        return len(self.bearers(field, key, count)) if 0 < count <= RECOUNTED else count

    def _count(self, field: str, term: str) -> int:
        """Fast, but with papers that were removed of late."""
        return int(self.searcher.doc_freq(field, term))

    def _word_count(self, word: str) -> int:
        counts = [
            max(self._count("title", stem), self._count("abstract", stem))
            for stem in self.stems.analyze(word)
        ]
        return min(counts, default=0)
