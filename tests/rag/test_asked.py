"""What a question asks for is read off its wording: papers side by side, an amount, clauses."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.asked import MOST_CLAUSES, Asked


def asked(text):
    return Asked(text, text)


@pytest.mark.parametrize(
    "question",
    [
        "Which papers use low-rank adaptation?",
        "what other methods are there for quantisation",
        "List all works on diffusion.",
        "Compare GPTQ with AWQ.",
        "please compare the two optimisers",
        "Who has worked on otters?",
        "How do they differ?",
        "Is there anything on protein folding?",
        "Give an overview of attention.",
        "Are there any papers about bees?",
    ],
)
def test_it_asks_for_papers_side_by_side(question):
    assert asked(question).wants_several


@pytest.mark.parametrize(
    "question",
    [
        "How does FlashAttention save memory?",
        "What does the paper on otters say about cameras?",
        "Which optimiser does BERT use?",
        "why is it fast",
        "",
    ],
)
def test_it_asks_for_one_thing(question):
    assert not asked(question).wants_several


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many otters were found?", True),
        ("how much memory does it save", True),
        ("What BLEU score does it reach?", True),
        ("By what factor is it faster?", True),
        ("What percentage of errors is left?", True),
        ("How do otters live?", False),
        ("Which optimiser is used?", False),
    ],
)
def test_it_asks_for_an_amount_or_not(question, expected):
    assert asked(question).wants_amount is expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How does it work?", []),
        ("How does it work and what does it cost?", ["How does it work", "what does it cost?"]),
        ("It is fast. Why is that?", ["It is fast.", "Why is that?"]),
        ("Otters, bees and owls?", []),
        ("Why? How does it work?", []),
        ("", []),
    ],
)
def test_a_question_is_cut_where_it_asks_for_another_thing(question, expected):
    assert asked(question).clauses == expected


def test_no_more_clauses_are_read_than_the_last_few():
    question = " ".join(f"How does number {number} work?" for number in range(9))

    assert len(asked(question).clauses) == MOST_CLAUSES
    assert asked(question).clauses[-1] == "How does number 8 work?"


@given(st.text(alphabet="what how and,;.?! \n-'a[]1", max_size=300))
def test_any_question_can_be_asked(text):
    question = asked(text)

    assert isinstance(question.wants_several, bool)
    assert isinstance(question.wants_amount, bool)
    assert all(clause.strip() == clause and clause in text for clause in question.clauses)


@pytest.mark.parametrize(
    "pattern", ["which ", "which a-", " ", "and ", ", and what ", "a", ",", "how "]
)
def test_no_question_makes_reading_it_slow(pattern):
    question = asked((pattern * 4000)[:4000])
    began = time.perf_counter()

    assert question.wants_several in (True, False)
    assert question.wants_amount in (True, False)
    assert len(question.clauses) <= MOST_CLAUSES

    assert time.perf_counter() - began < 2.0


def test_keywords_are_those_of_the_question_that_stands_alone():
    follow_up = Asked("How fast is FlashAttention? And its memory?", "And its memory?")

    assert follow_up.is_follow_up
    assert "FlashAttention" in follow_up.keywords
    assert not asked("How fast is it?").is_follow_up
