"""A real catalogue of a few papers, a search that gives what a test says, and their pages."""

from __future__ import annotations

from contextlib import contextmanager
from inspect import isfunction

from acting import Served
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from rag.store.catalogue import Catalogue
from rag.types import Hit, Passage, Published, Record, Scope, Span
from ui.server.headers import SecurityHeaders
from ui.web import papers

TIDES = Record(
    "TideNet: Forecasting $10^2$ Coastal Floods",
    "Floods are hard to forecast. TideNet forecasts flood levels 36 hours ahead.",
    authors=("Mara Lindqvist", "João Reis"),
    organization="Harbour Institute",
    published=Published(2025, 10, 24),
    upvotes=12,
    url="https://example.org/tides?a=1&b=2",
    identifiers=(("arxiv", "2510.12345"), ("doi", "10.1000/tides")),
)
DOUGH = Record("Slow Dough", "Bakers judge sourdough by eye.", published=Published(2024, 5))
BEES = Record("Counting Bees", "", upvotes=3, published=Published(2025, 8), organization="Hive Lab")
MAPS = Record("Old Maps", "Maps are old.", author_count=4)


class Shelf(Catalogue):
    """The catalogue alone: no index is needed where the search is a test's."""

    def add(self, source, *records):
        staged = [one.paper for one in self.stage(source, records)]
        self.mark_ready((paper, [passage(paper)]) for paper in staged)
        return [paper.id for paper in staged]


def passage(paper):
    return Passage(f"{paper.id}:0", paper.id, paper.abstract, Span(0, len(paper.abstract)))


class Search:
    """Gives papers in the order set, within the scope asked for."""

    def __init__(self, shelf):
        self.shelf, self.ids, self.asked, self.error = shelf, [], [], None

    async def search(self, question, *, scope=Scope(), limit=10):
        self.asked.append((question, scope, limit))
        if self.error:
            raise self.error
        within = self.shelf.matching_ids(scope)
        ids = [one for one in self.ids if within is None or one in within][:limit]
        hits = enumerate(self.shelf.papers(ids))
        return [Hit(paper, passage(paper), 0.9 - place / 10) for place, paper in hits]


def pages(search, shelf):
    """The pages alone, as they are served."""
    app = FastAPI()
    app.include_router(papers.router(search, shelf))
    app.mount("/look", StaticFiles(packages=[("ui.web", "static")]))
    app.add_middleware(SecurityHeaders)
    return app


@contextmanager
def open_to_browsers(app):
    """The address of a real server of this application, or of what a function makes in its loop."""
    from ui.server.serving import address_of, listening

    with listening("127.0.0.1", 0) as bound:
        server = ServedApp(app, bound)
        server.start()
        try:
            assert server.opened.wait(20), "the server did not start"
            yield address_of(bound)
        finally:
            server.end()


class ServedApp(Served):
    async def _serve(self):
        from ui.server.serving import server_for

        app = self.services() if isfunction(self.services) else self.services
        self.server = server_for(app, self.opened.set)
        await self.server.serve(sockets=[self.bound])
