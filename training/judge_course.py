"""Put together what a judge is taught: the four kinds of material, each as often as it is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from training.judge_batches import Lesson, answer_lesson, relevance_lesson, support_lesson
from training.judge_cases import cases, names_of
from training.judge_data import answers, entailments
from training.judge_examples import Abstract, Question, Search, Statement
from training.judge_neighbours import (
    REPEATS,
    neighbours,
    paper_queries,
    search,
    unanswered,
    written_queries,
)
from training.judge_network import Judge
from training.judge_written import Written, further_statements, questions, statements

# How often the written cases are read in an epoch: they are few and worth the most.
STATEMENTS_REPEATED, QUESTIONS_REPEATED = 6, 4
SEARCHED = 12_000  # papers that are searched for


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to learn from; `sets` is the folder of public sets, if there is one."""

    written: Sequence[Written]
    papers: Sequence[Abstract]
    sets: Path | None


def course(material: Material, judge: Judge, random: Random) -> list[Lesson]:
    """The lessons; the fresh `judge` finds texts that are easily mistaken for each other."""
    # The sets before the searches, which take long: what cannot be read is told at once.
    public_statements, public_questions = entailments(material.sets), answers(material.sets)
    searches, near_misses = _searches(material, judge, random)
    asked = [*questions(material.written)] * QUESTIONS_REPEATED + near_misses + public_questions
    said = [*_statements(material, random), *public_statements]
    print(f"{len(said)} statements, {len(asked)} questions, {len(searches)} searches", flush=True)
    return [support_lesson(said), answer_lesson(asked), relevance_lesson(searches)]


def _statements(material: Material, random: Random) -> Iterator[Statement]:
    yield from cases(material.papers, random)
    known = names_of([one.abstract for one in material.written])
    written = [
        *statements(material.written),
        *further_statements(material.written, known, random),
    ]
    yield from written * STATEMENTS_REPEATED


def _searches(
    material: Material, judge: Judge, random: Random
) -> tuple[list[Search], list[Question]]:
    """Searches among all abstracts, and the written questions beside those near to them."""
    own = [one.abstract for one in material.written]
    # The papers may be the written abstracts themselves; a text twice would be its own neighbour.
    pool = list(dict.fromkeys([*own, *material.papers]))
    asked = written_queries(material.written)
    queries = [*asked, *paper_queries(pool[:SEARCHED], random)]
    found = list(zip(queries, neighbours(judge, queries, pool), strict=True))
    repeated = found[: len(asked)] * REPEATS + found[len(asked) :]
    searches = [search(query, near, pool, random) for query, near in repeated]
    near_misses = [
        question
        for query, near in found[: len(asked)]
        for question in unanswered(query, near, pool, random)
    ]
    return searches, near_misses
