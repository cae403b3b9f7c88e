"""A span for each answer and each of its stages; neither questions nor answers are in them."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from rag.types import Answer, Completed, Delta, Event, Hit, Scope, Turn
from ui.server.measured import Engine
from ui.server.traces import failed

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

EVENTS: Final = frozenset(("first sentence",))  # moments, not stages: others go on meanwhile
OUTCOME: Final = "footnote.outcome"
NANO: Final = 1_000_000_000


class TracedAnswers:
    """The engine, with a span an answer and one for each of its stages."""

    def __init__(self, engine: Engine, tracer: Tracer) -> None:
        self._engine, self._tracer = engine, tracer

    async def stream(
        self, question: str, history: Sequence[Turn] = (), scope: Scope = Scope()
    ) -> AsyncGenerator[Event, None]:
        """As the engine's."""
        # Not the current span of whatever is done between two events.
        span, began, is_first = self._tracer.start_span("answer"), time.time_ns(), True
        span.set_attribute(OUTCOME, "left")  # until it has come to its end
        try:
            async with aclosing(self._engine.stream(question, history, scope)) as events:
                async for event in events:
                    if isinstance(event, Delta) and is_first:
                        is_first = False
                        span.add_event("first sentence")
                    elif isinstance(event, Completed):
                        self._describe(span, event.answer, began)
                    yield event
        except Exception as error:
            span.set_attribute(OUTCOME, "failed")
            failed(span, type(error).__name__)
            raise
        finally:
            span.end()

    async def search(self, question: str, *, scope: Scope = Scope(), limit: int = 10) -> list[Hit]:
        """As the engine's."""
        with self._tracer.start_as_current_span("search", record_exception=False) as span:
            found = await self._engine.search(question, scope=scope, limit=limit)
            span.set_attribute("footnote.papers", len(found))
            return found

    def _describe(self, span: Span, answer: Answer, began: int) -> None:
        span.set_attribute(OUTCOME, "refused" if answer.refusal else "answered")
        if answer.refusal:
            span.set_attribute("footnote.refusal", answer.refusal.kind)
        if answer.model:
            span.set_attribute("gen_ai.request.model", answer.model)
            span.set_attribute("gen_ai.usage.input_tokens", answer.usage.prompt_tokens)
            span.set_attribute("gen_ai.usage.output_tokens", answer.usage.completion_tokens)
        span.set_attribute("footnote.citations", len(answer.citations))
        span.set_attribute("footnote.dropped", len(answer.dropped))
        self._add_stages(span, answer, began)

    def _add_stages(self, span: Span, answer: Answer, began: int) -> None:
        """Durations are measured; where each began is where the one before it ended."""
        from opentelemetry.trace import set_span_in_context

        inside, start = set_span_in_context(span), began
        for stage in (one for one in answer.timings if one.stage not in EVENTS):
            end = start + int(stage.seconds * NANO)
            self._tracer.start_span(stage.stage, inside, start_time=start).end(end)
            start = end
