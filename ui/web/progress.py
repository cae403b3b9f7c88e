"""An answer on its way to a page; whatever happens, there is something to show."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from rag.errors import FootnoteError
from rag.types import Scope, Turn
from ui.server import incidents
from ui.server.exchange import Exchange
from ui.server.places import BusyError
from ui.server.services import Services
from ui.web import texts
from ui.web.latest import latest


async def answered(
    services: Services, exchange: Exchange, history: list[Turn], scope: Scope = Scope()
) -> AsyncGenerator[Exchange, None]:
    """The exchange as it grows, until it is over; raises nothing but that it is cancelled.

    First as it is: while a page shows the question, the engine has begun.
    """
    began, last = time.perf_counter(), exchange
    try:
        growing = latest(_growing(services, exchange, history, scope))
        async with aclosing(growing):
            async for last in growing:
                yield await services.noted(replace(last, seconds=time.perf_counter() - began))
    except BusyError:
        yield await services.noted(last.ended("failed", texts.BUSY))
    except FootnoteError as error:
        yield await services.noted(last.ended("failed", str(error)))
    except Exception as error:  # noqa: BLE001  (a page must never be left waiting)
        reference = incidents.note(error)
        yield await services.noted(last.ended("failed", texts.FAILED.format(reference=reference)))


async def _growing(
    services: Services, exchange: Exchange, history: list[Turn], scope: Scope
) -> AsyncGenerator[Exchange, None]:
    yield replace(exchange, state="waiting") if services.places.are_taken else exchange
    async with (
        services.places.one(),
        aclosing(services.engine.stream(exchange.question, history, scope)) as events,
    ):
        exchange = replace(exchange, state="answering")
        async for event in events:
            exchange = exchange.after(event)
            # While others wait for a place, what is no answer yet would only keep them longer.
            if exchange.text or exchange.is_over or not services.places.are_waited_for:
                yield exchange
        if not exchange.is_over:
            raise RuntimeError("the engine ended without a completed answer")
