"""Relevance judgements (qrels): which documents answer which question, and how well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import EvaluationError
from rag.evaluation.ranking import Qrels
from rag.evaluation.reading import Place, read_lines

TEST = "test"
COLUMNS = 3


@dataclass(frozen=True, slots=True)
class _Judgement:
    place: Place
    question_id: str
    document_id: str
    grade: int


def read_qrels(folder: Path, split: str | None = None) -> Qrels:
    """The judgements of `split`; without it those of test.tsv, or of all files if there is none."""
    qrels: dict[str, dict[str, int]] = {}
    for path in _chosen(folder, split):
        for judgement in _judgements(path):
            graded = qrels.setdefault(judgement.question_id, {})
            if graded.setdefault(judgement.document_id, judgement.grade) != judgement.grade:
                raise _contradiction(judgement, graded[judgement.document_id])
    return qrels


def _chosen(folder: Path, split: str | None) -> Sequence[Path]:
    files = {path.stem: path for path in sorted(folder.glob("*.tsv"))}
    if not files:
        raise EvaluationError(
            f"There is no .tsv file in {folder}. A folder in the BEIR layout holds judgements in "
            "qrels/test.tsv; check the path."
        )
    if split is not None and split not in files:
        raise EvaluationError(
            f"There is no {split}.tsv in {folder}. Choose one of: {', '.join(files)}."
        )
    wanted = files.get(split or TEST)
    return [wanted] if wanted else list(files.values())


def _judgements(path: Path) -> Iterator[_Judgement]:
    for number, (place, line) in enumerate(read_lines(path)):
        columns = line.decode(errors="replace").split("\t")
        if number == 0 and not _is_grade(columns[-1]):
            continue
        if len(columns) != COLUMNS or not _is_grade(columns[-1]):
            raise place.error(
                "This is no judgement. Write the question's id, the document's id and a whole "
                "number, with tabs between them."
            )
        question_id, document_id, grade = (column.strip() for column in columns)
        yield _Judgement(place, question_id, document_id, int(grade))


def _is_grade(text: str) -> bool:
    return text.strip().removeprefix("-").isdecimal()


def _contradiction(judgement: _Judgement, former: int) -> EvaluationError:
    return judgement.place.error(
        f"Question {judgement.question_id!r} and document {judgement.document_id!r} are graded "
        f"{judgement.grade} here, but {former} before. Remove one of the two lines, or keep only "
        f"the file to be used in {judgement.place.path.parent}."
    )
