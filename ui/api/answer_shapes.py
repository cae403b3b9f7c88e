"""An answer as the native API shows it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from rag.types import Dropped, Paper, Refusal, Span, Timing, Usage, Verdict
from ui.conversation import Kept
from ui.server.wire import answer_fields


class CitationShown(BaseModel):
    """What a marker `[number]` of the text points to; the i-th marker to the i-th citation."""

    number: int
    paper: Paper
    span: Annotated[Span | None, Field(description="Where in the abstract, in characters.")]
    verdict: Verdict
    sentence: Annotated[str, Field(description="That of the abstract; empty for its record.")]


class FoundShown(BaseModel):
    """A paper that was found for the question."""

    id: str
    title: str
    score: float


class AnswerShown(BaseModel):
    """An answer: its text, and what each of its markers stands on."""

    question: str
    text: str
    citations: list[CitationShown]
    refusal: Refusal | None
    retrieved: list[FoundShown]
    timings: list[Timing]
    usage: Usage
    model: str | None
    failure: str | None
    dropped: list[Dropped]
    record: Annotated[str, Field(description="Its id for feedback; empty where none is kept.")]
    seconds: float | None
    conversation: str | None


def shown(kept: Kept, conversation: str | None = None) -> dict[str, Any]:
    """The fields of `AnswerShown`; papers that were merely found stand there in brief."""
    found = [
        {"id": hit.paper.id, "title": hit.paper.title, "score": hit.score}
        for hit in kept.answer.retrieved
    ]
    return {
        **answer_fields(kept.answer),
        "retrieved": found,
        "record": kept.record,
        "seconds": kept.seconds,
        "conversation": conversation,
    }
