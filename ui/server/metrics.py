"""What a server counts and measures, as Prometheus reads it; a registry of its own each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder

from ui.server.answer_metrics import AnswerMetrics
from ui.server.instruments import counter, gauge, seconds_of
from ui.server.places import Places
from ui.server.requests import Seen
from ui.server.tallies import Tallies

OPEN_STATES: Final = ("waiting", "reading", "indexing")
OTHER: Final = "other"  # what led to no route of ours: anybody may ask for anything


class Metrics:
    """May be told of things from any thread."""

    def __init__(self, version: str) -> None:
        self._registry = registry = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        gauge(registry, "info", "The version that runs.", "version").labels(version).set(1)
        self.answers = AnswerMetrics(registry)
        over = "Requests that are over; 499: the client left before anything was sent."
        labels = ("surface", "method", "route", "status")
        self._requests = counter(registry, "requests", over, *labels)
        until = "Until a response ended."
        self._request_seconds = seconds_of(registry, "request", until, "surface", "route")
        self._jobs = gauge(registry, "jobs", "Lots of papers that are not finished.", "state")
        self.jobs(())

    def watch(self, places: Places, tallies: Tallies) -> None:
        """From now on tells how many wait, and how many papers there are."""
        questions = gauge(self._registry, "questions", "Questions at this moment.", "state")
        questions.labels("running").set_function(lambda: min(places.taken, places.running))
        questions.labels("waiting").set_function(lambda: max(0, places.taken - places.running))
        papers = gauge(self._registry, "papers", "Papers on the shelf.", "state")
        papers.labels("ready").set_function(lambda: tallies.papers)
        papers.labels("pending").set_function(lambda: tallies.pending)

    def requested(self, seen: Seen) -> None:
        """A request is over."""
        route = seen.route or OTHER
        self._requests.labels(seen.surface, seen.method, route, str(seen.status)).inc()
        self._request_seconds.labels(seen.surface, route).observe(seen.seconds)

    def jobs(self, states: Iterable[str]) -> None:
        """The jobs that there are, each in its state."""
        counted = Counter(states)
        for state in OPEN_STATES:
            self._jobs.labels(state).set(counted[state])

    def page(self, accept: str) -> tuple[bytes, str]:
        """Everything, and its media type, in the format that is asked for."""
        write, media_type = choose_encoder(accept)
        return write(self._registry), media_type
