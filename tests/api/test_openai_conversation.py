"""Messages become a question, and the turns before it."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.api.errors import ApiError
from ui.api.openai_conversation import MOST_TURNS, conversation
from ui.api.openai_requests import Said

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
SAID = st.lists(
    st.builds(
        Said, role=st.sampled_from(ROLES), content=st.none() | st.text(max_size=20) | st.just("a")
    ),
    max_size=12,
)


def told(*said):
    return [Said(role=role, content=content) for role, content in said]


@given(SAID)
def test_turns_alternate_and_the_question_is_the_last_of_a_user(said):
    last = next((one for one in reversed(said) if one.role == "user"), None)
    asked = last.content[0].text.strip() if last and last.content else ""
    if not asked:
        with pytest.raises(ApiError, match="Nothing is asked"):
            conversation(said, "messages")
        return
    found = conversation(said, "messages")
    assert found.question == asked
    roles = [turn.role for turn in found.history]
    assert all(one != other for one, other in pairwise(roles))
    assert all(turn.content.strip() for turn in found.history)


def test_what_a_system_says_is_neither_question_nor_history():
    found = conversation(told(("system", "Be a pirate."), ("user", "Tides?")), "messages")
    assert (found.question, found.history) == ("Tides?", ())


def test_thoughts_and_details_of_earlier_answers_are_left_out():
    said = told(
        ("user", "Tides?"),
        ("assistant", "<think>Hm [1]</think>They rise. [1] <details type='x'>no"),
        ("user", "Why?"),
    )
    assert conversation(said, "messages").history[1].content == "They rise."


def test_what_is_left_of_an_answer_is_not_an_empty_turn():
    said = told(("user", "Tides?"), ("assistant", "[1]"), ("user", "Waves?"), ("user", "Why?"))
    found = conversation(said, "messages")
    assert [(turn.role, turn.content) for turn in found.history] == [("user", "Tides?\n\nWaves?")]


def test_a_long_conversation_is_cut_at_its_beginning():
    said = told(*(("user", f"{n}?") if n % 2 else ("assistant", f"{n}") for n in range(200)))
    found = conversation(said, "messages")
    assert len(found.history) == MOST_TURNS
    assert found.history[-1].content == "198"


@pytest.mark.parametrize("hostile", ["<think>" * 40_000, "<think" * 40_000, "[1" * 100_000])
def test_no_answer_takes_long_to_read(hostile):
    said = told(("user", "Tides?"), ("assistant", hostile), ("user", "Why?"))
    began = time.perf_counter()
    conversation(said, "messages")
    assert time.perf_counter() - began < 1
