"""A conversation as the messages of a Chatbot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from rag.types import Answer, Refusal
from ui import render
from ui.server.exchange import Exchange, Exchanges
from ui.web import markup, texts
from ui.web.steps import steps

LONG = 300  # characters of a question that is no heading any more


class Message(TypedDict):
    """A message as Gradio takes it."""

    role: str
    content: str


def messages(exchanges: Exchanges) -> list[Message]:
    """For each exchange what was asked, what was done, and what is answered so far."""
    return [
        Message(role=role, content=content)
        for turn, exchange in enumerate(exchanges, start=1)
        for role, content in _of(exchange, turn)
    ]


def _of(exchange: Exchange, turn: int) -> Iterator[tuple[str, str]]:
    kind = ' class="long"' if len(exchange.question) > LONG else ""
    yield "user", f"<p{kind}>{markup.lines(exchange.question)}</p>"
    if done := steps(exchange):
        yield "assistant", done
    if said := _said(exchange, turn):
        yield "assistant", said


def _said(exchange: Exchange, turn: int) -> str:
    """The answer, or why there is none, and what is to be said of it."""
    answer = exchange.answer
    if answer and answer.refusal:
        return _refusal(answer.refusal, is_filtered=not exchange.scope.is_empty) + _rating(exchange)
    leads_nowhere = exchange.is_over and not (answer or exchange.citations)
    text = markup.Writer(turn, is_linked=not leads_nowhere).write(exchange.text)
    notes = _notes(answer) if answer else ()
    shown = text + "".join(f'<p class="note">{markup.plain(note)}</p>' for note in notes)
    if exchange.notice:
        shown += f'<p class="notice" role="alert">{markup.plain(exchange.notice)}</p>'
    kind = "answer ended" if exchange.is_over else "answer"
    return f'<div class="{kind}">{shown}</div>{_rating(exchange)}' if shown else ""


def _rating(exchange: Exchange) -> str:
    """Where the script puts the thumbs; its id says of which answer."""
    is_kept = exchange.id and exchange.state == "done"
    return f'<div class="rate" id="rate-{exchange.id}"></div>' if is_kept else ""


def _refusal(refusal: Refusal, *, is_filtered: bool) -> str:
    hint = f'<p class="note">{texts.LEFT_OUT}</p>' if is_filtered else ""
    return (
        f'<div class="refusal ended"><strong>{texts.NO_ANSWER}</strong>'
        f"<p>{markup.plain(refusal.reason)}</p>{hint}</div>"
    )


def _notes(answer: Answer) -> Iterator[str]:
    if answer.failure:
        yield answer.failure
    if left_out := render.left_out(answer):
        yield left_out
