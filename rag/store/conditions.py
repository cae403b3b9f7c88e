"""Conditions in SQL, and the values of their question marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rag.types import Range

Value: TypeAlias = str | int


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the table of papers, and the values of its question marks."""

    sql: str
    values: tuple[Value, ...] = ()


def all_of(terms: Sequence[Condition]) -> Condition:
    """Every one of them; TRUE where there is none."""
    return Condition(
        " AND ".join(f"({term.sql})" for term in terms) or "TRUE",
        tuple(value for term in terms for value in term.values),
    )


def between(column: str, wanted: Range) -> Condition:
    """`column` lies within the range; a paper that has no number does not."""
    terms = [Condition(f"{column} IS NOT NULL")]
    if wanted.least is not None:
        terms.append(Condition(f"{column} >= ?", (wanted.least,)))
    if wanted.most is not None:
        terms.append(Condition(f"{column} <= ?", (wanted.most,)))
    return all_of(terms)
