"""Passage vectors in Chroma, written through llama-index; derived from the catalogue."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TypeVar, cast

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError

from rag.store.damage import DamagedIndexError
from rag.store.sifting import GROWTH
from rag.types import Passage, Vectors

Item = TypeVar("Item")

OWNER = "document_id"  # the field in which llama-index keeps the id of a node's source
# Measured up to 60,000 vectors of 384 dimensions: recall@50 .987, a search 2 ms. Vectors wait in a
# flat buffer of `batch_size` before they enter the graph, which is written every `sync_threshold`;
# after a crash Chroma replays what was not written, so a higher threshold makes opening slower.
GRAPH: CreateHNSWConfiguration = {
    "space": "cosine",
    "ef_construction": 128,
    "ef_search": 200,
    "max_neighbors": 16,
    "batch_size": 1000,
    "sync_threshold": 1000,
}
# Chroma replays its last writes whenever it opens, and the graph comes out a little otherwise: the
# same search may then miss another passage near its end. Over a shelf of 800 papers opened 16 times
# 7 of 141 questions did not always have the same 100 passages; looked for among so many more, all
# had. It costs 0.5 ms, among 60,000 vectors too.
SPARE = 200
BATCH = 1000
MOST_EXACT = 50  # papers whose vectors are simply read: at 60,000 vectors 5 ms, through Chroma 48
MOST_DIRECT = 2_000  # papers in a filter that Chroma applies itself; it costs 20 ms a thousand
WIDEST = 10_000  # hits to sift before the filter is given to Chroma piece by piece
HEADER_BYTES = 100
WORST_LOSS = 0.1  # of the vectors; beyond it the whole index is rebuilt


class VectorIndex:
    """Vectors of one kind, named by `kind`: those of any other kind are dropped on opening."""

    def __init__(self, path: Path, kind: str) -> None:
        self._path = path
        self._writing = threading.Lock()
        with self._guarded():
            _look_over(path)
            self._client = _client(path)
            try:
                self._collection = _collection(self._client, kind)
            except BaseException:
                self._client.close()
                raise

    def replace(
        self, paper_ids: Sequence[str], passages: Sequence[Passage], vectors: Vectors
    ) -> None:
        """Makes these the only passages of these papers."""
        if len(passages) != len(vectors):
            raise ValueError(f"{len(passages)} passages cannot have {len(vectors)} vectors")
        from rag.store import nodes

        with self._writing, self._guarded():
            self._drop(self._owned_by(paper_ids))
            for batch in self._batches(list(zip(passages, vectors, strict=True))):
                nodes.add(self._collection, batch)

    def delete(self, paper_ids: Sequence[str]) -> None:
        with self._writing, self._guarded():
            self._drop(self._owned_by(paper_ids))

    def drop(self, passage_ids: Sequence[str]) -> None:
        with self._writing, self._guarded():
            self._drop(passage_ids)

    def search(
        self, vector: Vectors, limit: int, *, among: set[str] | None = None
    ) -> list[tuple[str, float]]:
        """The passages nearest to `vector` and their cosine, best first, of papers `among`."""
        if limit < 1 or (among is not None and not among):
            return []
        with self._guarded():
            if among is None:
                return self._nearest(vector, limit)
            if len(among) <= MOST_EXACT:
                return self._exactly(vector, limit, among)
            if len(among) <= MOST_DIRECT:
                return self._nearest(vector, limit, owners=among)
            return self._sifted(vector, limit, among)

    def count(self) -> int:
        """How many passages Chroma lists, with or without a vector."""
        with self._guarded():
            return self._collection.count()

    def ids(self) -> set[str]:
        """The ids of all passages that Chroma lists, with or without a vector."""
        with self._guarded():
            return set(self._collection.get(include=[])["ids"])

    def ids_without_vector(self) -> list[str]:
        """Passages that are listed but can never be found."""
        ids = sorted(self.ids())
        most = int(len(ids) * WORST_LOSS)
        lost: list[str] = []
        with self._guarded():
            for batch in self._batches(ids):
                lost += self._lost(batch)
                if len(lost) > most:
                    raise DamagedIndexError(self._sentence(f"{len(lost)} or more vectors are lost"))
        return lost

    def close(self) -> None:
        self._client.close()

    def _nearest(
        self, vector: Vectors, limit: int, *, owners: Iterable[str] | None = None
    ) -> list[tuple[str, float]]:
        # Distances alone: to fetch llama-index's metadata takes four times as long as the search.
        found = self._collection.query(
            query_embeddings=[vector.tolist()],
            n_results=limit + SPARE,
            where=None if owners is None else _owned(owners),
            include=["distances"],
        )
        hits = _scored(found["ids"][0], _first(found["distances"]))
        return sorted(hits, key=_rank)[:limit]

    def _nearest_among(
        self, vector: Vectors, width: int, among: set[str]
    ) -> list[tuple[str, float]]:
        found = self._collection.query(
            query_embeddings=[vector.tolist()],
            n_results=width,
            include=["distances", "metadatas"],
        )
        hits = _scored(found["ids"][0], _first(found["distances"]))
        # Chroma lists a passage that is being deleted without its metadata.
        return [
            hit
            for hit, metadata in zip(hits, _first(found["metadatas"]), strict=True)
            if (metadata or {}).get(OWNER) in among
        ]

    def _exactly(self, vector: Vectors, limit: int, among: set[str]) -> list[tuple[str, float]]:
        try:
            found = self._collection.get(where=_owned(among), include=["embeddings"])
        except ChromaError:  # one of them has lost its vector, for which Chroma refuses them all
            return self._nearest(vector, limit, owners=among)
        if not found["ids"]:
            return []
        similarities = np.asarray(found["embeddings"]) @ vector
        best = np.argsort(-similarities)[:limit]
        return [(found["ids"][row], float(similarities[row])) for row in best]

    def _sifted(self, vector: Vectors, limit: int, among: set[str]) -> list[tuple[str, float]]:
        """Looks wider and wider, and where that finds too little, through the filter itself."""
        total = self._collection.count()
        width = limit * GROWTH
        while width <= WIDEST:
            hits = self._nearest_among(vector, width, among)
            if len(hits) >= limit or width >= total:
                return hits[:limit]
            width *= GROWTH
        hits = []
        for owners in _cut(sorted(among), WIDEST):
            hits += self._nearest(vector, limit, owners=owners)
        return sorted(hits, key=_rank)[:limit]

    def _owned_by(self, paper_ids: Sequence[str]) -> list[str]:
        ids: list[str] = []
        for owners in _cut(list(paper_ids), MOST_DIRECT):
            ids += self._collection.get(where=_owned(owners), include=[])["ids"]
        return ids

    def _drop(self, passage_ids: Sequence[str]) -> None:
        for batch in self._batches(passage_ids):
            self._collection.delete(ids=list(batch))

    def _lost(self, ids: Sequence[str]) -> list[str]:
        """Chroma refuses a whole batch for one lost vector: halve it until that one is found."""
        try:
            found = self._collection.get(ids=list(ids), include=["embeddings"])
        except ChromaError:
            if len(ids) == 1:
                return list(ids)
            middle = len(ids) // 2
            return self._lost(ids[:middle]) + self._lost(ids[middle:])
        lengths = np.linalg.norm(
            np.asarray(found["embeddings"]).reshape(len(found["ids"]), -1), axis=1
        )
        whole = {name for name, length in zip(found["ids"], lengths, strict=True) if length > 0}
        return [passage_id for passage_id in ids if passage_id not in whole]

    def _batches(self, items: Sequence[Item]) -> Iterator[Sequence[Item]]:
        return _cut(items, min(BATCH, self._client.get_max_batch_size()))

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (ChromaError, OSError) as error:
            raise DamagedIndexError(self._sentence(str(error))) from error

    def _sentence(self, reason: str) -> str:
        return (
            f"The vector index in {self._path} cannot be used: {reason}. "
            "If the disk is not full, run `footnote doctor` to mend it."
        )


def _look_over(path: Path) -> None:
    """Chroma crashes the process on a header that was cut off."""
    for header in path.glob("*/header.bin"):
        if header.stat().st_size < HEADER_BYTES:
            raise OSError(f"{header} is cut off")


def _client(path: Path) -> Client:
    path.mkdir(parents=True, exist_ok=True)
    try:
        settings = Settings(anonymized_telemetry=False)
        return cast(Client, chromadb.PersistentClient(path=str(path), settings=settings))
    except ChromaError:
        # Chroma would hand out the client that failed when this path is opened again.
        SharedSystemClient.clear_system_cache()
        raise


def _collection(client: Client, kind: str) -> Collection:
    name = f"passages-{sha256(kind.encode()).hexdigest()[:12]}"
    for other in client.list_collections():
        if other.name != name:
            client.delete_collection(other.name)
    return client.get_or_create_collection(
        name, embedding_function=None, configuration={"hnsw": GRAPH}
    )


def _owned(owners: Iterable[str]) -> chromadb.Where:
    return cast(chromadb.Where, {OWNER: {"$in": list(owners)}})


def _scored(ids: Sequence[str], distances: Sequence[float]) -> list[tuple[str, float]]:
    return [(name, 1.0 - distance) for name, distance in zip(ids, distances, strict=True)]


def _rank(hit: tuple[str, float]) -> tuple[float, str]:
    passage_id, score = hit
    return -score, passage_id


def _first(rows: Sequence[Sequence[Item]] | None) -> Sequence[Item]:
    """What Chroma says of the one vector asked for."""
    return rows[0] if rows else ()


def _cut(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
