"""The shelf: the catalogue, the three indexes derived from it, and the lock that guards them.

The order of every change makes it safe to die at any moment: the catalogue records first what is
to happen, the indexes follow, and the catalogue marks it done last. What was not marked done is
pending, is not found by any search, and is indexed again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rag.errors import ModelMismatchError, ShelfError
from rag.store.catalogue import EVERYTHING, Catalogue, Embedding
from rag.store.counting import Statistics
from rag.store.damage import DamagedIndexError
from rag.store.fields import is_outdated
from rag.store.health import Health
from rag.store.indexes import LEXICAL, Indexes
from rag.store.lock import Ownership
from rag.store.named import Bearing, NameCount, NearName
from rag.store.scoping import Sort
from rag.store.sifting import sifted
from rag.store.spreading import Spread
from rag.store.staging import Staged
from rag.store.tally import Tally
from rag.types import Encoded, Paper, Passage, Record, Scope, TokenVectors, Vectors

if TYPE_CHECKING:
    from rag.store.lexical import LexicalIndex

CATALOGUE = "catalogue.sqlite"
BATCH = 1000


def unchanged(text: str) -> str:
    """The analysis of text that changes nothing."""
    return text


class Shelf:
    """Owned by this process from `open` to `close`; every method may be called from any thread.

    The indexes are opened when they are first needed: looking papers up loads no vendor.
    """

    def __init__(
        self, home: Path, ownership: Ownership, catalogue: Catalogue, analyse: Callable[[str], str]
    ) -> None:
        self._home = home
        self._ownership = ownership
        self._catalogue = catalogue
        self._changing = threading.RLock()
        self._version = 0
        self._organizations: tuple[int, tuple[str, ...]] = (-1, ())
        self._indexes = Indexes(home, kind=lambda: repr(catalogue.embedding()), analyse=analyse)

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        encoder_name: str | None = None,
        dimension: int = 0,
        chunking: str = "",
        analyse: Callable[[str], str] = unchanged,
    ) -> Self:
        """The shelf in `home`, made where there is none.

        Without `encoder_name` it takes the shelf as it is, whatever it was embedded with.
        """
        with ExitStack() as undo:
            ownership = undo.enter_context(Ownership(home))
            catalogue = Catalogue(home / CATALOGUE)
            undo.callback(catalogue.close)
            shelf = cls(home, ownership, catalogue, analyse)
            undo.callback(shelf.close)
            if encoder_name is not None:
                shelf._agree(Embedding(encoder_name, dimension, chunking))
            # An index that cannot be read must not keep the doctor out: `check` names it, and
            # what was to be removed is gone for every reader already.
            shelf._drop_outdated()
            with suppress(DamagedIndexError):
                shelf._finish_removals()
            undo.pop_all()
        return shelf

    @property
    def version(self) -> int:
        """Another after every change, and while one goes on; what was found then may be no more."""
        return self._version

    def new_run(self) -> int:
        """A number for one reading of a source that is staged in several calls."""
        return self._catalogue.new_run()

    def stage(
        self, source: str, records: Sequence[Record], *, run: int | None = None
    ) -> list[Staged]:
        """Enters records in the catalogue; what is new or has new text is pending after it."""
        with self._change():
            staged = self._catalogue.stage(source, records, run=run)
            self._finish_removals()
            self._index_names()
            return staged

    def pending(self, limit: int) -> list[Paper]:
        """Papers to be indexed, oldest first."""
        return self._catalogue.pending(limit)

    def index(
        self,
        papers: Sequence[Paper],
        passages: Sequence[Sequence[Passage]],
        encoded: Sequence[Encoded],
    ) -> list[str]:
        """Makes papers findable; returns the ids of those that are.

        Left out are papers that were removed, or got another text, since they were handed out.
        """
        self._fits(encoded)
        together = list(zip(papers, passages, encoded, strict=True))
        with self._change():
            known = self._catalogue.known(paper.id for paper in papers)
            here = [item for item in together if item[0].id in known]
            if not here:
                return []
            self._indexes.replace(here)
            ready = self._catalogue.mark_ready((paper, cut) for paper, cut, _ in here)
            self._index_names()
            return ready

    def remove(self, ids: Iterable[str]) -> list[str]:
        """Removes papers for good; returns the ids of those that there were."""
        with self._change():
            removed = self._catalogue.begin_removal(ids)
            self._finish_removals()
            return removed

    def reset_encoder(self, name: str, dimension: int, *, chunking: str = "") -> None:
        """Empties the indexes, unread, and makes every paper pending; for a shelf at rest."""
        with self._change():
            self._catalogue.set_embedding(Embedding(name, dimension, chunking))
            self._indexes.erase()

    def embedding(self) -> Embedding | None:
        """What the shelf was embedded with."""
        return self._catalogue.embedding()

    def paper(self, paper_id: str) -> Paper:
        """The paper with this id, present or former, ready or not."""
        return self._catalogue.paper(paper_id)

    def papers(self, ids: Sequence[str]) -> list[Paper]:
        """The ready ones of these papers, in the order asked for."""
        return self._catalogue.papers(ids)

    def resolve(self, text: str) -> Paper:
        """The paper that a person means by an id, its beginning, an identifier or a title."""
        return self._catalogue.resolve(text)

    def find(
        self,
        scope: Scope = EVERYTHING,
        *,
        sort: Sort = "added",
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Paper]:
        """The ready papers within `scope`."""
        return self._catalogue.find(scope, sort=sort, limit=limit, offset=offset)

    def count(self, scope: Scope = EVERYTHING) -> int:
        """How many papers `find` would give without a limit."""
        return self._catalogue.count(scope)

    def matching_ids(self, scope: Scope) -> set[str] | None:
        """The ids of the ready papers within `scope`; None where it is empty and bars nothing."""
        return self._catalogue.matching_ids(scope)

    def statistics(self) -> Statistics:
        return self._catalogue.statistics()

    def spread(self, scope: Scope = EVERYTHING, *, most: int = 10) -> Spread:
        """How the ready papers within `scope` spread over months, sources and organisations."""
        return self._catalogue.spread(scope, most=most)

    def organizations(self) -> tuple[str, ...]:
        """Every organisation that a paper names."""
        # Every question asks for them, and to find them is to read the whole catalogue.
        version, known = self._organizations
        if version != self._version:
            version = self._version
            known = tuple(self._catalogue.organizations())
            self._organizations = version, known
        return known

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages of ready papers among these, in the order asked for."""
        return self._catalogue.passages(ids)

    def passages_of(self, paper_ids: Sequence[str]) -> dict[str, tuple[Passage, ...]]:
        """All passages of each ready paper among these, in the order of the abstract."""
        return self._catalogue.passages_of(paper_ids)

    def dense(
        self, vector: Vectors, limit: int, scope_ids: set[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ready passages nearest to a unit vector and their cosine, best first."""
        index = self._indexes.vectors()
        # The index still holds what is pending or going.
        return sifted(
            lambda width: index.search(vector, width, among=scope_ids),
            self._catalogue.passage_owners,
            limit,
            width=limit,
        )

    def lexical(
        self, text: str, limit: int, scope_ids: set[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ready papers that share words with a text and their BM25 score, best first."""
        index = self._words()
        # The index still holds what is pending or going.
        return sifted(
            lambda width: index.search(text, width, among=scope_ids),
            self._catalogue.ready_ids,
            limit,
            width=limit,
        )

    def name_counts(self, keys: Iterable[str]) -> dict[str, NameCount]:
        """How many papers bear each of these keys of names; keys that none bears are left out."""
        with self._words().names() as names:
            return names.counts(keys)

    def word_counts(self, words: Iterable[str]) -> dict[str, int]:
        """How many papers have each of these words; of a word's parts, the rarest counts."""
        with self._words().names() as names:
            return names.word_counts(words)

    def spelling(self, key: str) -> str:
        """How a paper writes a name, if not merely used; empty where none does."""
        with self._words().names() as names:
            return names.spelling(key)

    def near_names(self, key: str, distance: int) -> list[NearName]:
        """Names that papers do not merely use, within so many edits of a key, nearest first."""
        with self._words().names() as names:
            return names.near(key, distance)

    def named(self, key: str, bears: Bearing, limit: int) -> set[str]:
        """Ready papers that bear a name in one of the ways there are."""
        with self._words().names() as names:
            return self._catalogue.ready_ids(names.bearers(bears, key, limit))

    def tokens(self, ids: Sequence[str]) -> dict[str, TokenVectors]:
        """The token vectors of those papers that have some."""
        return self._indexes.tokens().get(ids)

    def check(self) -> Health:
        """Compares every index with the catalogue; reads all of them."""
        with self._changing:
            ready = self._catalogue.ready_ids()
            return Health(
                papers=len(ready),
                pending=tuple(self._catalogue.pending_ids()),
                removing=tuple(self._catalogue.removing()),
                renamed=tuple(paper.id for paper in self._catalogue.renamed()),
                catalogue_damage=self._catalogue.damage(),
                vectors=self._indexes.check_vectors(self._catalogue.passage_ids()),
                lexical=self._indexes.check_lexical(ready),
                tokens=self._indexes.check_tokens(ready),
            )

    def tally(self) -> Tally | None:
        """What the catalogue and each index count; None at a moment when they are changed."""
        if not self._changing.acquire(blocking=False):
            return None
        try:
            return Tally(
                self._catalogue.counted(),
                vectors=self._indexes.vectors().count(),
                lexical=self._words().count(),
                tokens=self._indexes.tokens().count(),
            )
        finally:
            self._changing.release()

    @contextmanager
    def at_rest(self) -> Iterator[Path]:
        """Its folder, in which nothing is written within the block; questions go on meanwhile."""
        with self._changing:
            yield self._home

    def mend(self) -> Health:
        """Repairs what `check` finds and returns what that was; for a shelf at rest.

        Words are indexed again at once. Papers that lack vectors become pending: encode and
        `index` what `pending` gives, and the shelf is whole.
        """
        with self._change():
            found = self.check()
            if found.catalogue_damage:
                raise ShelfError(found.findings[0])
            self._indexes.erase([index.name for index in found.indexes if index.damage])
            self._finish_removals()
            self._indexes.vectors().drop(found.vectors.orphaned)
            self._indexes.lexical().delete(found.lexical.orphaned)
            self._indexes.tokens().delete(found.tokens.orphaned)
            self._catalogue.mark_pending(self._without_vectors(found))
            ready = tuple(self._catalogue.ready_ids())
            self._index_words(ready if found.lexical.damage else found.lexical.missing)
            self._index_names()
            return found

    def close(self) -> None:
        with self._changing, ExitStack() as last_first:
            last_first.callback(self._ownership.close)
            last_first.callback(self._catalogue.close)
            last_first.callback(self._indexes.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _change(self) -> Iterator[None]:
        with self._changing:
            self._version += 1
            try:
                yield
            finally:
                self._version += 1

    def _agree(self, wanted: Embedding) -> None:
        stored = self._catalogue.embedding()
        if stored == wanted:
            return
        if stored is not None and not self._catalogue.is_empty():
            raise ModelMismatchError(
                f"The shelf in {self._home} was embedded with {stored}, but {wanted} is set. "
                "Run `footnote reembed` to embed it anew, or set the former model again."
            )
        self._catalogue.set_embedding(wanted)

    def _drop_outdated(self) -> None:
        """An index of words that an older Footnote made is filled anew when it is first needed."""
        if is_outdated(self._home / LEXICAL):
            self._catalogue.words_outdated()
            self._indexes.erase([LEXICAL])

    def _words(self) -> LexicalIndex:
        if not self._indexes.lexical.is_open:
            with self._changing:
                self._index_names()
        return self._indexes.lexical()

    def _finish_removals(self) -> None:
        ids = self._catalogue.removing()
        if ids:
            self._indexes.delete(ids)
            self._catalogue.finish_removal(ids)

    def _fits(self, encoded: Sequence[Encoded]) -> None:
        embedding = self._catalogue.embedding()
        given = {one.passages.shape[1] for one in encoded if len(one.passages)}
        if embedding is not None and given - {embedding.dimension}:
            raise ModelMismatchError(
                f"The shelf in {self._home} was embedded with {embedding}, but the vectors given "
                f"have {', '.join(map(str, sorted(given)))} dimensions. Run `footnote reembed`."
            )

    def _index_names(self) -> None:
        """Names change nothing that was embedded: their papers stay ready meanwhile."""
        renamed = self._catalogue.renamed()
        for start in range(0, len(renamed), BATCH):
            papers = renamed[start : start + BATCH]
            self._indexes.lexical().replace(papers)
            self._catalogue.names_indexed(papers)

    def _index_words(self, ids: Sequence[str]) -> None:
        for start in range(0, len(ids), BATCH):
            papers = self._catalogue.papers(ids[start : start + BATCH])
            self._indexes.lexical().replace(papers)

    def _without_vectors(self, found: Health) -> set[str]:
        if found.vectors.damage or found.tokens.damage:
            return self._catalogue.ready_ids()
        owners = self._catalogue.passage_owners(found.vectors.missing)
        return {*owners.values(), *found.tokens.missing}
