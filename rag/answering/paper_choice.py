"""Which papers an answer is made of: the best one, or all that are about as good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.asked import Asked
from rag.answering.comparison import compared
from rag.answering.evidence import READ, Evidence
from rag.answering.several import MOST_LISTED, Wanted, wanted
from rag.answering.topic_choice import on_topic
from rag.types import Hit

# Measured on the shipped questions and on others; see docs/adr/0006. Scores are the retriever's,
# of 3.5: beside them the judge's own add nothing.
NEAR = 0.2  # that a further paper may lie below the best
FAR = 0.5  # that a second may, where several are asked for without a doubt
CROWD = 8  # the rank from which papers are just there
CLEAR = 0.45  # of the way from those to the best that a further paper has to be
AS_RELEVANT = 2.0  # logits of `relevance` below the best that make a paper stand out as well
FOREIGN = -8.2  # logit of `relevance` below which a further paper is about something else


@dataclass(frozen=True, slots=True)
class _Relevance:
    """Logits: the least that a paper needs, and as much as speaks for it alone."""

    least: float
    enough: float


def chosen_papers(asked: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Those that a comparison names, in its order, or those on the topic that was named alone.

    Else the best and, in a list, those near it. `evidence` is best first and not empty.
    """
    if places := _named(asked, evidence):
        return [evidence[place] for place in places]
    want = wanted(asked)
    return list(evidence[:1]) if want.is_one else _near(asked, want, evidence)


def eligible(asked: Asked, evidence: Sequence[Evidence]) -> list[int]:
    """Places of the papers whose readings `chosen_papers` may depend on, the best among them.

    `evidence` is best first, not empty, and need not be read.
    """
    if places := _named(asked, evidence):
        return sorted({0, *places})
    want = wanted(asked)
    if want.is_one:
        return [0]
    scores = [one.score for one in evidence]
    least, crowd = max(scores) - NEAR, _crowd(scores)
    near = [place for place, score in enumerate(scores) if place and score >= least]
    if any(scores[place] < crowd for place in near):
        return list(range(len(scores)))  # how relevant the best of all is decides
    return sorted({0, *near, *([1] if want.is_sure and len(scores) > 1 else [])})


def places_on_topic(asked: Asked, evidence: Sequence[Evidence]) -> list[int]:
    """Those of the papers to be named, where the question names a topic and asks nothing of it."""
    if not asked.topic:
        return []
    found = {hit.paper.id for hit in on_topic(asked.topic, [one.hit for one in evidence])}
    return [place for place, one in enumerate(evidence) if one.paper.id in found][:MOST_LISTED]


def with_compared(asked: Asked, hits: Sequence[Hit]) -> list[Hit]:
    """The hits, with papers that a comparison names among those that are read."""
    places = compared(asked, [hit.paper for hit in hits])
    lower = [place for place in places if place >= READ]
    if not lower:
        return list(hits)
    kept = [place for place in range(READ - len(lower)) if place < len(hits)]
    first = [*kept, *lower]
    return [hits[place] for place in (*first, *sorted(set(range(len(hits))) - set(first)))]


def _named(asked: Asked, evidence: Sequence[Evidence]) -> Sequence[int]:
    """Places of the papers that the wording settles: to compare, or on a topic."""
    return compared(asked, [one.paper for one in evidence]) or places_on_topic(asked, evidence)


def _near(asked: Asked, want: Wanted, evidence: Sequence[Evidence]) -> list[Evidence]:
    scores = [one.score for one in evidence]
    best, crowd = max(scores), _crowd(scores)
    rest = list(zip(evidence[1:], scores[1:], strict=True))
    relevant = _Relevance(FOREIGN, max(one.reading.relevance for one in evidence) - AS_RELEVANT)
    further = [
        one
        for one, score in rest
        if score >= best - NEAR
        and one.reading.relevance > relevant.least
        and (score >= crowd or one.reading.relevance >= relevant.enough)
    ]
    if not further and want.is_sure:
        further = [one for one, score in rest[:1] if score >= best - FAR]
    return [evidence[0], *further][: want.most]


def _crowd(scores: Sequence[float]) -> float:
    """The score from which a paper stands out from the many behind."""
    ranked = sorted(scores, reverse=True)
    if len(ranked) < CROWD:
        return float("-inf")
    behind = ranked[CROWD - 1]
    return behind + CLEAR * (ranked[0] - behind)
