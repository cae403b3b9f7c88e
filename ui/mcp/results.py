"""What the tools give: as typed fields for programs, and as text for a reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, Field

from rag.types import Answer, Hit, Paper, Verdict
from ui import render

LABELS = {
    "supported": "Supported: the abstract says it.",
    "weak": "Weak: the abstract says something like it.",
    "unsupported": "Unsupported: the abstract does not say it.",
}


class Found(BaseModel):
    """A paper that fits, and the passage that fits best."""

    rank: int
    score: float = Field(description="From 0 to 1.")
    id: str
    title: str
    published: str | None
    url: str | None
    passage: str


class SearchResult(BaseModel):
    """Papers, best first."""

    papers: list[Found]


class Cited(BaseModel):
    """What one marker of the answer points to."""

    marker: int = Field(description="The number in brackets, as in [1].")
    paper_id: str
    title: str
    url: str | None
    sentence: str = Field(description="The supporting sentence, verbatim; empty for the record.")
    verdict: Literal["supported", "weak", "unsupported"]
    reasons: list[str]


class Near(BaseModel):
    """A paper that comes near, although it does not answer."""

    paper_id: str
    title: str
    url: str | None


class AskResult(BaseModel):
    """An answer whose i-th marker belongs to the i-th citation, or why there is none."""

    answer: str
    refused: bool
    reason: str | None
    citations: list[Cited]
    nearest: list[Near]
    model: str | None = Field(description="None where the sentences are the papers' own.")
    failure: str | None = Field(description="Why the model did not write all of it.")


class CheckResult(BaseModel):
    """Whether the text says what the sentence says."""

    verdict: Literal["supported", "weak", "unsupported"]
    reasons: list[str]
    sentence: str = Field(description="The sentence of the abstract that comes nearest; verbatim.")
    probability: float = Field(description="That it is supported, calibrated.")


class Identifier(BaseModel):
    """Such as an arXiv id or a DOI."""

    scheme: str
    value: str


class PaperResult(BaseModel):
    """Everything known of a paper."""

    id: str
    title: str
    abstract: str
    authors: list[str]
    author_count: int | None
    organization: str | None
    published: str | None
    upvotes: int | None
    url: str | None
    identifiers: list[Identifier]
    sources: list[str]


def search_result(hits: list[Hit]) -> tuple[SearchResult, str]:
    shown = [render.hit_json(rank, hit) for rank, hit in enumerate(hits, 1)]
    text = "\n\n".join(_hit_text(rank, hit) for rank, hit in enumerate(hits, 1))
    return SearchResult.model_validate({"papers": shown}), text or "No paper fits."


def ask_result(answer: Answer) -> tuple[AskResult, str]:
    text = "\n\n".join(filter(None, (_whole(answer), render.left_out(answer), answer.failure)))
    return AskResult.model_validate(render.answer_json(answer)), text


def check_result(verdict: Verdict, abstract: str) -> tuple[CheckResult, str]:
    span = verdict.span
    sentence = abstract[span.start : span.end] if span else ""
    found = CheckResult(
        verdict=verdict.label,
        reasons=list(verdict.reasons),
        sentence=sentence,
        probability=round(verdict.probability, 4),
    )
    nearest = f"It comes nearest to saying so here: “{sentence}”" if sentence else ""
    return found, "\n".join(filter(None, (LABELS[verdict.label], *verdict.reasons, nearest)))


def paper_result(paper: Paper) -> tuple[PaperResult, str]:
    known = (render.title(paper), render.byline(paper), paper.url or "", f"id: {paper.id}")
    text = "\n".join(filter(None, known)) + f"\n\n{paper.abstract}"
    return PaperResult.model_validate(render.paper_json(paper)), text


def _hit_text(rank: int, hit: Hit) -> str:
    about = filter(None, (render.byline(hit.paper), f"id: {hit.paper.id}", hit.paper.url))
    return f"{rank}. {render.title(hit.paper)}\n{' · '.join(about)}\n“{hit.passage.text}”"


def _whole(answer: Answer) -> str:
    """The answer, its references, and under each the very sentences that support it."""
    if answer.refusal:
        return render.refusal_text(answer.refusal)
    listed = "\n".join(line for one in render.references(answer) for line in _reference(one))
    return f"{answer.text}\n\nReferences\n{listed}" if listed else answer.text


def _reference(reference: render.Reference) -> Iterator[str]:
    paper = reference.paper
    known = (render.title_and_year(paper), f"id: {paper.id}", paper.url or "")
    yield f"[{reference.number}] {' · '.join(filter(None, known))}"
    for span in reference.spans:
        yield f"    “{paper.abstract[span.start : span.end]}”"
