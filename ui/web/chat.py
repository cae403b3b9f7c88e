"""The chat page: what happens when somebody opens it, asks, stops, begins anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import gradio as gr

from ui.web import texts
from ui.web.evidence import evidence
from ui.web.examples import SHOWN, Examples
from ui.web.exchange import Exchange, Exchanges, State, history, is_open, replaced
from ui.web.layout import Parts, parts
from ui.web.messages import messages
from ui.web.progress import answered
from ui.web.services import Services
from ui.web.visits import Visits, until
from ui.web.welcome import welcome

OURS: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# How many are answered at once is for `Places` to say, which tells people in our words.
ASKING: dict[str, Any] = {**OURS, "concurrency_limit": None}


def page(services: Services, examples: Examples) -> gr.Blocks:
    """The whole page; no event takes the Chatbot as its input."""
    blocks = gr.Blocks(title=texts.PAGE_TITLE, analytics_enabled=False, fill_width=True)
    with blocks:
        shown = parts()
        _when_opened(blocks, shown, services, examples)
        _when_asked(blocks, shown, services)
    return blocks


def _when_opened(blocks: gr.Blocks, on: Parts, services: Services, examples: Examples) -> None:
    async def shelf() -> str:
        return await asyncio.to_thread(welcome, services.shelf)

    async def chosen() -> list[Any]:
        questions = await examples.chosen()
        missing = [gr.Button(visible=False)] * (SHOWN - len(questions))
        return [gr.Button(one, interactive=True) for one in questions] + missing

    blocks.load(shelf, None, on.shelf, **OURS)
    blocks.load(chosen, None, list(on.examples), concurrency_limit=None, **OURS)


def _when_asked(blocks: gr.Blocks, on: Parts, services: Services) -> None:
    visits = Visits()

    async def ask(
        question: str, exchanges: Exchanges, request: gr.Request
    ) -> AsyncGenerator[list[Any], None]:
        begun = begin(question, exchanges)
        if begun is None:
            yield [gr.skip()] * len(on.shown)
            return
        yield showing(begun, is_new=True)
        with visits.during(request.session_hash or "") as left:
            growing = until(left, answered(services, begun[-1], history(begun)))
            async with aclosing(growing):
                async for last in growing:
                    yield showing(replaced(begun, last))

    async def leave(request: gr.Request) -> None:
        visits.leave(request.session_hash or "")

    runs: list[Any] = [on.box.submit(ask, [on.box, on.exchanges], on.shown, **ASKING)]
    for button in on.examples:
        runs.append(button.click(ask, [button, on.exchanges], on.shown, **ASKING))
    blocks.unload(leave)
    for run in runs:
        run.failure(unreached, on.exchanges, on.shown, queue=False, **OURS)
    on.box.stop(stopped, on.exchanges, on.shown, cancels=runs, queue=False, **OURS)
    on.new.click(begin_anew, None, on.shown, cancels=runs, queue=False, **OURS)


def begin(question: object, exchanges: Exchanges) -> Exchanges | None:
    """The conversation with one question more; None where it is blank.

    An answer that is still open then has lost its page: the browser asks one thing at a time.
    """
    asked = str(question or "").strip()
    if not asked:
        return None
    return (*_closed(exchanges, "stopped", texts.STOPPED), Exchange(asked))


def stopped(exchanges: Exchanges) -> list[Any]:
    """The conversation after its answer was cancelled."""
    return showing(_closed(exchanges, "stopped", texts.STOPPED))


def unreached(exchanges: Exchanges) -> list[Any]:
    """The conversation after a question that never came to be answered."""
    if not is_open(exchanges):
        gr.Warning(texts.UNREACHED)
    return showing(_closed(exchanges, "failed", texts.UNREACHED))


def _closed(exchanges: Exchanges, state: State, notice: str) -> Exchanges:
    return replaced(exchanges, exchanges[-1].ended(state, notice)) if exchanges else exchanges


def begin_anew() -> list[Any]:
    return showing((), is_new=True)


def showing(exchanges: Exchanges, *, is_new: bool = False) -> list[Any]:
    """What the page shows of a conversation, in the order of `Parts.shown`.

    `is_new` empties the box; else what somebody has begun to type stays.
    """
    runs = is_open(exchanges)
    box: dict[str, Any] = {"submit_btn": not runs, "stop_btn": runs}
    if is_new:
        box["value"] = ""
    panel = gr.skip() if runs and not is_new else evidence(exchanges)
    return [
        exchanges,
        messages(exchanges),
        panel,
        gr.Textbox(**box),
        gr.Column(visible=not exchanges),
    ]
