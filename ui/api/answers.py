"""`POST /answers`: an answer whose every sentence is cited, whole or as the engine's events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from rag.errors import FootnoteError
from rag.types import Answer, Citation, Completed, Delta, Paper, Span, Turn, Usage
from ui.api.answer_shapes import AnswerShown, shown
from ui.api.errors import ApiError, Json, told
from ui.api.native_shapes import INVALID, Asked, ScopeAsked, errors, event_stream, failed, shown_by
from ui.api.sending import Body, Stream, as_json
from ui.api.services import Api
from ui.api.their_conversations import Theirs
from ui.conversation import Kept
from ui.server import incidents
from ui.server.asking import Happening, Question, Recorded, happenings
from ui.server.principals import Principal
from ui.server.wire import MEDIA_TYPE, framed

LONGEST_QUESTION: Final = 20_000  # characters; the engine says in a sentence what is too long
LONGEST_TURN: Final = 100_000
MOST_TURNS: Final = 200
EITHER: Final = "Send a history or a conversation, not both: a conversation has its own history."


class TurnAsked(Asked):
    """One message of what was said before."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=LONGEST_TURN)]


class AnswerAsked(Asked):
    """A question, and what it is asked after and within."""

    model_config = shown_by(
        {"question": "How does FlashAttention save memory?"},
        {"question": "Which papers quantize models?", "scope": {"since": "2022"}, "stream": True},
        {
            "question": "How fast is it?",
            "history": [
                {"role": "user", "content": "How does FlashAttention save memory?"},
                {"role": "assistant", "content": "It works on tiles in fast memory."},
            ],
        },
    )

    question: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_QUESTION,
            examples=["How does FlashAttention save memory?"],
        ),
    ]
    history: Annotated[
        tuple[TurnAsked, ...], Field(max_length=MOST_TURNS, description="What was said before.")
    ] = ()
    conversation: Annotated[
        str | None,
        Field(
            max_length=64,
            description="The id of a conversation that the server keeps: what was said in it comes "
            "before the question, and the answer is added to it.",
        ),
    ] = None
    scope: ScopeAsked = ScopeAsked()
    asker: Annotated[
        str,
        Field(
            max_length=200,
            description="Who asks, where a program asks for several people: tells them apart in "
            "the records, which keep it hashed.",
        ),
    ] = ""
    stream: Annotated[
        bool | None,
        Field(
            strict=True, description="Send the engine's events; by default what `Accept` asks for."
        ),
    ] = None


_PAPER: Final = Paper("2205.14135", "FlashAttention", "It reads and writes less memory.")
_EVENTS: Final[tuple[Happening, ...]] = (
    Delta(f"{_PAPER.abstract} [1]", (Citation(1, _PAPER, Span(0, len(_PAPER.abstract))),)),
    Recorded("0123456789abcdef0123456789abcdef", 0.31),
)
STREAMED: Final[Json] = {
    "description": "The answer; or its events, where `stream` or `Accept` asks for them: "
    "`retrieved`, `delta`…, `completed`, `recorded`, or `error` in place of what would have come.",
    "content": event_stream(
        *("retrieved", "delta", "completed", "recorded", "error"),
        example=b"".join(map(framed, _EVENTS)),
    ),
}


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what, and in which conversation of theirs."""

    api: Api
    principal: Principal
    question: Question
    conversation: str | None = None

    async def happenings(self) -> AsyncGenerator[Happening, None]:
        """Counts what was used, and keeps the answer; raises ApiError alone."""
        answer: Answer | None = None
        try:
            async with aclosing(happenings(self.api.services, self.question)) as events:
                async for event in events:
                    match event:
                        case Completed():
                            answer = event.answer
                            self.api.gate.spent(self.principal, _tokens(answer.usage))
                        case Recorded() if answer:
                            await self._keep(answer, event)
                    yield event
        except Exception as error:  # noqa: BLE001  (whoever asks is told)
            raise told(error, invalid=INVALID) from None

    async def _keep(self, answer: Answer, recorded: Recorded) -> None:
        """An answer that cannot be kept is an answer all the same."""
        if self.conversation is None:
            return
        try:
            await Theirs(self.api, self.principal).keep(
                self.conversation, self.kept(answer, recorded)
            )
        except FootnoteError as error:
            incidents.note(error)

    def kept(self, answer: Answer, recorded: Recorded) -> Kept:
        return Kept(answer, self.question.scope, recorded.seconds, recorded.id)


def router(api: Api) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["answers"])
    ask = Depends(api.gate.needs("ask"))

    @routes.post(
        "/answers",
        summary="Ask the shelf",
        response_model=AnswerShown,
        responses={200: STREAMED, **errors(404, 502, 504)},
    )
    async def answers(request: Request, asked: AnswerAsked, principal: Principal = ask) -> Response:
        asking = await _asking(api, asked, principal)
        if _is_stream(request, asked):
            return Stream(_events(asking), _late)
        return Body(_whole(asking))

    return routes


async def _asking(api: Api, asked: AnswerAsked, principal: Principal) -> Asking:
    if asked.history and asked.conversation:
        raise ApiError(INVALID, EITHER, code="invalid_request", param="history")
    history = tuple(Turn(one.role, one.content) for one in asked.history)
    if asked.conversation is not None:
        history = await Theirs(api, principal).history(asked.conversation)
    owner = ":".join(filter(None, (principal.owner, asked.asker)))
    question = Question(asked.question, history, asked.scope.scope, owner)
    return Asking(api, principal, question, asked.conversation)


def _is_stream(request: Request, asked: AnswerAsked) -> bool:
    wants = MEDIA_TYPE in request.headers.get("accept", "")
    return wants if asked.stream is None else asked.stream


async def _events(asking: Asking) -> AsyncGenerator[bytes, None]:
    async with aclosing(asking.happenings()) as events:
        async for event in events:
            yield framed(event)


async def _whole(asking: Asking) -> AsyncGenerator[bytes, None]:
    answer: Answer | None = None
    async with aclosing(asking.happenings()) as events:
        async for event in events:
            match event:
                case Completed():
                    answer = event.answer
                case Recorded() if answer:
                    yield as_json(shown(asking.kept(answer, event), asking.conversation))


def _late(error: ApiError) -> bytes:
    return framed(failed(error))


def _tokens(usage: Usage) -> int:
    return usage.prompt_tokens + usage.completion_tokens
