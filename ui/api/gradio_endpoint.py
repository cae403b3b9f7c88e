"""`/ask` for `gradio_client`: an answer while it grows, to whoever may ask the API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import Any, Final, TypeAlias

import gradio as gr
from fastapi import Request
from starlette.types import ASGIApp

from rag.errors import QuestionError
from rag.types import Citation, Completed, Delta, Refusal
from ui.api.errors import ApiError, response, told
from ui.api.openai_sources import address_of, title_of
from ui.api.services import Api
from ui.server import request_ids
from ui.server.asking import Happening, Question, happenings
from ui.server.audit import Noted
from ui.web.offering import Offer, Refusing
from ui.web.visits import Visits, until

Json: TypeAlias = dict[str, Any]
SURFACE: Final = "gradio"
NO_TEXT: Final = "The question has to be a text; send one string."


def offer(api: Api) -> Offer:
    """What `ui.web.application.application` takes."""
    return Offer(partial(_endpoint, api), _refusing(api))


def _endpoint(api: Api, visits: Visits) -> Callable[..., AsyncGenerator[Json, None]]:
    async def ask(question: str, request: gr.Request) -> AsyncGenerator[Json, None]:
        """Answers a question about the papers; every sentence carries a checked citation.

        Gives a dict: `text` with markers like [1]; `citations`, the i-th being what the i-th
        marker stands on (number, title, url, sentence, verdict); `refusal`, None where there is
        an answer, else its kind, reason and the nearest papers' titles. While the answer is
        written, `submit` gives it as far as it has come.
        """
        try:
            with visits.during(request.session_hash or "") as left:
                growing = until(left, _growing(api, question, _original(request)))
                async with aclosing(growing):
                    async for shown in growing:
                        yield shown
        except Exception as error:  # noqa: BLE001  (whoever asks is told)
            raise gr.Error(told(error).message, print_exception=False) from None

    # Gradio tells clients of what each step gives.
    ask.__annotations__["return"] = dict
    return ask


def _refusing(api: Api) -> Refusing:
    def refusing(request: Request) -> ASGIApp | None:
        try:
            api.gate.known(request, "ask")
        except ApiError as error:
            return response(error)
        return None

    return refusing


async def _growing(api: Api, question: object, request: Request) -> AsyncGenerator[Json, None]:
    home = str(request.base_url).rstrip("/")
    text, citations = "", tuple[Citation, ...]()
    async with aclosing(_happenings(api, question, request)) as events:
        async for event in events:
            match event:
                case Delta(more, cited):
                    text, citations = text + more, citations + cited
                    yield _shown(text, citations, None, home)
                case Completed(answer):
                    yield _shown(answer.text, answer.citations, answer.refusal, home)


async def _happenings(
    api: Api, question: object, request: Request
) -> AsyncGenerator[Happening, None]:
    """Those of whoever may ask, limited, counted and audited as those of the API are."""
    # Not those of the context: Gradio takes each step in a task of its own.
    noted = Noted(SURFACE, status=200, request=request_ids.of(request.scope))
    may_ask = asynccontextmanager(api.gate.needs("ask"))
    with api.audit.noting(noted):
        async with may_ask(request, None) as principal:
            noted.principal = principal.name
            if not isinstance(question, str):
                raise QuestionError(NO_TEXT)
            asked = Question(question, owner=principal.owner)
            noted.question = asked.text
            async with aclosing(happenings(api.services, asked)) as events:
                async for event in events:
                    if isinstance(event, Completed):
                        noted.answer, usage = event.answer, event.answer.usage
                        api.gate.spent(principal, usage.prompt_tokens + usage.completion_tokens)
                    yield event


def _shown(text: str, citations: Sequence[Citation], refusal: Refusal | None, home: str) -> Json:
    return {
        "text": text,
        "citations": [_cited(one, home) for one in citations],
        "refusal": _refused(refusal) if refusal else None,
    }


def _cited(one: Citation, home: str) -> Json:
    return {
        "number": one.number,
        "title": title_of(one.paper),
        "url": address_of(one.paper, home),
        "sentence": one.sentence,
        "verdict": one.verdict.label,
    }


def _refused(refusal: Refusal) -> Json:
    nearest = [title_of(one) for one in refusal.nearest]
    return {"kind": refusal.kind, "reason": refusal.reason, "nearest": nearest}


def _original(request: gr.Request) -> Request:
    """As the server received it: Gradio's own gives headers as plain text."""
    assert request.request is not None  # noqa: S101  (only set aside when it is pickled)
    return request.request
