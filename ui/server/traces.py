"""Where traces go: to a collector, over OTLP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from rag.errors import ConfigError

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

MISSING: Final = (
    "FOOTNOTE_TRACES needs packages that are not installed. Install them with "
    "`uv sync --extra traces`, or `pip install 'footnote[traces]'`; or leave it empty."
)
NEEDED: Final = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
PATH: Final = "/v1/traces"
SENT_WITHIN: Final = 1.0  # seconds; what cannot be sent by then is lost, and nobody waits


@contextmanager
def tracing(endpoint: str) -> Iterator[Tracer]:
    """What spans are begun with; those not yet sent are sent when the block ends.

    `endpoint` is a collector's address. Raises ConfigError where the packages are missing.
    """
    if not all(map(_is_installed, NEEDED)):
        raise ConfigError(MISSING)
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from ui.server.span_export import Sending

    about = {"service.name": "footnote", "service.version": version("footnote")}
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(Sending(_address(endpoint), SENT_WITHIN)))
    try:
        yield provider.get_tracer("footnote", version("footnote"))
    finally:
        provider.shutdown()


def failed(span: Span, kind: str) -> None:
    """By kind alone: a message may hold a question."""
    from opentelemetry.trace import StatusCode

    span.set_status(StatusCode.ERROR)
    span.set_attribute("error.type", kind)


def _address(endpoint: str) -> str:
    """Collectors are named by their address alone; where spans go is the same for all."""
    return endpoint if endpoint.endswith(PATH) else endpoint.rstrip("/") + PATH


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
