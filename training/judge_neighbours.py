"""Searches that are hard: a query, the text it belongs to, and others that look like it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from training.judge_cases import reword, usable
from training.judge_examples import Abstract, Question, Search
from training.judge_network import Judge
from training.judge_reading import embeddings
from training.judge_written import Written

NEAREST = 30  # others that a query may be confused with
HARD, RANDOM = 4, 2  # beside the nearest one; with the right text these make eight
REPEATS = 6  # of each written question, each time with other texts
UNANSWERED = 3  # abstracts near a written question that are taken not to answer it
NEAR = 12  # of them the first so many are drawn from
AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for: the paper `own` of a pool, to be found by the text `right`.

    Where the query is a title the texts go without theirs, or the words alone would tell.
    """

    text: str
    own: int
    right: str
    untitled: bool = False


def paper_queries(pool: Sequence[Abstract], random: Random) -> Iterator[Query]:
    """For each paper its title, or a sentence of it in other words, which is then taken out."""
    for number, paper in enumerate(pool):
        found = usable(paper)
        if not found or random.random() < 0.5:
            yield Query(paper.title, number, paper.body, untitled=True)
        else:
            sentence = random.choice(found)
            rest = paper.body.replace(sentence, "").strip()
            yield Query(reword(sentence, random), number, f"{paper.title}. {rest}")


def written_queries(written: Sequence[Written]) -> list[Query]:
    """The written questions; the pool begins with their abstracts, in this order."""
    return [
        Query(text, number, one.abstract.text)
        for number, one in enumerate(written)
        for text, _ in one.answered
    ]


def neighbours(judge: Judge, queries: Sequence[Query], pool: Sequence[Abstract]) -> list[list[int]]:
    """For each query the papers of the pool that are nearest to it, without its own."""
    papers = embeddings(judge, [paper.text for paper in pool])
    asked = embeddings(judge, [query.text for query in queries])
    found: list[list[int]] = []
    for block in asked.split(AT_ONCE):
        found += (block @ papers.T).topk(min(NEAREST + 1, len(pool))).indices.tolist()
    return [
        [number for number in near if number != query.own][:NEAREST]
        for query, near in zip(queries, found, strict=True)
    ]


def search(query: Query, near: Sequence[int], pool: Sequence[Abstract], random: Random) -> Search:
    """The right text, then the nearest other, some of the near and some of all."""
    others = [near[0], *random.sample(near[1:], HARD)]
    strangers = [number for number in range(len(pool)) if number != query.own]
    others += random.sample(strangers, RANDOM)
    texts = (pool[number].body if query.untitled else pool[number].text for number in others)
    return Search(query.text, (query.right, *texts))


def unanswered(
    query: Query, near: Sequence[int], pool: Sequence[Abstract], random: Random
) -> Iterator[Question]:
    """The question beside abstracts that are like the one that answers it."""
    for number in random.sample(near[:NEAR], UNANSWERED):
        yield Question(query.text, pool[number].text, answerable=False)
