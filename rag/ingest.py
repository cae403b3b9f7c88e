"""From files to a shelf that can be searched: read, enter, cut, encode, index.

Everything is recorded in the catalogue before it is indexed, in batches, so that a run that was
killed goes on where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from rag.chunking import cut
from rag.loaders import Source, find_sources, load
from rag.ports import Encoder
from rag.store.counting import Statistics
from rag.store.staging import Staged
from rag.types import Encoded, Fault, Paper, Passage, Record

READ_BATCH = 500
INDEX_BATCH = 64


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; `total` is None while files are still being read."""

    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. Each record that was read is of one paper; a second one is a duplicate."""

    records: int
    new: int
    changed: int
    unchanged: int
    duplicates: int
    faults: tuple[Fault, ...]
    seconds: float

    @property
    def rejected(self) -> int:
        return len(self.faults)


class Store(Protocol):
    """What adding asks of a shelf."""

    def new_run(self) -> int: ...

    def stage(
        self, source: str, records: Sequence[Record], *, run: int | None = None
    ) -> list[Staged]: ...

    def pending(self, limit: int) -> list[Paper]: ...

    def statistics(self) -> Statistics: ...

    def index(
        self,
        papers: Sequence[Paper],
        passages: Sequence[Sequence[Passage]],
        encoded: Sequence[Encoded],
    ) -> list[str]: ...


Listener = Callable[[Progress | Fault], None]


def add(paths: Sequence[str], store: Store, encoder: Encoder, listener: Listener) -> Report:
    """Adds what the paths hold; the listener hears of progress, and of each fault as it is met."""
    began = time.perf_counter()
    tally = _Tally(listener)
    for source in find_sources(paths):
        if isinstance(source, Fault):
            tally.reject(source)
        else:
            _enter(source, store, tally)
    index_pending(store, encoder, listener)
    return tally.report(time.perf_counter() - began)


def index_pending(store: Store, encoder: Encoder, listener: Listener) -> int:
    """Indexes every paper that waits for it, whatever run entered it; returns how many."""
    total, done = store.statistics().pending, 0
    if total:
        listener(Progress(0, total))
    while papers := store.pending(INDEX_BATCH):
        passages = [cut(paper) for paper in papers]
        encoded = encoder.encode(list(zip(papers, passages, strict=True)))
        store.index(papers, passages, encoded)
        done += len(papers)
        listener(Progress(done, max(done, total)))
    return done


def _enter(source: Source, store: Store, tally: _Tally) -> None:
    run = store.new_run()
    for records in _batches(source, tally):
        tally.count(store.stage(source.name, records, run=run))


def _batches(source: Source, tally: _Tally) -> Iterator[list[Record]]:
    """Records by the batch; faults go to the tally on the way."""
    records = _records(source, tally)
    while batch := list(islice(records, READ_BATCH)):
        yield batch


def _records(source: Source, tally: _Tally) -> Iterator[Record]:
    for item in load(source):
        if isinstance(item, Fault):
            tally.reject(item)
        else:
            yield item


class _Tally:
    """What became of the records of a run, by paper."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._records = 0
        self._new: set[str] = set()
        self._changed: set[str] = set()
        self._seen: set[str] = set()
        self._faults: list[Fault] = []

    def reject(self, fault: Fault) -> None:
        self._faults.append(fault)
        self._listener(fault)

    def count(self, staged: Sequence[Staged]) -> None:
        self._records += len(staged)
        for one in staged:
            paper_id = one.paper.id
            self._seen.add(paper_id)
            if one.is_new:
                self._new.add(paper_id)
            elif (one.text_changed or one.metadata_changed) and paper_id not in self._new:
                self._changed.add(paper_id)
        self._listener(Progress(self._records, None))

    def report(self, seconds: float) -> Report:
        return Report(
            records=self._records,
            new=len(self._new),
            changed=len(self._changed),
            unchanged=len(self._seen) - len(self._new) - len(self._changed),
            duplicates=self._records - len(self._seen),
            faults=tuple(self._faults),
            seconds=seconds,
        )
