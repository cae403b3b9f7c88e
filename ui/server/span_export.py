"""Sends spans to a collector, and says in the log, once, where it cannot be reached."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

_log = logging.getLogger("footnote.traces")
LOST = "Traces cannot be sent to %s: those since are lost. Is a collector running there?"
AGAIN = "Traces are sent to %s again."


class Sending(SpanExporter):
    """Over OTLP and HTTP; a batch that is not taken within `timeout` seconds is lost."""

    def __init__(self, endpoint: str, timeout: float) -> None:
        self._sending = OTLPSpanExporter(endpoint=endpoint, timeout=timeout)
        parts = urlsplit(endpoint)  # before the host there may be a name and a password
        self._shown = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
        self._is_lost = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """In the thread of the batch."""
        result = self._sending.export(spans)
        is_lost = result is not SpanExportResult.SUCCESS
        if is_lost != self._is_lost:
            _log.log(
                logging.WARNING if is_lost else logging.INFO,
                LOST if is_lost else AGAIN,
                self._shown,
            )
            self._is_lost = is_lost
        return result

    def shutdown(self) -> None:
        self._sending.shutdown()  # type: ignore[no-untyped-call]  # theirs has no types
