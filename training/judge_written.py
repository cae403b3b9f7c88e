"""The written cases, `written.jsonl.gz`: abstracts with sentences and questions of ours.

A line holds `title` and `abstract`; `support`, `contradict` and `neutral`: sentences that the
abstract bears out, contradicts and leaves open; `questions`: `q` with the `answer_sentence` that
stands in the abstract; and `unanswerable`: questions on the same subject that it does not answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rag.types import Span
from training.judge_breaking import Context, broken
from training.judge_data import Row, each, span_of
from training.judge_examples import (
    CONTRADICTED,
    OPEN,
    SUPPORTED,
    Abstract,
    Label,
    Question,
    Statement,
)

HELD_OUT = 12  # one abstract in so many is never trained on
SPLIT = 3  # the seed that chose them for the weights that ship: these too have not seen them
BROKEN_AGAIN = 3  # how often a true sentence is also broken by rule


@dataclass(frozen=True, slots=True)
class Written:
    """An abstract with what was written to it."""

    abstract: Abstract
    statements: tuple[tuple[str, Label], ...]
    answered: tuple[tuple[str, Span | None], ...]
    unanswered: tuple[str, ...]

    @property
    def true(self) -> list[str]:
        return [sentence for sentence, label in self.statements if label == SUPPORTED]


def read_written(path: Path, random: Random) -> tuple[list[Written], list[Written]]:
    """The cases to train on and those held out, shuffled."""
    found = list(each(path, _written))
    random.shuffle(found)
    held_out = len(found) // HELD_OUT
    return found[held_out:], found[:held_out]


def statements(written: Sequence[Written]) -> Iterator[Statement]:
    """The sentences as they were written."""
    for one in written:
        for sentence, label in one.statements:
            yield Statement(sentence, one.abstract.text, label)


def further_statements(
    written: Sequence[Written], known: Sequence[str], random: Random
) -> Iterator[Statement]:
    """True sentences broken by rule, and beside another abstract; `known` are names."""
    for one in written:
        context = Context(one.abstract.text, known)
        for sentence in one.true:
            for _ in range(BROKEN_AGAIN):
                if false := broken(sentence, context, random):
                    yield Statement(false.sentence, context.source, CONTRADICTED)
            other = random.choice(written)
            if other is not one:
                yield Statement(sentence, other.abstract.text, OPEN)


def questions(written: Sequence[Written]) -> Iterator[Question]:
    """The questions beside the abstract they were written to."""
    for one in written:
        for text, answer in one.answered:
            yield Question(text, one.abstract.text, answerable=True, answer=answer)
        for text in one.unanswered:
            yield Question(text, one.abstract.text, answerable=False)


def _written(row: Row) -> Written:
    abstract = Abstract(row["title"], row["abstract"])
    labels: tuple[tuple[str, Label], ...] = (
        ("support", SUPPORTED),
        ("contradict", CONTRADICTED),
        ("neutral", OPEN),
    )
    return Written(
        abstract=abstract,
        statements=tuple(
            (sentence, label) for field, label in labels for sentence in _several(row[field])
        ),
        answered=tuple(
            (each["q"], span_of(each["answer_sentence"], abstract.text))
            for each in row["questions"]
        ),
        unanswered=tuple(_several(row["unanswerable"])),
    )


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
