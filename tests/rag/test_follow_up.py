"""A follow-up takes its subject from what came before; other questions stand as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.follow_up import LONGEST_CONTEXT, stand_alone
from rag.types import Turn

HISTORY = (
    Turn("user", "What do otters eat?"),
    Turn("assistant", "Otters eat fish [1]."),
    Turn("user", "How does FlashAttention save memory?"),
    Turn("assistant", "**FlashAttention**: It tiles [1]. It never writes the matrix [1, 2]."),
)
TURNS = st.builds(Turn, st.sampled_from(["user", "assistant"]), st.text(max_size=80))


def test_without_history_a_question_stands_alone():
    asked = stand_alone("and its latency?", ())

    assert (asked.text, asked.latest) == ("and its latency?", "and its latency?")
    assert not asked.is_follow_up


@pytest.mark.parametrize(
    "question",
    [
        "And how fast is it?",
        "What did they measure?",
        "what about training",
        "Which hardware was used for this?",
        "why?",
        "latency?",
        "Does the method scale?",
    ],
)
def test_a_question_that_leans_on_what_came_before_is_joined_by_it(question):
    asked = stand_alone(question, HISTORY)

    assert asked.is_follow_up
    assert asked.latest == question
    assert asked.text.endswith(question)
    assert "How does FlashAttention save memory?" in asked.text


@pytest.mark.parametrize(
    "question",
    [
        "How many otters live in Scottish rivers?",
        "Who invented PagedAttention?",
        "Which optimiser keeps running averages of gradients?",
    ],
)
def test_a_question_that_names_its_subject_stands_as_it_is(question):
    asked = stand_alone(question, HISTORY)

    assert (asked.text, asked.latest) == (question, question)


def test_only_the_last_exchange_counts_and_its_markers_are_gone():
    asked = stand_alone("How fast is it?", HISTORY)

    assert "otters" not in asked.text
    assert "[" not in asked.text
    assert "It tiles. It never writes the matrix." in asked.text


def test_a_chain_of_follow_ups_keeps_the_subject_it_began_with():
    chain = [*HISTORY, Turn("user", "How fast is it?"), Turn("assistant", "Very fast [1].")]

    asked = stand_alone("And on what hardware?", chain)

    assert "How does FlashAttention save memory?" in asked.text
    assert "How fast is it? Very fast. And on what hardware?" in asked.text
    assert "otters" not in asked.text


def test_a_question_that_was_not_answered_counts_alone():
    asked = stand_alone("How fast is it?", [*HISTORY, Turn("user", "What is PagedAttention?")])

    assert asked.text == "What is PagedAttention? How fast is it?"


def test_a_history_that_begins_with_an_answer_counts():
    asked = stand_alone("How fast is it?", [Turn("assistant", "U-Net is a network [1].")])

    assert asked.text == "U-Net is a network. How fast is it?"


def test_a_long_history_is_cut_and_the_question_is_not():
    long = [Turn("user", "What is it?"), Turn("assistant", "word " * 5000)]

    asked = stand_alone("How fast is it?", long)

    assert len(asked.text) == LONGEST_CONTEXT + len(" How fast is it?")
    assert asked.text.endswith(" How fast is it?")


def test_half_a_character_in_the_history_does_no_harm():
    asked = stand_alone("How fast is it?", [Turn("user", "What is \ud83d?")])

    assert asked.text.encode() == b"What is ?? How fast is it?"


@given(st.text(min_size=1, max_size=80), st.lists(TURNS, max_size=4))
def test_any_history_can_be_joined(question, history):
    asked = stand_alone(question, history)

    assert asked.latest == question
    assert asked.text.endswith(question)
