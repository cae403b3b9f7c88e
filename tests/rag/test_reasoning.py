"""Reasoning is taken out of a reply, however it is cut into pieces."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.models.reasoning import Thoughtless, is_known_to_think

TAGS = [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("[THINK]", "[/THINK]")]
ANSWER = "Otters live in rivers [417], not in trees."
# Whatever can be in a text but tags; beginnings of tags are.
PLAIN = st.text(st.sampled_from("<>/[]thinkTHINK ab.\n`\"'é"), max_size=40)
THOUGHT = PLAIN.filter(lambda text: "</" not in text and "[/" not in text)
CUTS = st.lists(st.integers(1, 9), min_size=1, max_size=30)


def pieces(text, cuts):
    start = 0
    for turn in range(len(text)):
        end = start + cuts[turn % len(cuts)]
        yield text[start:end]
        start = end


def left(text, cuts=(1,), *, is_suspect=False, is_whole=True):
    answer = Thoughtless(is_suspect=is_suspect)
    shown = "".join([answer.feed(piece) for piece in pieces(text, cuts)])
    return shown + answer.close(is_whole=is_whole)


@given(PLAIN, CUTS, st.booleans())
@example("He said “", [1], False)
@example("a <thinks> [THINKS] </thinker", [3], True)
def test_a_reply_without_reasoning_stays_as_it_is(text, cuts, is_suspect):
    words = text.replace("think>", "").replace("THINK]", "")

    assert left(words, cuts, is_suspect=is_suspect) == words.lstrip()


@given(st.sampled_from(TAGS), THOUGHT, CUTS, st.booleans())
def test_reasoning_before_the_answer_is_gone(tags, thought, cuts, is_suspect):
    reply = f"\n{tags[0]}{thought}\n{tags[1]}\n\n{ANSWER}"

    assert left(reply, cuts, is_suspect=is_suspect) == ANSWER


@given(st.sampled_from(TAGS), THOUGHT, CUTS)
def test_reasoning_within_the_answer_is_gone(tags, thought, cuts):
    assert left(f"{ANSWER} {tags[0]}{thought}\n{tags[1]}{ANSWER}", cuts) == f"{ANSWER} {ANSWER}"


@given(st.sampled_from(TAGS), THOUGHT, CUTS)
def test_reasoning_without_an_end_is_gone(tags, thought, cuts):
    assert left(f"{tags[0]}{thought}", cuts) == ""


@given(st.sampled_from(TAGS), THOUGHT, CUTS)
def test_reasoning_of_a_suspect_needs_no_opening_tag(tags, thought, cuts):
    assert left(f"{thought}\n{tags[1]}\n\n{ANSWER}", cuts, is_suspect=True) == ANSWER


@pytest.mark.parametrize(
    "thought",
    [
        "Okay, so the user asks of otters.",
        "Hmm. Otters.",
        "We need to answer.",
        "嗯，水獭。",
        "So?",
    ],
)
def test_reasoning_aloud_needs_no_opening_tag(thought):
    assert left(f"{thought}\n</think>\n{ANSWER}", [4]) == ANSWER


def test_an_answer_that_sounds_like_thinking_comes_at_its_end():
    assert left("Let me add: otters live in rivers [417].") == (
        "Let me add: otters live in rivers [417]."
    )


def test_what_may_be_reasoning_is_not_shown_where_the_reply_broke_off():
    assert left("Okay, so the user asks", is_whole=False) == ""
    assert left(ANSWER, is_suspect=True, is_whole=False) == ""
    assert left(ANSWER, is_whole=False) == ANSWER


def test_reasoning_that_was_passed_on_is_noticed():
    answer = Thoughtless()

    assert answer.feed("Rivers come to my mind first.")
    assert not answer.has_slipped
    assert answer.feed("</think>Otters.") == "Otters."
    assert answer.has_slipped


def test_an_endpoint_that_keeps_reasoning_apart_is_believed():
    answer = Thoughtless(is_suspect=True)
    answer.trust()

    assert answer.feed("Okay. ") == "Okay. "


@given(CUTS)
def test_tags_in_quotation_marks_are_words(cuts):
    reply = "It writes between `<think>` and “</think>”, or \"[THINK]\" and '[/THINK]' [417]."

    assert left(reply, cuts) == reply


def test_an_answer_is_passed_on_as_it_is_written():
    answer = Thoughtless()
    shown = [answer.feed(word) for word in ["Otters live ", "in rivers ", "and ", "lakes."]]

    assert shown == ["", "Otters live in rivers ", "and ", "lakes."]


def test_names_tell_who_thinks():
    thinkers = ["deepseek-r1:8b", "qwq", "Qwen3-4B-Thinking-2507", "deepseek-reasoner"]

    assert all(map(is_known_to_think, thinkers))
    assert not any(map(is_known_to_think, ["gpt-5-mini", "qwen3:8b", "phi-4", "llama3.1"]))
