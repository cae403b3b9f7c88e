"""An engine and a shelf that behave as a test says, and a server that really serves them."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager

from rag.store.counting import Statistics
from rag.types import (
    Answer,
    Citation,
    Completed,
    Delta,
    Hit,
    Paper,
    Passage,
    Published,
    Refusal,
    Retrieved,
    Span,
    Verdict,
)

SENTENCE = "TideNet forecasts flood levels 36 hours ahead."
TIDES = Paper(
    "tides",
    "TideNet: Forecasting Coastal Floods",
    f"Floods are hard to forecast. {SENTENCE} Training takes nine hours.",
    authors=("Mara Lindqvist", "Joao Reis"),
    organization="Harbour Institute",
    published=Published(2025, 10, 24),
    url="https://example.org/tides",
)
DOUGH = Paper("dough", "Slow Dough", "Bakers judge sourdough by eye. It rises.", author_count=3)
FOUND = TIDES.abstract.index(SENTENCE)
SPAN = Span(FOUND, FOUND + len(SENTENCE))
WEAK = Verdict("weak", ("The abstract gives no such number.",), Span(0, 28), 0.4)


def hit(paper, score=0.9):
    return Hit(paper, Passage(f"{paper.id}:0", paper.id, paper.abstract, Span(0, 5)), score)


def cited(question, *, text=None, citations=None, papers=(TIDES, DOUGH)):
    """An answer in two sentences, both of one paper."""
    said = text or f"**{TIDES.title}**: {SENTENCE} [1] Perhaps it takes ten hours. [1]"
    return Answer(
        question,
        said,
        citations or (Citation(1, TIDES, SPAN), Citation(1, TIDES, Span(0, 28), WEAK)),
        retrieved=tuple(map(hit, papers)),
    )


def refused(question, kind="not-on-shelf"):
    reason = "No abstract on this shelf tells of GPT-4."
    refusal = Refusal(kind, reason, (DOUGH,))
    return Answer(question, reason, refusal=refusal, retrieved=(hit(DOUGH), hit(TIDES)))


class Acting:
    """Does what a question says: `fail`, `hang`, `refuse`; else answers sentence by sentence."""

    def __init__(self, answer=cited):
        self.answer = answer
        self.asked = []
        self.begun = asyncio.Event()
        self.closed = 0
        self.go_on = threading.Event()

    async def stream(self, question, history=(), scope=None):
        self.asked.append((question, tuple(history), scope))
        self.begun.set()
        try:
            async for event in self._events(question):
                yield event
        finally:
            self.closed += 1

    async def ask(self, question, history=(), scope=None):
        return self.answer(question)

    async def _events(self, question):
        answer = refused(question) if "refuse" in question else self.answer(question)
        yield Retrieved(answer.retrieved)
        pieces = [piece + "]" for piece in answer.text.split("]") if piece.strip()]
        for place, piece in enumerate(pieces if not answer.refusal else [answer.text]):
            if place and "fail" in question:
                raise RuntimeError("a secret sk-123 of the provider")
            while place and "hang" in question and not self.go_on.is_set():  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # the event is set in another thread
            yield Delta(piece, answer.citations[place : place + 1])
        yield Completed(answer)


class Papers:
    """A shelf of a few papers."""

    def __init__(self, *papers, sources=("/home/mara/secret/page-1.txt",)):
        self.papers = list(papers)
        self.sources = sources

    def statistics(self):
        count = len(self.papers)
        by_source = tuple((source, count) for source in self.sources) if count else ()
        return Statistics(count, 0, count, count, by_source, (), ())

    def find(self, scope=None, *, sort="added", limit=None, offset=0):
        wanted = scope.paper_ids if scope else ()
        return [one for one in self.papers if not wanted or one.id in wanted][offset:][:limit]

    def count(self, scope=None):
        return len(self.find(scope))


@contextmanager
def served(services, *routers, guards=()):
    """The address at which a real server answers, in a thread, until the block ends."""
    from ui.server.serving import address_of, listening

    bound = listening("127.0.0.1", 0)
    server = Served(services, bound, routers, guards)
    server.start()
    try:
        assert server.opened.wait(20), "the server did not start"
        yield address_of(bound)
    finally:
        server.end()
        bound.close()


class Served(threading.Thread):
    """A server whose pages may be left open when it ends."""

    def __init__(self, services, bound, routers=(), guards=()):
        super().__init__()
        self.routers, self.guards = routers, guards
        self.services, self.bound, self.opened = services, bound, threading.Event()
        self.server = None

    def run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        from ui.server.serving import server_for
        from ui.web.application import application

        app = application(self.services, *self.routers, guards=self.guards)
        self.server = server_for(app, self.opened.set)
        await self.server.serve(sockets=[self.bound])

    def end(self):
        if self.server:
            self.server.config.timeout_graceful_shutdown = 0
            self.server.should_exit = self.server.force_exit = True
        self.join(10)
