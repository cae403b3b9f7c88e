"""What is counted and measured of answers: how long, how many, of what kind, at what price."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from prometheus_client import CollectorRegistry

from rag.types import Answer
from ui.server.instruments import counter, seconds_of

Outcome: TypeAlias = Literal["answered", "refused", "invalid", "failed", "left"]
OUTCOMES: Final = ("answered", "refused", "invalid", "failed", "left")
REFUSALS: Final = ("not-on-shelf", "not-in-abstract", "false-premise", "off-topic", "empty-shelf")
VERDICTS: Final = ("supported", "weak", "unsupported")
TOKENS: Final = ("prompt", "completion")
MOST_STAGES: Final = 32
OTHER: Final = "other"


class AnswerMetrics:
    """Every label has a few values that we give it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._ended = counter(registry, "answers", "Questions, by what became of them.", "outcome")
        self._seconds = seconds_of(registry, "answer", "Until an answer was whole.")
        self._first = seconds_of(registry, "first_sentence", "Until the first checked sentence.")
        self._stage_seconds = seconds_of(registry, "stage", "How long a stage took.", "stage")
        self._search = seconds_of(registry, "search", "Until papers were found.")
        self._tokens = counter(registry, "tokens", "Tokens of the language model.", "kind")
        self._cost = counter(registry, "cost_dollars", "Their price, where one is set.")
        self._refusals = counter(registry, "refusals", "Refusals, by why.", "kind")
        self._verdicts = counter(registry, "verdicts", "Citations, by their verdict.", "label")
        unshown = "Sentences that a model wrote, no source supports, and nobody was shown."
        self._dropped = counter(registry, "dropped_sentences", unshown)
        self._stages: set[str] = set()
        self._begin()

    def began(self, seconds: float) -> None:
        """The first sentence was there after so long."""
        self._first.observe(seconds)

    def answered(self, answer: Answer, seconds: float) -> None:
        """An answer, or a refusal, has come to its end."""
        self._seconds.observe(seconds)
        for one in answer.timings:
            self._stage_seconds.labels(self._stage(one.stage)).observe(one.seconds)
        self._tokens.labels("prompt").inc(answer.usage.prompt_tokens)
        self._tokens.labels("completion").inc(answer.usage.completion_tokens)
        self._cost.inc(answer.usage.cost or 0)
        self._dropped.inc(len(answer.dropped))
        if answer.refusal:
            self._refusals.labels(answer.refusal.kind).inc()
        for cited in answer.citations:
            self._verdicts.labels(cited.verdict.label).inc()

    def ended(self, outcome: Outcome) -> None:
        """A question is over, one way or the other."""
        self._ended.labels(outcome).inc()

    def searched(self, seconds: float) -> None:
        """Papers alone were found."""
        self._search.observe(seconds)

    def _begin(self) -> None:
        """What has not happened yet is 0, so that its first time shows as a rise."""
        for metric, values in (
            (self._ended, OUTCOMES),
            (self._refusals, REFUSALS),
            (self._verdicts, VERDICTS),
            (self._tokens, TOKENS),
        ):
            for value in values:
                metric.labels(value)

    def _stage(self, name: str) -> str:
        """The name, unless there are so many that somebody must be making them up."""
        if name not in self._stages and len(self._stages) >= MOST_STAGES:
            return OTHER
        self._stages.add(name)
        return name
