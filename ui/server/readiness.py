"""`GET /readyz`: whether questions can be answered just now, a word for each part."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TypeAlias

from fastapi import APIRouter, Response

from rag.errors import FootnoteError
from rag.store.damage import DamagedIndexError
from ui.server import incidents
from ui.server.tallies import Tallies

ADDRESS = "/readyz"
PROBED_EVERY = 60.0  # seconds; where an endpoint has no list of models, asking costs some tokens
PATIENCE = 4.0  # seconds; whoever asks for readiness seldom waits for longer
OPEN, EXTRACTIVE, REACHABLE, AGREE, CHANGING = "open extractive reachable agree changing".split()
FINE = frozenset((OPEN, EXTRACTIVE, REACHABLE, AGREE, CHANGING))
UNREADABLE, DISAGREE, DAMAGED, UNREACHABLE, UNKNOWN, ASKING = (
    "cannot be read",
    "do not agree",
    "damaged",
    "unreachable",
    "unknown",
    "being asked",
)
Probe: TypeAlias = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Standing:
    """A word for each part; why one is not well stands in the log alone, and in `doctor`."""

    shelf: str
    indexes: str
    model: str

    @property
    def is_ready(self) -> bool:
        return {self.shelf, self.indexes, self.model} <= FINE


class Model:
    """Whether the language model answers, asked again after a while and never by two at once.

    Without a `probe` answers are extractive. It raises FootnoteError where there is no answer.
    """

    def __init__(self, probe: Probe | None = None, *, keeps: float = PROBED_EVERY) -> None:
        self._probe, self._keeps = probe, keeps
        self._asking: asyncio.Task[None] | None = None
        self._asked, self._word = float("-inf"), ASKING

    async def word(self) -> str:
        """What is known of it; whoever asks first waits a little."""
        if self._probe is None:
            return EXTRACTIVE
        if self._asking is None and time.monotonic() - self._asked >= self._keeps:
            self._asking = asyncio.create_task(self._ask(self._probe))
        if self._asking and self._word == ASKING:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._asking), PATIENCE)
        return self._word

    async def _ask(self, probe: Probe) -> None:
        try:
            await probe()
            self._word = REACHABLE
        except FootnoteError:
            self._word = UNREACHABLE
        except Exception as error:  # noqa: BLE001  (the process is well, whatever it is)
            incidents.note(error)
            self._word = UNREACHABLE
        finally:
            self._asked, self._asking = time.monotonic(), None


class Readiness:
    """Of one server."""

    def __init__(self, tallies: Tallies, model: Model) -> None:
        self._tallies, self._model = tallies, model

    async def standing(self) -> Standing:
        shelf, indexes = await self._shelf()
        return Standing(shelf, indexes, await self._model.word())

    async def _shelf(self) -> tuple[str, str]:
        try:
            tally = await self._tallies.current()
        except DamagedIndexError:
            return OPEN, DAMAGED
        except FootnoteError:
            return UNREADABLE, UNKNOWN
        except Exception as error:  # noqa: BLE001  (it is told in a word)
            incidents.note(error)
            return OPEN, UNREADABLE
        if tally is None:
            return OPEN, CHANGING
        return OPEN, AGREE if tally.agrees else DISAGREE


def router(readiness: Readiness) -> APIRouter:
    """The route; for everybody, and without anything that is worth hiding."""
    routes = APIRouter()

    @routes.api_route(ADDRESS, methods=["GET", "HEAD"])
    async def readyz() -> Response:
        found = await readiness.standing()
        told = {"status": "ready" if found.is_ready else "not ready", **asdict(found)}
        body = json.dumps(told, indent=1) + "\n"
        headers = {"cache-control": "no-store"}
        status = 200 if found.is_ready else 503
        return Response(body, status, headers, media_type="application/json")

    return routes
