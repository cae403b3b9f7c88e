"""Abstracts that contradict each other are shown side by side; others never are."""

import json
from importlib.resources import files
from itertools import pairwise

import pytest
from disagreeing import AGREEING, DISAGREEING
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.abstracts import answer
from rag.answering.asked import Asked
from rag.answering.disagreement import Statement, disagree, opposed
from rag.answering.evidence import Evidence
from rag.answering.extractive import DISAGREEMENT
from rag.language.sentences import sentences
from rag.types import Hit, Paper, Passage, Reading, Span

# What each of these is about is said in words that are no opposites of each other for us.
MISSED = 4
STABLE = Paper(
    "one", "Otters [1] and rain", "Otters were watched. Rain improves the sleep of otters."
)
CONTRARY = Paper("two", "Rain and sleep", "We use cameras. Rain worsens the sleep of otters.")
UNRELATED = Paper("three", "Bees", "Bees fly. Sunshine worsens the flight of bees.")


def evidence(paper, found=0.8):
    spans = tuple(sentences(paper.abstract))
    reading = Reading(2.0, 2.0, (1.0,) * len(spans))
    hit = Hit(paper, Passage("x#0", paper.id, paper.abstract, Span(0, 1)), found)
    return Evidence(hit, reading)


def question(text):
    return Asked(text, text)


class FlatReader:
    """A judge to whom everything is equal."""

    def read(self, _question, papers, sentences):
        return [
            Reading(3.0, 6.0, (5.0,) * len(spans))
            for _, spans in zip(papers, sentences, strict=True)
        ]


def both_ways(one, other):
    found = {disagree(Statement(one), Statement(other)), disagree(Statement(other), Statement(one))}
    assert len(found) == 1, "who is asked first makes no difference"
    return found.pop()


def test_most_contradictions_are_found():
    found = [both_ways(one, other) for one, other in DISAGREEING]

    assert len(DISAGREEING) >= 30
    assert sum(found) >= len(DISAGREEING) - MISSED


@pytest.mark.parametrize(("one", "other"), AGREEING)
def test_what_only_seems_to_contradict_is_let_be(one, other):
    assert not both_ways(one, other)


@pytest.mark.parametrize("sentence", sorted({one for pair in DISAGREEING for one in pair}))
def test_nothing_contradicts_itself(sentence):
    assert not both_ways(sentence, sentence)


def test_sentences_of_different_contradictions_do_not_contradict_each_other():
    for (_, before), (after, _) in pairwise(DISAGREEING):
        assert not both_ways(before, after)


def test_no_two_papers_of_the_sample_shelf_contradict_each_other():
    lines = files("rag.sample").joinpath("footnote-sample.jsonl").read_text(encoding="utf-8")
    abstracts = [json.loads(line)["abstract"] for line in lines.splitlines()]
    said = [[Statement(a[s.start : s.end]) for s in sentences(a)] for a in abstracts]

    found = [
        (one.text, other.text)
        for place, mine in enumerate(said)
        for theirs in said[place + 1 :]
        for one in mine
        for other in theirs
        if len(one.stems & other.stems) > 2 and disagree(one, other)
    ]

    assert not found


def test_both_sides_are_found_in_the_order_of_the_evidence():
    found = [evidence(STABLE), evidence(UNRELATED), evidence(CONTRARY)]

    one, other = opposed(question("How does rain change the sleep of otters?"), found)

    assert (one.one.paper.id, other.one.paper.id) == ("one", "two")
    assert STABLE.abstract[one.span.start :] == "Rain improves the sleep of otters."


@pytest.mark.parametrize(
    "found",
    [
        [],
        [evidence(STABLE)],
        [evidence(STABLE), evidence(UNRELATED)],
        [evidence(STABLE), evidence(CONTRARY, 0.4)],
    ],
)
def test_without_a_near_paper_that_says_otherwise_there_are_no_sides(found):
    assert opposed(question("How does rain change the sleep of otters?"), found) is None


def test_what_is_not_asked_about_is_not_brought_up():
    found = [evidence(STABLE), evidence(CONTRARY)]

    assert opposed(question("Which cameras watch badgers?"), found) is None


def test_a_disagreement_is_shown_with_both_citations():
    asked = question("How does rain change the sleep of otters?")

    outcome = answer(asked, [evidence(STABLE).hit, evidence(CONTRARY).hit], FlatReader())
    text = "".join(piece.text for piece in outcome.said)
    citations = [citation for piece in outcome.said for citation in piece.citations]

    assert f"\n\n{DISAGREEMENT}\n- **Otters (1) and rain**: Rain improves" in text
    assert text.endswith("\n- **Rain and sleep**: Rain worsens the sleep of otters. [2]")
    assert [(c.number, c.paper.id) for c in citations[-2:]] == [(1, "one"), (2, "two")]


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared(one, other):
    assert both_ways(one, other) in (True, False)
