"""No more abstracts are read than it takes, and what was found is told before any is."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written_by import PAPERS, QUESTION, Shelf, reading

from rag.answering.abstracts import answered, examined
from rag.answering.asked import Asked
from rag.answering.calibration import Calibration
from rag.answering.draft import Draft
from rag.answering.evidence import UNREAD, read
from rag.answering.outcome import Piece
from rag.answering.refusal import TOP
from rag.engine import Engine
from rag.types import Citation, Completed, Hit, Passage, Reading, Retrieved, Span

ONE = "How does cooling with river water save energy in the halls?"
CLAUSES = "How is the water cooled, and what does it save?"
SEVERAL = "Which papers tell of cooling?"
COMPARED = "Compare SmoothQuant and AWQ."
LOGITS = st.floats(-8, 8, width=32)
SHELVED = tuple(
    replace(PAPERS[number % 3], id=f"p{number}", title=f"{PAPERS[number % 3].title} {number}")
    for number in range(8)
)


class Noting:
    """A judge that says what it is told to, and notes what it has read."""

    def __init__(self, logits):
        self.logits = logits
        self.papers = []

    def read(self, question, papers, spans):
        self.papers += [paper.id for paper in papers]
        return [self._reading(question, *one) for one in zip(papers, spans, strict=True)]

    def _reading(self, question, paper, spans):
        relevance, answerable = self.logits[int(paper.id[1:])]
        scores = [((len(question) * 7 + place * 5) % 11) - 5.0 for place in range(len(spans))]
        return Reading(relevance, answerable, tuple(scores))


def found(scores):
    papers = zip(SHELVED, sorted(scores, reverse=True), strict=False)
    return [
        Hit(one, Passage(one.id, one.id, one.abstract, Span(0, 9)), score) for one, score in papers
    ]


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from([ONE, CLAUSES, SEVERAL, COMPARED, QUESTION]),
    st.lists(st.floats(0, 1, width=32), max_size=8),
    st.lists(st.tuples(LOGITS, LOGITS), min_size=8, max_size=8),
)
def test_what_is_decided_and_said_is_the_same_as_if_all_were_read(question, scores, logits):
    asked, hits = Asked(question, question), found(scores)

    of_all = answered(asked, read(asked, hits, Noting(logits)), Noting(logits))

    assert answered(asked, examined(asked, hits, Noting(logits)), Noting(logits)) == of_all


def test_where_the_first_abstract_answers_no_other_is_read():
    judge = Noting([(5.0, 6.0)] * 8)
    evidence = examined(Asked(ONE, ONE), found([0.9] * 8), judge)

    assert judge.papers == ["p0"]
    assert [one.reading is UNREAD for one in evidence] == [False] + [True] * 7


def test_where_the_first_is_not_enough_those_that_count_are_read_once():
    judge = Noting([(-5.0, -8.0)] * 8)
    examined(Asked(ONE, ONE), found([0.5] * 8), judge)

    assert judge.papers == [f"p{number}" for number in range(TOP)]


def test_papers_side_by_side_are_all_read():
    judge = Noting([(5.0, 6.0)] * 8)
    examined(Asked(SEVERAL, SEVERAL), found([0.9] * 8), judge)

    assert sorted(judge.papers) == [f"p{number}" for number in range(8)]


def test_of_papers_side_by_side_those_that_just_are_there_are_not_read():
    judge = Noting([(5.0, 6.0)] * 8)
    examined(Asked(SEVERAL, SEVERAL), found([0.9, 0.89, *[0.3] * 6]), judge)

    assert judge.papers == ["p0", "p1"]


def test_what_has_nothing_to_do_with_the_shelf_is_refused_unread():
    judge = Noting([(5.0, 6.0)] * 8)
    asked = Asked(ONE, ONE)
    outcome = answered(asked, examined(asked, found([0.2] * 8), judge), judge)

    assert outcome.refusal
    assert outcome.refusal.kind == "off-topic"
    assert judge.papers == []


def test_a_better_answer_further_down_never_speaks_against_one():
    """What stopping early stands on; a calibration that breaks it has to read all."""
    assert Calibration.shipped("refusal").weight["answerable_best"] >= 0


class Unread(Exception):
    """Raised by a judge that must not be asked yet."""


class NotYet:
    def read(self, question, papers, spans):
        raise Unread


async def test_what_was_found_is_told_before_anything_is_read():
    shelf = Shelf(PAPERS)
    events = Engine(shelf, NotYet(), shelf).stream(ONE)

    first = await anext(events)

    assert isinstance(first, Retrieved)
    assert first.hits
    with pytest.raises(Unread):
        await anext(events)


async def test_what_was_told_first_is_what_the_answer_records():
    class Sure:
        def read(self, question, papers, spans):
            return [reading(len(of_one), 6.0) for of_one in spans]

    shelf = Shelf(PAPERS)
    events = [one async for one in Engine(shelf, Sure(), shelf).stream(ONE)]

    assert isinstance(events[-1], Completed)
    assert events[0] == Retrieved(events[-1].answer.retrieved)


CITATIONS = st.builds(Citation, st.integers(1, 9), st.sampled_from(PAPERS), st.none())


@given(st.lists(st.builds(Piece, st.text(), st.lists(CITATIONS, max_size=3).map(tuple))))
def test_deltas_hold_every_word_and_citation_of_the_answer_in_order(pieces):
    draft = Draft("Why?")
    deltas = [draft.say(piece) for piece in pieces]

    assert "".join(one.text for one in deltas) == draft.answer().text
    assert tuple(c for one in deltas for c in one.citations) == draft.answer().citations
