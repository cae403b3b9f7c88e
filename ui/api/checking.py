"""`POST /check`: does a paper say what a sentence says? The verifier alone, without a question."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Annotated, Final, Protocol

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field, model_validator
from starlette.responses import Response

from rag.loaders.text import MAX_ABSTRACT, MAX_TITLE
from rag.types import Paper, Span, Verdict
from ui.api.errors import ApiError, told
from ui.api.native_shapes import INVALID, Asked, PaperId, errors, off_the_loop, shown_by
from ui.api.sending import Body, as_json
from ui.api.services import Api
from ui.checks import LONGEST_SENTENCE
from ui.server.places import Places

MOST_CHECKS: Final = 100
AT_ONCE: Final = 2  # requests; each is read sentence by sentence
WAITING: Final = 16
ONE_SOURCE: Final = "Give each sentence either a paper_id or an abstract."
UNKNOWN: Final = "The shelf has no paper with the id {id!r}."


class Checker(Protocol):
    """What is asked of the verifier; it blocks."""

    def check(self, sentence: str, papers: Sequence[Paper]) -> list[Verdict]: ...


class SentenceAsked(Asked):
    """A sentence, and the paper that ought to say it: one of the shelf, or any abstract."""

    sentence: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_SENTENCE,
            pattern=r"\S",
            examples=["FlashAttention reads and writes less memory."],
        ),
    ]
    paper_id: PaperId | None = None
    abstract: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=MAX_ABSTRACT,
            pattern=r"\S",
            examples=["We propose FlashAttention, which reads and writes memory less often."],
        ),
    ] = None
    title: Annotated[str, Field(max_length=MAX_TITLE)] = ""

    @model_validator(mode="after")
    def _has_one_source(self) -> SentenceAsked:
        if (self.paper_id is None) == (self.abstract is None):
            raise ValueError(ONE_SOURCE)
        return self


class CheckAsked(Asked):
    """Sentences, each beside its paper."""

    model_config = shown_by(
        {
            "sentences": [
                {
                    "sentence": "FlashAttention reads and writes less memory.",
                    "abstract": "FlashAttention reads and writes memory less often.",
                }
            ]
        },
        {"sentences": [{"sentence": "Dough rises by 20%.", "paper_id": "2510.12345"}]},
    )

    sentences: Annotated[list[SentenceAsked], Field(min_length=1, max_length=MOST_CHECKS)]


class VerdictShown(BaseModel):
    """Whether the paper says it, how probably, why, and the sentence of it that comes nearest."""

    label: Annotated[str, Field(examples=["supported", "weak", "unsupported"])]
    probability: float
    reasons: list[str]
    span: Span | None
    sentence: str


class CheckShown(BaseModel):
    """A verdict for each sentence, in order."""

    verdicts: list[VerdictShown]


class Checking:
    """The verifier, a few requests at a time."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._places = Places(running=AT_ONCE, waiting=WAITING)

    async def verdicts(
        self, pairs: Sequence[tuple[str, Paper]]
    ) -> AsyncGenerator[tuple[Paper, Verdict], None]:
        """One for each pair, in order; raises BusyError where too many wait."""
        async with self._places.one():
            for sentence, paper in pairs:
                yield paper, await asyncio.to_thread(self._verdict, sentence, paper)

    def _verdict(self, sentence: str, paper: Paper) -> Verdict:
        return self._checker.check(sentence, [paper])[0]


def router(api: Api) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["check"])
    checks = Checking(api.application.verifier)

    @routes.post(
        "/check",
        summary="Check sentences against papers",
        dependencies=[Depends(api.gate.needs("ask"))],
        response_model=CheckShown,
        responses=errors(404),
    )
    async def check(asked: CheckAsked) -> Response:
        return Body(_written(checks, await _pairs(api, asked.sentences)))

    return routes


async def _pairs(api: Api, asked: Sequence[SentenceAsked]) -> list[tuple[str, Paper]]:
    ids = list(dict.fromkeys(one.paper_id for one in asked if one.paper_id))
    found = await off_the_loop(lambda: api.application.shelf.papers(ids)) if ids else []
    known = {paper.id: paper for paper in found}
    if missing := next((one for one in ids if one not in known), None):
        raise ApiError(404, UNKNOWN.format(id=missing), code="not_found", param="paper_id")
    return [(one.sentence, _paper(one, known)) for one in asked]


def _paper(asked: SentenceAsked, known: dict[str, Paper]) -> Paper:
    if asked.paper_id:
        return known[asked.paper_id]
    # Without an id, sentences beside one abstract have one paper, and it is prepared once.
    return Paper(id="", title=asked.title, abstract=asked.abstract or "")


async def _written(
    checks: Checking, pairs: Sequence[tuple[str, Paper]]
) -> AsyncGenerator[bytes, None]:
    try:
        verdicts = [_shown(*one) async for one in checks.verdicts(pairs)]
    except Exception as error:  # noqa: BLE001  (whoever asks is told)
        raise told(error, invalid=INVALID) from None
    yield as_json({"verdicts": verdicts})


def _shown(paper: Paper, verdict: Verdict) -> dict[str, object]:
    span = verdict.span
    return {
        "label": verdict.label,
        "probability": verdict.probability,
        "reasons": list(verdict.reasons),
        "span": {"start": span.start, "end": span.end} if span else None,
        "sentence": paper.abstract[span.start : span.end] if span else "",
    }
