"""Extractive answers: verbatim sentences, each with the marker of its paper."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.abstracts import answer
from rag.answering.asked import Asked
from rag.answering.evidence import READ, Evidence, read, read_closely
from rag.answering.extractive import LIST_WORDS, compose, quoted
from rag.answering.several import MOST_LISTED
from rag.language.latex import readable
from rag.language.sentences import sentences
from rag.types import Hit, Paper, Passage, Reading, Span

MARKER = re.compile(r"\[(\d+(?:\s*[,–-]\s*\d+)*)\]")
TEXTS = st.text(alphabet="aB1 .!?[](),-–$\\%{}*\n中😀", min_size=1, max_size=120)
ABSTRACTS = st.lists(
    st.one_of(TEXTS, st.sampled_from(["We show otters. ", "See [1] and [2, 3]. ", r"\emph{[4]} "])),
    min_size=1,
    max_size=6,
).map("".join)


class WordReader:
    """A judge that counts the words which a question and a text share."""

    def read(self, question, papers, sentences):
        wanted = self._words(question)
        readings = []
        for paper, spans in zip(papers, sentences, strict=True):
            shared = len(wanted & self._words(f"{paper.title} {paper.abstract}"))
            scores = [
                4.0 * len(wanted & self._words(paper.abstract[s.start : s.end])) for s in spans
            ]
            readings.append(Reading(float(shared), float(shared), tuple(scores)))
        return readings

    def _words(self, text):
        return set(re.findall(r"\w{3,}", text.lower()))


READER = WordReader()
OTTERS = Paper(
    "otters",
    "Otters [1] in rivers",
    "Otters are shy, as is known [1]. We count otters in rivers [2, 3] with cameras. "
    r"There were 1,204 otters in rivers, \emph{50\%} more [4-6]. Rain fell.",
)
BEES = Paper("bees", "Bees in rivers", "Bees fly over rivers. We count bees in rivers by ear.")
OWLS = Paper("owls", "Owls", "Owls fly at night.")


def hit(paper, score=0.8):
    return Hit(paper, Passage(f"{paper.id}#0", paper.id, paper.abstract, Span(0, 1)), score)


def asked(text):
    return Asked(text, text)


def composed(question, *papers):
    evidence = read(asked(question), [hit(paper) for paper in papers], READER)
    pieces = list(compose(asked(question), evidence, READER))
    return "".join(piece.text for piece in pieces), [c for p in pieces for c in p.citations]


def check(text, citations):
    """Whatever the papers hold: each marker is one of ours and belongs to its citation."""
    numbers = [citation.number for citation in citations]
    assert MARKER.findall(text) == [str(number) for number in numbers]
    assert list(dict.fromkeys(numbers)) == list(range(1, len(set(numbers)) + 1))
    assert len({(c.number, c.paper.id) for c in citations}) == len(set(numbers))
    for citation in citations:
        assert citation.span in sentences(citation.paper.abstract)
        assert citation.sentence in citation.paper.abstract
        assert f" {quoted(citation.sentence)} [{citation.number}]" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("as known [1]", "as known (1)"),
        ("[2, 3] and [4-6], [7–9]", "(2, 3) and (4-6), (7–9)"),
        (r"\emph{[4]}", "(4)"),
        ("[[1]]", "[(1)]"),
        ("in [a, b] and [0.5, 1.5]", "in [a, b] and [0.5, 1.5]"),
        (r"50\% of [12]", "50% of (12)"),
    ],
)
def test_what_looks_like_a_marker_in_a_paper_is_shown_in_round_brackets(text, expected):
    assert quoted(text) == expected


def test_an_answer_from_one_paper_names_it_and_marks_every_sentence():
    text, citations = composed("How many otters are in rivers?", OTTERS, OWLS)

    assert text.startswith("**Otters (1) in rivers**: ")
    assert {citation.paper.id for citation in citations} == {"otters"}
    assert "There were 1,204 otters in rivers, 50% more (4-6). [1]" in text
    check(text, citations)


def test_sentences_stand_in_the_order_of_the_abstract():
    _, citations = composed("How many otters in rivers?", OTTERS)

    assert len(citations) > 1
    assert citations == sorted(citations, key=lambda citation: citation.span.start)


def test_an_answer_from_several_papers_is_a_list_with_a_number_each():
    text, citations = composed("Which papers count animals in rivers?", OTTERS, BEES)

    assert [line[:4] for line in text.splitlines()] == ["- **", "- **"]
    assert {citation.paper.id for citation in citations} == {"otters", "bees"}
    check(text, citations)


def test_a_question_for_one_thing_is_answered_from_one_paper_alone():
    _, citations = composed("How are otters in rivers counted?", OTTERS, BEES)

    assert {citation.paper.id for citation in citations} == {"otters"}


def test_a_sentence_with_a_figure_is_preferred_where_an_amount_is_asked_for():
    paper = Paper("a", "Otters", "The otters eat fish gladly. The otters eat 9 fish.")
    evidence = read(asked("How many fish?"), [hit(paper)], READER)
    even = [replace(evidence[0], reading=Reading(0, 0, (0.0, 0.0)))]

    class Indifferent:
        def read(self, _question, papers, _sentences):
            return [Reading(0, 0, (0.0, 0.0)) for _ in papers]

    pieces = list(compose(asked("How many fish?"), even, Indifferent()))

    assert "9 fish" in "".join(piece.text for piece in pieces)


def test_a_sentence_longer_than_the_budget_is_said_all_the_same():
    paper = Paper("a", "Otters", "Otters " + "swim and " * 300 + "rest.")

    text, citations = composed("How do otters swim?", paper)

    assert len(citations) == 1
    check(text, citations)


def test_an_answer_keeps_to_its_budget():
    papers = [
        Paper(f"p{n}", f"Otters {n}", f"We count otters in river {n} with care. " * 30)
        for n in range(9)
    ]

    text, citations = composed("Which papers count otters in rivers?", *papers)

    assert len({citation.paper.id for citation in citations}) <= MOST_LISTED
    assert len(re.sub(r" \[\d\]|(?m:^- )", "", text).split()) <= LIST_WORDS
    check(text, citations)


def test_hits_stay_in_the_order_in_which_they_were_found():
    hits = [hit(replace(OWLS, id=f"owl {n}"), 0.9 - n / 100) for n in range(READ + 4)]
    hits[3] = hit(OTTERS, 0.87)

    outcome = answer(asked("How many otters are in rivers?"), hits, READER)

    assert outcome.hits == tuple(hits)


def test_a_sentence_that_answers_one_clause_counts():
    question = asked("How are otters counted, and why did it rain?")
    evidence = read(question, [hit(OTTERS)], READER)

    [closely] = read_closely(question, evidence, READER)

    assert len(closely.reading.sentences) == len(closely.sentences)
    assert max(closely.reading.sentences) == 0.0
    assert all(
        close >= broad - max(evidence[0].reading.sentences)
        for close, broad in zip(
            closely.reading.sentences, evidence[0].reading.sentences, strict=True
        )
    )


def test_a_follow_up_is_read_as_the_question_that_it_stands_for():
    bare = "How many are there?"
    follow_up = Asked(
        "Otters. How many otters are in rivers?", bare, "How many otters are in rivers?"
    )

    resolved = read(follow_up, [hit(OWLS, 0.9), hit(OTTERS, 0.8)], READER)

    asked_in_full = Asked(follow_up.resolved, follow_up.resolved)
    assert resolved == read(asked_in_full, [hit(OWLS, 0.9), hit(OTTERS, 0.8)], READER)


def test_evidence_gives_its_sentences_verbatim():
    [one] = read(asked("Rain?"), [hit(OTTERS)], READER)

    assert isinstance(one, Evidence)
    assert one.text(3) == "Rain fell."


@given(
    st.lists(st.tuples(TEXTS, ABSTRACTS), min_size=1, max_size=4),
    st.sampled_from(["How many otters?", "Which papers show otters?", "Why, and how is it done?"]),
)
def test_whatever_papers_hold_each_marker_belongs_to_its_citation(texts, question):
    papers = [
        Paper(f"p{number}", title, " ".join(abstract.split()) or "Otters.")
        for number, (title, abstract) in enumerate(texts)
    ]

    text, citations = composed(question, *papers)
    outcome = answer(asked(question), [hit(paper) for paper in papers], READER)
    said = "".join(piece.text for piece in outcome.said)

    assert citations
    check(text, citations)
    check(said, [citation for piece in outcome.said for citation in piece.citations])


def test_the_readable_sentence_is_what_is_shown():
    text, [*_, citation] = composed("How many otters are in rivers?", OTTERS)

    assert citation.sentence == r"There were 1,204 otters in rivers, \emph{50\%} more [4-6]."
    assert readable(citation.sentence).replace("[4-6]", "(4-6)") in text
