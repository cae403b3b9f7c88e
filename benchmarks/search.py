"""Search: the retriever on a warm shelf, stage by stage, beside brute force and beside BM25 alone.

The shelf is opened, and owned, by this process. Baselines: `brute force` is the cosine of the
encoded question with every passage vector in one numpy product, and the best 100 of them: dense
search without an index, and nothing else. `BM25 alone` is the lexical index without the rest.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benchmarks.measuring import machine, percentile, resident_megabytes
from benchmarks.reading import SAMPLE_QUESTIONS, texts
from rag.build import Application, build
from rag.config import load_settings
from rag.language.words import keywords
from rag.ports import Encoder
from rag.retrieval.retriever import WIDTH, Index, Retriever
from rag.store.indexes import VECTORS
from rag.types import EncodedQuestion, Vectors

T = TypeVar("T")

WHOLE = "search, whole"
ENCODE = "encode"
LATE = "late interaction"  # and fusion: what no other stage claims
BM25 = "BM25 alone"
BRUTE = "brute force"
# Calls of the shelf, and the stage that each belongs to.
STAGES = {
    "dense": "dense",
    "lexical": "lexical",
    "tokens": "token vectors",
    "passages": "hydrate",
    "passages_of": "hydrate",
    "papers": "hydrate",
}


class Clock:
    """Milliseconds by question and stage."""

    def __init__(self) -> None:
        self.rows: list[dict[str, float]] = []

    def begin(self) -> None:
        self.rows.append(defaultdict(float))

    def timed(self, stage: str, work: Callable[..., T]) -> Callable[..., T]:
        def measured(*arguments: object, **named: object) -> T:
            began = time.perf_counter()
            try:
                return work(*arguments, **named)
            finally:
                self.rows[-1][stage] += (time.perf_counter() - began) * 1000

        return measured


class Timed:
    """Another object, some of whose methods are timed."""

    def __init__(self, inner: object, stages: dict[str, str], clock: Clock) -> None:
        self._inner = inner
        self._stages = stages
        self._clock = clock

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the other object has)
        found = getattr(self._inner, name)
        return self._clock.timed(self._stages[name], found) if name in self._stages else found


def main() -> None:
    options = _options()
    questions = texts(options.questions)[: options.limit]
    settings = load_settings().model_copy(update={"home": options.home.resolve()})
    with build(settings) as application:
        vectors = _passage_vectors(application)
        papers = application.shelf.statistics().papers
        print(f"{papers} papers, {len(vectors)} passages, {len(questions)} questions; {machine()}")
        clock = _measure(application, vectors, questions, options.rounds)
        _report(clock)
        own, mapped = resident_megabytes()
        print(f"{own - vectors.nbytes / 1e6:.0f} MB of its own in memory, {mapped:.0f} of files")
    print(machine())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="folder of a shelf; use a copy")
    parser.add_argument("questions", nargs="?", type=Path, default=SAMPLE_QUESTIONS)
    parser.add_argument("--limit", type=int, default=150, help="questions that are asked at most")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def _passage_vectors(application: Application) -> Vectors:
    """Every vector of the index, read from Chroma's own file."""
    import chromadb
    from chromadb.config import Settings

    application.shelf.dense(np.zeros(application.encoder.dimension, np.float32), 1)
    client = chromadb.PersistentClient(
        path=str(application.settings.home / VECTORS),
        settings=Settings(anonymized_telemetry=False),
    )
    (collection,) = client.list_collections()
    rows = [
        np.asarray(collection.get(limit=1000, offset=start, include=["embeddings"])["embeddings"])
        for start in range(0, collection.count(), 1000)
    ]
    return np.concatenate(rows).astype(np.float32)


def _measure(
    application: Application, vectors: Vectors, questions: Sequence[str], rounds: int
) -> Clock:
    """Each way asks all questions before the next does; the first round only warms up."""
    clock = Clock()
    index: Index = Timed(application.shelf, STAGES, clock)
    encoder: Encoder = Timed(application.encoder, {"encode_question": ENCODE}, clock)
    search = clock.timed(WHOLE, Retriever(index, encoder).search)
    lexical = clock.timed(BM25, application.shelf.lexical)
    brute = clock.timed(BRUTE, _brute_force)
    encoded = [application.encoder.encode_question(question) for question in questions]
    words = [keywords(question) for question in questions]
    for _ in range(rounds + 1):
        for question, its_words in zip(questions, words, strict=True):
            clock.begin()
            search(question, its_words)
        for its_words in words:
            clock.begin()
            lexical(its_words, WIDTH)
        for one in encoded:
            clock.begin()
            brute(vectors, one)
    del clock.rows[: 3 * len(questions)]
    return clock


def _brute_force(vectors: Vectors, question: EncodedQuestion) -> object:
    similarities = vectors @ question.vector
    best = np.argpartition(-similarities, min(WIDTH, len(vectors) - 1))[:WIDTH]
    return best[np.argsort(-similarities[best])]


def _report(clock: Clock) -> None:
    for row in clock.rows:
        if WHOLE in row:
            row[LATE] = 2 * row[WHOLE] - sum(row.values())
    order = [*dict.fromkeys((ENCODE, *STAGES.values(), LATE)), WHOLE, BM25, BRUTE]
    values = {stage: [row[stage] for row in clock.rows if stage in row] for stage in order}
    brute = percentile(values[BRUTE], 0.5)
    print(f"{'':18} {'p50 ms':>8} {'p95 ms':>8} {'p50 / brute force':>18}")
    for stage, times in values.items():
        middle = percentile(times, 0.5)
        print(f"{stage:18} {middle:8.2f} {percentile(times, 0.95):8.2f} {middle / brute:17.2f}x")


if __name__ == "__main__":
    main()
