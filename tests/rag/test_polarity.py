"""Opposites, negations and roles between a sentence and a source."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.polarity import Clauses, conflicts

SOURCE = (
    "FastNet reduces the inference latency of large models by 40% without any retraining.",
    "It outperforms SlowNet on the image benchmark, and its accuracy is higher than PlainNet's.",
    "Unlike earlier work, the method does not require labelled examples from the target domain.",
)


def found(sentence, *source):
    return conflicts(Clauses.of(sentence), [Clauses.of(text) for text in source or SOURCE])


def kinds(sentence, *source):
    return {one.kind for one in found(sentence, *source)}


@pytest.mark.parametrize(
    "sentence",
    [
        "FastNet increases the inference latency of large models by 40%.",
        "FastNet raises inference latency of large models.",
        "The accuracy of FastNet is lower than that of PlainNet.",
        "FastNet's accuracy is worse and lower than that of PlainNet.",
    ],
)
def test_the_opposite_direction_is_seen(sentence):
    assert "direction" in kinds(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "FastNet does not reduce the inference latency of large models.",
        "FastNet never reduces the inference latency of large models by 40%.",
        "The method requires labelled examples from the target domain.",
    ],
)
def test_a_negation_too_many_or_too_few_is_seen(sentence):
    assert kinds(sentence) & {"negation", "direction"}


@pytest.mark.parametrize(
    "sentence",
    ["SlowNet outperforms FastNet on the image benchmark.",
     "FastNet is outperformed by SlowNet on the image benchmark.",
     "FastNet underperforms SlowNet on the image benchmark."],
)  # fmt: skip
def test_exchanged_roles_are_seen(sentence):
    source = "FastNet outperforms SlowNet on the image benchmark."

    assert kinds(sentence, source) & {"roles", "direction"}


@pytest.mark.parametrize(
    "sentence",
    [
        "FastNet cuts the inference latency of large models by 40%.",
        "FastNet lowers inference latency, and needs no retraining.",
        "Without retraining, FastNet reduces latency.",
        "It beats SlowNet on the image benchmark.",
        "SlowNet is outperformed by FastNet on the image benchmark.",
        "The method needs no labelled examples from the target domain.",
        "Bread rises slowly without yeast.",
    ],
)
def test_what_agrees_has_no_conflict(sentence):
    assert not found(sentence)


@given(st.lists(st.sampled_from(" ".join(SOURCE).split()), max_size=30).map(" ".join))
def test_a_text_never_contradicts_itself(text):
    assert not found(text, text)


def test_the_strongest_comes_first():
    strengths = [one.strength for one in found("FastNet increases latency without any gain.")]

    assert strengths == sorted(strengths, reverse=True)
