"""The file that keeps what was measured, so that later runs can be compared with it.

JSON with a line for every question: a change of the file shows which questions changed.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from rag.errors import EvaluationError
from rag.evaluation.conditions import Conditions
from rag.evaluation.measured import Case, Measured, Share

FORMAT = 1
DIGITS = 6  # of a share; more would differ from one processor to the next

_Amount: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Shares: TypeAlias = dict[str, tuple[_Amount, _Amount]]


@dataclass(frozen=True, slots=True)
class Baseline:
    """Sets of questions as they came out once, and what they were measured with."""

    conditions: Conditions
    sets: tuple[Measured, ...]

    def named(self, name: str) -> Measured | None:
        return next((one for one in self.sets if one.name == name), None)


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file; raises EvaluationError where there is none that can be used."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EvaluationError(
            f"The baseline {path} cannot be read: {error.strerror or error}."
        ) from None
    kept = _parsed(path, content)
    for name, ids in kept.ids():
        if len(set(ids)) < len(ids):
            raise EvaluationError(
                f"The baseline {path} has an id twice in {name}; store it anew with --save."
            )
    return kept.baseline()


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Puts the file in place whole; what was there before stays until then."""
    text = "".join(_lines(baseline))
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".footnote-") as scratch:
            draft = Path(scratch) / path.name
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
    except OSError as error:
        raise _not_writable(path, error) from None


def check_target(path: Path) -> None:
    """Raises where a baseline could not be stored, before a minute is spent on measuring it."""
    if not os.access(path.parent, os.W_OK | os.X_OK):
        number = errno.EACCES if path.parent.is_dir() else errno.ENOENT
        raise _not_writable(path, OSError(number, os.strerror(number)))


def _not_writable(path: Path, error: OSError) -> EvaluationError:
    return EvaluationError(
        f"The baseline cannot be stored as {path}: {error.strerror or error}. "
        "Give --save a file in a folder that can be written."
    )


@dataclass(frozen=True, slots=True)
class _Version:
    format: int


@dataclass(frozen=True, slots=True)
class _Question:
    id: str
    type: str
    digest: str
    figures: _Shares

    def case(self) -> Case:
        shares = (Share(name, *amounts) for name, amounts in self.figures.items())
        return Case(self.id, self.type, self.digest, tuple(shares))


@dataclass(frozen=True, slots=True)
class _Set:
    name: str
    papers: int
    questions: tuple[_Question, ...]


@dataclass(frozen=True, slots=True)
class _File:
    conditions: Conditions
    sets: tuple[_Set, ...]

    def ids(self) -> Iterator[tuple[str, Sequence[str]]]:
        yield "the names of its sets", [one.name for one in self.sets]
        for one in self.sets:
            yield one.name, [question.id for question in one.questions]

    def baseline(self) -> Baseline:
        sets = (
            Measured(one.name, one.papers, tuple(question.case() for question in one.questions))
            for one in self.sets
        )
        return Baseline(self.conditions, tuple(sets))


def _parsed(path: Path, content: bytes) -> _File:
    try:
        version = TypeAdapter(_Version).validate_json(content).format
        if version == FORMAT:
            return TypeAdapter(_File).validate_json(content)
    except ValidationError:
        raise EvaluationError(
            f"{path} is damaged, or is no baseline that `footnote eval --save` wrote; "
            "store it anew."
        ) from None
    raise EvaluationError(
        f"The baseline {path} has format {version}, and this version of Footnote reads "
        f"{FORMAT}; store it anew with --save."
    )


def _lines(baseline: Baseline) -> Iterator[str]:
    yield f'{{"format": {FORMAT},\n "conditions": {_json(asdict(baseline.conditions))},\n'
    yield ' "sets": ['
    for number, one in enumerate(baseline.sets):
        head = _json({"name": one.name, "papers": one.papers})
        yield f'{"," if number else ""}\n  {head[:-1]}, "questions": [\n   '
        yield ",\n   ".join(_json(_kept(case)) for case in one.cases)
        yield "\n  ]}"
    yield "\n]}\n"


def _kept(case: Case) -> dict[str, object]:
    shares = {one.figure: (_short(one.top), _short(one.bottom)) for one in case.shares}
    return {"id": case.id, "type": case.type, "digest": case.digest, "figures": shares}


def _short(amount: float) -> float:
    """Whole numbers without a point."""
    rounded = round(float(amount), DIGITS)
    return int(rounded) if rounded.is_integer() else rounded


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
