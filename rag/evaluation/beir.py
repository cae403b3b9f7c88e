"""Retrieval measured on a folder in the BEIR layout: corpus.jsonl, queries.jsonl, qrels/*.tsv."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints

from rag.config import Settings
from rag.errors import EvaluationError
from rag.evaluation.judgements import read_qrels
from rag.evaluation.measured import Case, Share, digest
from rag.evaluation.ranking import FIGURES, Qrels, Search, figures, rank
from rag.evaluation.reading import read_objects
from rag.evaluation.shelving import shelved
from rag.language.sentences import sentences
from rag.types import Record

LONGEST_TITLE = 300  # characters of a first sentence that stands in for a title

_Id: TypeAlias = Annotated[
    str,
    Field(alias="_id", coerce_numbers_to_str=True, min_length=1),
    StringConstraints(strip_whitespace=True),
]
_Text: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True)]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, judged questions as (id, text), and the judgements.

    `skipped` counts documents without any text; they stay among the judgements, and are missed.
    """

    documents: tuple[Record, ...]
    queries: tuple[tuple[str, str], ...]
    qrels: Qrels
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well the documents were found, as means over the questions, and how fast (median).

    `cases` holds what each question adds to the means.
    """

    figures: tuple[tuple[str, float], ...]
    cases: tuple[Case, ...]
    documents: int
    questions: int
    seconds_per_question: float
    skipped: int


def evaluate_folder(
    folder: Path,
    settings: Settings,
    progress: Callable[[int, int], None],
    *,
    split: str | None = None,
) -> Evaluation:
    """Measures search as it is set over the documents of a folder.

    `progress` hears what is done and what there is to do: documents to index, then questions.
    """
    collection = read_folder(folder, split=split)
    documents = len(collection.documents)
    total = documents + len(collection.queries)
    with shelved(collection.documents, settings, lambda done: progress(done, total)) as application:
        return evaluate(
            collection, application.retriever, lambda done: progress(documents + done, total)
        )


def evaluate(collection: Collection, search: Search, progress: Callable[[int], None]) -> Evaluation:
    """Measures a search over the documents of the collection; `progress` hears of each question."""
    rankings = rank(search, collection.queries, progress)
    values = figures(collection.qrels, rankings)
    return Evaluation(
        figures=tuple((name, fmean(one[name] for one in values.values())) for name in FIGURES),
        cases=tuple(_case(query, collection.qrels, values) for query in collection.queries),
        documents=len(collection.documents),
        questions=len(collection.queries),
        seconds_per_question=median(ranking.seconds for ranking in rankings),
        skipped=collection.skipped,
    )


def _case(query: tuple[str, str], qrels: Qrels, values: Mapping[str, Mapping[str, float]]) -> Case:
    name, text = query
    shares = tuple(Share(figure, value, 1) for figure, value in values[name].items())
    return Case(name, "", digest(text, sorted(qrels[name].items())), shares)


def read_folder(folder: Path, *, split: str | None = None) -> Collection:
    """The collection in a folder; of the questions and judgements, only those that belong together.

    `split` names a file of qrels/; without it test.tsv counts, or all files if there is none.
    """
    documents, skipped = _read_documents(_found(folder, "corpus"))
    queries = _read_queries(_found(folder, "queries"))
    qrels = read_qrels(folder / "qrels", split)
    judged = tuple((name, text) for name, text in queries.items() if name in qrels)
    if not documents:
        raise EvaluationError(f"No document in {folder} has a text; check the corpus file.")
    if not judged:
        raise EvaluationError(
            f"No question in {folder} has a judgement: the first column of the files in qrels/ "
            "must hold the _id of a line of the queries file."
        )
    return Collection(documents, judged, {name: qrels[name] for name, _ in judged}, skipped)


@dataclass(frozen=True, slots=True)
class _Document:
    id: _Id
    title: _Text | None = None
    text: _Text | None = None


@dataclass(frozen=True, slots=True)
class _Query:
    id: _Id
    text: Annotated[_Text, Field(min_length=1)]


def _found(folder: Path, name: str) -> Path:
    candidates = [folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz"]
    for path in candidates:
        if path.is_file():
            return path
    raise EvaluationError(
        f"There is no {name}.jsonl or {name}.jsonl.gz in {folder}. A folder in the BEIR layout "
        "holds corpus.jsonl, queries.jsonl and qrels/test.tsv; check the path."
    )


def _read_documents(path: Path) -> tuple[tuple[Record, ...], int]:
    records: dict[str, Record | None] = {}
    for place, document in read_objects(path, _Document):
        if document.id in records:
            raise place.error(f"The _id {document.id!r} stands on an earlier line, too.")
        records[document.id] = _record(document, place.line)
    kept = tuple(record for record in records.values() if record is not None)
    return kept, len(records) - len(kept)


def _read_queries(path: Path) -> dict[str, str]:
    queries: dict[str, str] = {}
    for place, query in read_objects(path, _Query):
        if query.id in queries:
            raise place.error(f"The _id {query.id!r} stands on an earlier line, too.")
        queries[query.id] = query.text
    return queries


def _record(document: _Document, line: int) -> Record | None:
    """A title stands in for a text that is missing, a first sentence for a title."""
    text = document.text or document.title
    if not text:
        return None
    title = document.title or _first_sentence(text)
    return Record(title, text, identifiers=(("id", document.id),), line=line)


def _first_sentence(text: str) -> str:
    return text[: sentences(text)[0].end][:LONGEST_TITLE]
