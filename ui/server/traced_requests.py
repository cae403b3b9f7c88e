"""A span for each request, and no word of what it asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.server import request_ids
from ui.server.requests import NOTED, Seen
from ui.server.traces import failed

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer


class TracedRequests:
    """A span a request; goes on with the trace that a client or a proxy has begun.

    Inside `ui.server.requests.Observed`, from which it knows the route.
    """

    def __init__(self, app: ASGIApp, *, tracer: Tracer) -> None:
        self._app, self._tracer = app, tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = scope.get(NOTED)
        if scope["type"] != "http" or not isinstance(seen, Seen):
            await self._app(scope, receive, send)
            return
        with _request_span(self._tracer, Headers(scope=scope), seen):
            await self._app(scope, receive, send)


@contextmanager
def _request_span(tracer: Tracer, headers: Headers, seen: Seen) -> Iterator[None]:
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    parent = TraceContextTextMapPropagator().extract(dict(headers))
    with tracer.start_as_current_span(
        seen.method,
        parent,
        kind=SpanKind.SERVER,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield
        except Exception as error:
            failed(span, type(error).__name__)
            raise
        finally:
            _describe_request(span, seen)


def _describe_request(span: Span, seen: Seen) -> None:
    if seen.route:
        span.update_name(f"{seen.method} {seen.route}")
        span.set_attribute("http.route", seen.route)
    span.set_attribute("http.request.method", seen.method)
    span.set_attribute("footnote.surface", seen.surface)
    span.set_attribute("footnote.request_id", request_ids.current())
    if seen.status:
        span.set_attribute("http.response.status_code", seen.status)
    if seen.status >= 500:
        failed(span, str(seen.status))
