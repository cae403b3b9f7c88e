"""Questions that the catalogue answers."""

from __future__ import annotations

import pytest

from rag.answering.outcome import Piece
from rag.answering.record_answer import listed, stated
from rag.answering.record_question import RecordQuestion, parse
from rag.types import Paper, Published, Refusal, Scope

ORGANIZATIONS = ["Qualcomm", "Stanford AI"]


def paper(number: int, **known: object) -> Paper:
    return Paper(id=str(number), title=f"Paper {number}", abstract="It says a thing.", **known)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        pytest.param("papers from 2024", Published(2024), Published(2024), id="year"),
        pytest.param(
            "papers dated Oct. 2025", Published(2025, 10), Published(2025, 10), id="month"
        ),
        pytest.param("papers since March 2022", Published(2022, 3), None, id="since"),
        pytest.param("papers after December 2022", Published(2023, 1), None, id="after-december"),
        pytest.param("papers before January 2023", None, Published(2022, 12), id="before-january"),
        pytest.param("publications before 2020", None, Published(2019), id="before-year"),
    ],
)
def test_dates_become_hard_filters(question, since, until):
    assert parse(question, []) == RecordQuestion(Scope(since=since, until=until), None, (), "")


@pytest.mark.parametrize(
    "question",
    [
        "How much has that metric improved since 2023?",
        "How many people took part in the user study?",
        "Which method does Stanford AI beat?",
        "What is the highest accuracy?",
    ],
)
def test_questions_about_what_papers_say_are_left_to_the_abstracts(question):
    assert parse(question, ORGANIZATIONS) is None


def test_an_organisation_counts_where_papers_come_from_it():
    found = parse("which paper came from qualcomm?", ORGANIZATIONS)

    assert found is not None
    assert (found.scope.organization, found.topic) == ("Qualcomm", "")


def test_a_topic_is_what_filters_and_words_of_asking_leave():
    found = parse("most upvoted paper about diffusion", [])

    assert found is not None
    assert (found.rank, found.topic) == ("upvotes", "diffusion")


def test_papers_that_share_the_first_place_are_all_named_and_cited():
    question = RecordQuestion(Scope(), "upvotes", (), "")
    papers = [paper(1, upvotes=4), paper(2, upvotes=4), paper(3, upvotes=2), paper(4)]

    pieces = listed(question, papers)

    assert [one.paper.id for piece in pieces for one in piece.citations] == ["1", "2"]
    assert "4 upvotes [2]" in pieces[-1].text


def test_what_a_record_lacks_is_refused_by_name():
    question = RecordQuestion(Scope(), None, ("published",), "paper")

    assert isinstance(stated(question, paper(1)), Refusal)


def test_names_that_look_like_markers_are_not_markers():
    question = RecordQuestion(Scope(), None, ("authors",), "paper")

    (piece,) = stated(question, paper(1, authors=("Ann [7] Lee",)))

    assert isinstance(piece, Piece)
    assert "[7]" not in piece.text
    assert piece.citations[0].span is None
