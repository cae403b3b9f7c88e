"""Small talk gets a short reply, and a question never does."""

import time

import pytest

from rag.answering.small_talk import reply


@pytest.mark.parametrize(
    "said",
    [
        "hi", "Hello!", "hey there", "Good morning :)", "hello, how are you?", "what's up",
        "thanks", "Thank you so much!", "ok thanks", "great, thank you", "thx", "cool", "OK.",
        "bye", "Goodbye!", "see you later", "who are you?", "What can you do?", "help",
        "  hello  ", "HELLO", "thanks for your help",
    ],
)  # fmt: skip
def test_small_talk_is_recognised(said):
    assert reply(said)


@pytest.mark.parametrize(
    "asked",
    [
        "hello world programs in papers",
        "hi, how does FlashAttention save memory?",
        "thanks, and how fast is it?",
        "who are the authors of BERT?",
        "what is this paper about?",
        "help me find papers on otters",
        "ok so what about memory",
        "good optimisers",
        "what can you do with LoRA?",
        "hi " * 60,
        "",
        "?",
    ],
)
def test_a_question_is_not_small_talk(asked):
    assert reply(asked) is None


def test_replies_hold_no_marker_and_are_short():
    for said in ("hi", "thanks", "ok", "bye", "who are you"):
        assert "[" not in reply(said)
        assert len(reply(said)) < 250


@pytest.mark.parametrize(
    "said",
    [
        "ok cool", "Nice, thank you!", "great answer", "makes sense, thanks", "cool, thanks a lot!",
        "that helps", "that's all",
        "no thanks", "never mind", "I see", "interesting", "sounds good",
        "very helpful, thanks again", "lol", "yes", "no",
    ],
)  # fmt: skip
def test_small_talk_within_a_conversation_is_recognised(said):
    assert reply(said)


@pytest.mark.parametrize(
    "asked",
    [
        "right, and latency?", "cool, how fast is it?", "why?", "more", "no, I meant AWQ",
        "thanks! and how many GPUs does it need?", "great, which datasets?", "is that all?",
        "interesting papers on otters", "yes, the second one", "ok the latter",
    ],
)  # fmt: skip
def test_a_follow_up_behind_a_courtesy_is_none(asked):
    assert reply(asked) is None


def test_a_long_courtesy_is_read_in_no_time():
    began = time.perf_counter()

    assert reply("so very really " * 5 + "x") is None
    assert time.perf_counter() - began < 0.5
