"""What is known of a running server from outside: readiness, metrics, traces, a line a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeAlias

from rag.build import Application
from rag.config import Settings
from ui.server import logs
from ui.server.measured import Engine, Measured
from ui.server.metrics import Metrics
from ui.server.readiness import Model, Probe, Readiness
from ui.server.requests import Observed, Routed
from ui.server.tallies import Tallies
from ui.server.traced_answers import TracedAnswers
from ui.server.traced_requests import TracedRequests
from ui.server.traces import tracing

if TYPE_CHECKING:
    from fastapi import APIRouter
    from opentelemetry.trace import Tracer
    from starlette.types import ASGIApp

    from ui.api.services import Api

Guard: TypeAlias = "Callable[[ASGIApp], ASGIApp]"


@dataclass(frozen=True, slots=True)
class Watch:
    """Stands around the engine, and around and inside the application."""

    metrics: Metrics
    tallies: Tallies
    readiness: Readiness
    tracer: Tracer | None = None

    def engine(self, engine: Engine) -> Measured:
        """The same engine, counted, timed and traced."""
        inner = TracedAnswers(engine, self.tracer) if self.tracer else engine
        return Measured(inner, self.metrics.answers)

    @property
    def outer(self) -> tuple[Guard, ...]:
        """Right inside `RequestIds`, before whatever turns anybody away."""
        observed = partial(Observed, told=(self.metrics.requested, logs.requested))
        if self.tracer is None:
            return (observed,)
        return observed, partial(TracedRequests, tracer=self.tracer)

    @property
    def inner(self) -> Guard:
        """Last of all guards, and right around each application that is mounted."""
        return Routed

    def routers(self, api: Api) -> Iterator[APIRouter]:
        """`/readyz` and `/metrics`."""
        from ui.api import metrics
        from ui.server import readiness

        self.metrics.watch(api.services.places, self.tallies)
        yield readiness.router(self.readiness)
        yield metrics.router(api, self.metrics, self.tallies)


@contextmanager
def watching(application: Application) -> Iterator[Watch]:
    """Until the block ends; raises ConfigError where traces are set and cannot be made."""
    settings = application.settings
    endpoint = str(settings.traces) if settings.traces else ""
    tallies = Tallies(application.shelf)
    readiness = Readiness(tallies, Model(_probe(settings)))
    with tracing(endpoint) if endpoint else nullcontext() as tracer:
        yield Watch(Metrics(version("footnote")), tallies, readiness, tracer)


def _probe(settings: Settings) -> Probe | None:
    """None where no language model is set."""
    from rag.models.chat_probe import probe

    return partial(probe, settings) if settings.llm else None
