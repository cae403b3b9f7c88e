"""Whether a paper says what a sentence says: gates of language and the judge, one decision.

Every figure and name of the sentence has to stand in the source; direction and negation have to
agree; the meaning has to be near; and the judge, which reads both, has to be convinced. Weights
and thresholds are fitted by `training/verification.py`. No language model is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Literal, Protocol

import numpy as np

from rag.answering.calibration import Calibration
from rag.answering.gates import Findings, findings, said_of_conflicts, said_of_words
from rag.answering.source import Source, prepared
from rag.language.latex import readable
from rag.language.words import content_words, stem, words
from rag.ports import Encoder
from rag.types import Paper, Support, Vectors, Verdict

KEPT = 64  # sources; a conversation turns around a few papers
NEAREST = 2  # sentences of the abstract that the judge reads once more, alone
STEM = 5  # letters that two forms of a word share
FOREIGN = 0.3  # cosine below which a sentence without a common word is about something else
MOST_REASONS = 3


class Judge(Protocol):
    """The cross-encoder, as the verifier sees it."""

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[Support]: ...


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence and against it; the first four are logits of the judge.

    `nearest_` are those beside the title and the two nearest sentences alone. Of figures, names
    and conflicts the worst counts, between 0 (nothing wrong) and 1.
    """

    supported: float
    contradicted: float
    nearest_supported: float
    nearest_contradicted: float
    cosine: float
    late_interaction: float
    coverage: float
    figure_missing: float
    figure_odd: float
    name_missing: float
    direction: float
    negation: float
    roles: float


class Verifier:
    """Checks sentences against papers; keeps what it read of the last few papers."""

    def __init__(self, judge: Judge, encoder: Encoder) -> None:
        self._judge = judge
        self._encoder = encoder
        self._source = lru_cache(KEPT)(self._prepared)

    def check(self, sentence: str, papers: Sequence[Paper]) -> list[Verdict]:
        """One verdict a paper, in order; the sentence comes without markers."""
        plain = readable(sentence)
        return [self._verdict(plain, self._source(paper)) for paper in papers]

    def signals(self, sentence: str, paper: Paper) -> Signals:
        """What the decision is made from."""
        plain, source = readable(sentence), self._source(paper)
        return self._signals(plain, source, findings(plain, source), self._likeness(plain, source))

    def _prepared(self, paper: Paper) -> Source:
        return prepared(paper, self._encoder)

    def _verdict(self, sentence: str, source: Source) -> Verdict:
        if not source.spans or not words(sentence):
            return Verdict("unsupported", ("There is nothing to compare.",), None, 0.0)
        found, likeness = findings(sentence, source), self._likeness(sentence, source)
        signals = self._signals(sentence, source, found, likeness)
        probability = Calibration.shipped("verification").probability(asdict(signals))
        label = _label(probability, found, likeness)
        span = source.spans[int(likeness.by_sentence.argmax())]
        return Verdict(
            label=label,
            reasons=tuple(_reasons(label, found, signals))[:MOST_REASONS],
            span=span,
            probability=round(probability, 4),
        )

    def _likeness(self, sentence: str, source: Source) -> Likeness:
        asked = self._encoder.encode_question(sentence)
        cosines = source.sentences @ asked.vector
        wanted = _stems(sentence)
        covered = np.array([len(wanted & _stems(text)) for text in source.texts])
        similar = (asked.tokens @ source.tokens.T).max(axis=1, initial=-1.0)
        return Likeness(
            by_sentence=(cosines + covered / max(1, len(wanted))).astype(np.float32),
            cosine=float(cosines.max()),
            late_interaction=float(similar @ asked.weights),
            coverage=len(wanted & _stems(source.text)) / max(1, len(wanted)),
        )

    def _signals(
        self, sentence: str, source: Source, found: Findings, likeness: Likeness
    ) -> Signals:
        nearest = sorted(np.argsort(-likeness.by_sentence)[:NEAREST])
        beside = " ".join(source.texts[place] for place in nearest)
        whole, near = self._judge.support(
            [(sentence, source.text), (sentence, f"{source.paper.title}. {beside}")]
        )
        return Signals(
            supported=_margin(whole.supported, whole.contradicted, whole.unsettled),
            contradicted=_margin(whole.contradicted, whole.supported, whole.unsettled),
            nearest_supported=_margin(near.supported, near.contradicted, near.unsettled),
            nearest_contradicted=_margin(near.contradicted, near.supported, near.unsettled),
            cosine=likeness.cosine,
            late_interaction=likeness.late_interaction,
            coverage=likeness.coverage,
            figure_missing=float(bool(found.missing)),
            figure_odd=float(bool(found.odd)),
            name_missing=float(bool(found.names)),
            direction=found.strongest("direction"),
            negation=found.strongest("negation"),
            roles=found.strongest("roles"),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """How near a sentence is to a source; `by_sentence` ranks the sentences of its abstract."""

    by_sentence: Vectors
    cosine: float
    late_interaction: float
    coverage: float

    @property
    def is_none(self) -> bool:
        """Whether nothing connects them: then the judge may say anything."""
        return self.coverage == 0 and self.cosine < FOREIGN


def _label(
    probability: float, found: Findings, likeness: Likeness
) -> Literal["supported", "weak", "unsupported"]:
    thresholds = Calibration.shipped("verification").thresholds
    if found.is_fatal or likeness.is_none or probability < thresholds["weak"]:
        return "unsupported"
    is_sure = probability >= thresholds["supported"]
    return "supported" if is_sure and not found.names else "weak"


def _reasons(label: str, found: Findings, signals: Signals) -> Iterator[str]:
    yield from said_of_words(found)
    if label == "supported":
        yield "The source says this in other words."
        return
    yield from said_of_conflicts(found)
    if signals.contradicted > 0:
        yield "The source seems to say the opposite."
    elif signals.supported < 0:
        yield "The source does not say this."
    else:
        yield "The source says something near to this."


def _margin(logit: float, one: float, other: float) -> float:
    """How far a logit lies above the two others together."""
    return logit - float(np.logaddexp(one, other))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word, STEM) for word in content_words(text) if len(word) > 2)
