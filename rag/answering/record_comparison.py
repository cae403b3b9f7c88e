"""Two papers side by side: which is older, which has more authors or upvotes."""

from __future__ import annotations

from rag.answering.extractive import quoted
from rag.answering.outcome import Piece
from rag.answering.record_question import Field
from rag.answering.record_values import FIELD_NAMES, line, told, value
from rag.types import Paper, Published, Refusal


def beside(field: Field, first: Paper, second: Paper) -> list[Piece] | Refusal:
    """What both records say, and what follows; a refusal where one does not say."""
    for paper in (first, second):
        if not told(paper, field):
            reason = f"The record of “{quoted(paper.title)}” gives no {FIELD_NAMES[field]}."
            return Refusal("not-in-abstract", reason, (first, second))
    return [
        Piece(_verdict(field, first, second)),
        line(first, 1, (field,)),
        line(second, 2, (field,)),
    ]


def _verdict(field: Field, first: Paper, second: Paper) -> str:
    order = _order(value(first, field), value(second, field))
    if order is None:
        return "Their dates lack the parts that would decide which is older:"
    if order == 0:
        return "Both are the same in this:" if field != "published" else "Both have this date:"
    more, less = (first, second) if order > 0 else (second, first)
    how = {"published": "newer than", "authors": "more authors than"}.get(
        field, "more upvotes than"
    )
    verb = "is" if field == "published" else "has"
    return f"“{quoted(more.title)}” {verb} {how} “{quoted(less.title)}”:"


def _order(one: Published | int | None, other: Published | int | None) -> int | None:
    """Above 0 where the first is more or later, None where a missing part would decide."""
    if isinstance(one, int) and isinstance(other, int):
        return (one > other) - (one < other)
    if not isinstance(one, Published) or not isinstance(other, Published):
        return None
    for part, against in zip(_parts(one), _parts(other), strict=True):
        if part is None or against is None:
            return None
        if part != against:
            return 1 if part > against else -1
    return 0


def _parts(at: Published) -> tuple[int | None, int | None, int | None]:
    return at.year, at.month, at.day
