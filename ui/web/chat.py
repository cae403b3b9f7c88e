"""The chat page: what happens when somebody opens it, asks, stops, begins anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any

import gradio as gr
from gradio.events import api

from ui.conversation import ConversationError
from ui.server.exchange import Exchange, Exchanges, State, history, is_open, replaced
from ui.server.scoping import FilterError, scope_of
from ui.server.services import Services
from ui.web import past, signatures, texts
from ui.web.evidence import evidence
from ui.web.examples import SHOWN, Examples
from ui.web.layout import LONGEST, Parts, parts
from ui.web.messages import messages
from ui.web.offering import Offer
from ui.web.owners import owner_of
from ui.web.progress import answered
from ui.web.visits import Visits, until
from ui.web.welcome import welcome

OURS: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# How many are answered at once is for `Places` to say, which tells people in our words.
ASKING: dict[str, Any] = {**OURS, "concurrency_limit": None}
CHANGES, BOX = 7, 3  # how many parts a conversation changes, and which of them is the box
# Changes that come together are made as one, of which the last says what is in the box.
SETTLING = 0.2  # seconds; nobody types so soon again
ENDPOINT = "ask"
NOTHING: Mapping[str, str] = {}


def page(services: Services, examples: Examples, offer: Offer | None = None) -> gr.Blocks:
    """The whole page; no event takes the Chatbot as its input, and one alone has a name."""
    blocks = gr.Blocks(title=texts.PAGE_TITLE, analytics_enabled=False, fill_width=True)
    visits = Visits()
    with blocks:
        if offer:  # first, so that no event of the page has its name
            api(offer.endpoint(visits), api_name=ENDPOINT, concurrency_limit=None)
        shown = parts()
        _when_opened(blocks, shown, services, examples)
        _when_asked(blocks, shown, services, visits)
    signatures.keep(blocks)
    return blocks


def offered(blocks: gr.Blocks) -> frozenset[int]:
    """The numbers by which the endpoint is called."""
    return frozenset(number for number, one in blocks.fns.items() if one.api_name == ENDPOINT)


def _when_opened(blocks: gr.Blocks, on: Parts, services: Services, examples: Examples) -> None:
    async def shelf() -> str:
        return await asyncio.to_thread(welcome, services.shelf)

    async def chosen() -> list[Any]:
        questions = await examples.chosen()
        missing = [gr.Button(visible=False)] * (SHOWN - len(questions))
        return [gr.Button(one, interactive=True) for one in questions] + missing

    async def reopen(request: gr.Request) -> list[Any]:
        asked = request.query_params
        if asked.get("c"):
            return await _opened(services, asked["c"], owner_of(request))
        return preset(asked.get("ask", "")[:LONGEST])

    blocks.load(reopen, None, on.shown, concurrency_limit=None, **OURS)
    blocks.load(shelf, None, on.shelf, **OURS)
    blocks.load(chosen, None, list(on.examples), concurrency_limit=None, **OURS)


def _when_asked(blocks: gr.Blocks, on: Parts, services: Services, visits: Visits) -> None:
    ask = _asking(services, visits)

    async def leave(request: gr.Request) -> None:
        visits.leave(request.session_hash or "")

    async def open_past(request: gr.Request) -> list[Any]:
        wanted = request.query_params.get("c", "")
        return await _opened(services, wanted, owner_of(request)) if wanted else begin_anew()

    going_on = [on.exchanges, on.conversation]
    runs: list[Any] = [on.box.submit(ask, [on.box, *going_on], on.shown, **ASKING)]
    for button in on.examples:
        runs.append(button.click(ask, [button, *going_on], on.shown, **ASKING))
    blocks.unload(leave)
    for run in runs:
        run.failure(unreached, on.exchanges, on.shown, queue=False, **OURS)
    on.box.stop(stopped, on.exchanges, on.shown, cancels=runs, queue=False, **OURS)
    on.new.click(begin_anew, None, on.shown, cancels=runs, queue=False, **OURS)
    on.opener.click(open_past, None, on.shown, cancels=runs, queue=False, **OURS)


def _asking(services: Services, visits: Visits) -> Callable[..., AsyncGenerator[list[Any], None]]:
    async def ask(
        question: str, exchanges: Exchanges, conversation: str, request: gr.Request
    ) -> AsyncGenerator[list[Any], None]:
        begun = begin(question, exchanges, request.query_params)
        if begun is None:
            yield skipped()
            return
        if not is_open(begun):
            yield showing(begun, is_new=True)
            return
        with visits.during(request.session_hash or "") as left:
            asked, before, owner = begun[-1], history(begun), owner_of(request)
            asking, began = services.for_asker(owner), time.monotonic()
            growing = until(left, answered(asking, asked, before, asked.scope))
            async with aclosing(growing):
                async for last in growing:
                    kept = await _kept(services, conversation, last, owner)
                    is_new = time.monotonic() - began < SETTLING
                    yield showing(replaced(begun, last), is_new=is_new, kept=kept)

    return ask


async def _opened(services: Services, conversation: str, owner: str) -> list[Any]:
    """A conversation that was kept; the empty chat and a sentence where there is none."""
    try:
        exchanges = await past.reopened(services.conversations, conversation, owner)
    except ConversationError as error:
        gr.Warning(str(error))
        return begin_anew()
    return showing(exchanges, is_new=True, kept=conversation)


async def _kept(services: Services, conversation: str, last: Exchange, owner: str) -> str | None:
    """The id of the conversation with this answer in it; None while there is nothing to keep."""
    if last.answer is None or services.conversations is None or not owner:
        return None
    if kept := await past.keep(services.conversations, conversation, last, owner):
        return kept
    gr.Warning(texts.NOT_KEPT)
    return None


def begin(
    question: object, exchanges: Exchanges, asked: Mapping[str, str] = NOTHING
) -> Exchanges | None:
    """The conversation with one question more; None where it is blank.

    `asked` is the query of the page's address, which holds the filters. An answer that is still
    open then has lost its page: the browser asks one thing at a time.
    """
    text = str(question or "").strip()
    if not text:
        return None
    try:
        exchange = Exchange(text, scope=scope_of(asked))
    except FilterError as error:
        exchange = Exchange(text).ended("failed", str(error))
    return (*_closed(exchanges, "stopped", texts.STOPPED), exchange)


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
    return showing((), is_new=True, kept="")


def showing(exchanges: Exchanges, *, is_new: bool = False, kept: str | None = None) -> list[Any]:
    """What the page shows of a conversation, in the order of `Parts.shown`.

    `is_new` empties the box; else what somebody has begun to type stays. `kept` is the id under
    which it is kept, empty where it is not, None where that does not change.
    """
    runs = is_open(exchanges)
    box: dict[str, Any] = {"submit_btn": not runs, "stop_btn": runs}
    if is_new:
        box["value"] = ""
    has_news = is_new or not runs or exchanges[-1].citations
    panel = evidence(exchanges) if has_news else gr.skip()
    return [
        exchanges,
        messages(exchanges),
        panel,
        gr.update(**box),  # a component, to be taken apart again, costs more
        gr.update(visible=not exchanges),
        gr.skip() if kept is None else kept,
        gr.skip() if kept is None else past.exports(kept),
    ]


def preset(question: str) -> list[Any]:
    """Nothing but a question in the box, to be looked at before it is asked."""
    changes = skipped()
    if question:
        changes[BOX] = gr.Textbox(value=question)
    return changes


def skipped() -> list[Any]:
    return [gr.skip()] * CHANGES
