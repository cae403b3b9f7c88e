"""Where citations stand in a text, whatever letters it has."""

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.types import Answer, Citation, Paper, Published, Refusal, Span
from ui.api.annotations import extras, own, placed
from ui.api.openai_sources import (
    HEADING,
    address_of,
    harmless,
    listed,
    title_of,
    without_sources,
)

HOME = "http://127.0.0.1:7860"
LETTERS = st.text(alphabet="aé𝒯🌊e\u0301\u200d\n .[]9", max_size=12)
PAPERS = [Paper(f"p{n}", f"Title {n}", "One. Two.", url=f"https://x.org/{n}") for n in range(1, 4)]


@st.composite
def answers(draw):
    """Sentences in any letters, each with its markers; the letters never look like a marker."""
    texts, citations = [], []
    for sentence in draw(st.lists(LETTERS, min_size=1, max_size=6)):
        numbers = draw(st.lists(st.integers(1, 3), max_size=3))
        texts.append(sentence.replace("[", "(").replace("]", ")"))
        texts += [f" [{number}]" for number in numbers]
        citations += [Citation(number, PAPERS[number - 1], Span(0, 4)) for number in numbers]
    return Answer("q", "".join(texts), tuple(citations))


@given(answers())
def test_each_annotation_covers_the_marker_of_its_citation(answer):
    text = answer.text + listed(answer, HOME)
    found = placed(text, answer.citations, HOME)
    assert [text[one.start : one.end] for one in found] == [
        f"[{one.number}]" for one in answer.citations
    ]
    assert [one.url for one in found] == [one.paper.url for one in answer.citations]


@given(answers())
def test_they_survive_being_sent(answer):
    found = placed(answer.text, answer.citations, HOME)
    sent = json.dumps({"text": answer.text, "notes": [one.flat() for one in found]})
    got = json.loads(sent.encode())
    for one, note in zip(found, got["notes"], strict=True):
        assert (
            got["text"][note["start_index"] : note["end_index"]]
            == (answer.text[one.start : one.end])
        )


@given(answers())
def test_the_list_of_sources_can_be_taken_off_again(answer):
    text = answer.text.rstrip("\n")
    assert without_sources(text + listed(answer, HOME)) == text
    assert without_sources((text + listed(answer, HOME)).replace("\n", "\r\n")) == text


@given(st.text())
def test_taking_sources_off_leaves_other_texts_alone(text):
    if f"\n\n{HEADING}\n" not in text.replace("\r\n", "\n"):
        assert without_sources(text) == text.replace("\r\n", "\n")


def test_the_list_names_each_paper_once_by_its_number():
    first, second = (Citation(n, PAPERS[n - 1], None) for n in (1, 2))
    answer = Answer("q", "A [2] B [1] C [2]", (second, first, replace(second, span=Span(0, 4))))
    assert listed(answer, HOME) == (
        "\n\nSources:\n[1] Title 1 — https://x.org/1\n[2] Title 2 — https://x.org/2"
    )
    assert listed(Answer("q", "Nothing."), HOME) == ""


def test_brackets_that_cite_nothing_are_passed_over():
    cited = (Citation(2, PAPERS[1], Span(0, 4)),)
    found = placed("An index [1], the year [2024] and [99999999], then [2].", cited, HOME)
    assert [one.title for one in found] == ["Title 2"]


def test_a_paper_without_an_address_of_the_web_has_its_page_here():
    for url in (None, "", "javascript:alert(1)", "ftp://x.org/a", "https://u:p@x.org", "a b"):
        paper = Paper("10.1/ä b", "T", "A.", url=url)
        assert address_of(paper, HOME) == f"{HOME}/papers/10.1%2F%C3%A4%20b"
    assert address_of(PAPERS[0], HOME) == "https://x.org/1"


def test_a_title_is_one_line_without_what_is_hidden_in_it():
    paper = Paper("p", "A\n\nSources:\n[7] \u202eFake\u200b title", "A.")
    assert title_of(paper) == "A Sources: [7] Fake title"
    assert title_of(Paper("p", "\u200b", "A.")) == "p"


@given(st.text(alphabet="!<>[](){}ab/ \n") | st.text())
def test_harmless_text_begins_no_image_and_no_tag(text):
    made = harmless(text)
    assert "![" not in made
    assert not any(
        made[at + 1 : at + 2].isalpha()
        for at, c in enumerate(made)
        if c == "<" and made[at + 1 : at + 2].isascii()
    )
    assert made.replace(" ", "") == text.replace(" ", "")
    assert harmless(made) == made


def test_search_results_say_what_was_cited_and_when_it_appeared():
    paper = replace(PAPERS[0], published=Published(2024, 5), authors=("Mara Lindqvist",))
    cited = (Citation(1, paper, Span(0, 4)), Citation(1, paper, Span(5, 9)))
    told = extras(Answer("q", "A [1] B [1]", cited), HOME)
    assert told["citations"] == ["https://x.org/1"]
    assert told["search_results"] == [
        {"title": "Title 1", "url": "https://x.org/1", "snippet": "One. Two.", "date": "2024-05"}
    ]
    recorded = extras(Answer("q", "A [1]", (Citation(1, paper, None),)), HOME)
    assert recorded["search_results"][0]["snippet"] == "Mara Lindqvist · May 2024"


def test_what_is_ours_says_why_there_is_no_answer():
    refusal = Refusal("off-topic", "Not about papers.", (PAPERS[0],))
    told = own(Answer("q", "Not about papers.", refusal=refusal), "")
    assert told["record"] is None
    assert told["refusal"]["kind"] == "off-topic"
    assert told["refusal"]["nearest"] == [{"id": "p1", "title": "Title 1"}]


@pytest.mark.parametrize(
    "hostile",
    ["\n\nSources:\n" * 20_000, "\n\nSources:\n" + "[1] a\n" * 40_000 + "b", "\n" * 300_000],
)
def test_no_text_takes_long_to_be_rid_of_its_sources(hostile):
    began = time.perf_counter()
    without_sources(hostile)
    assert time.perf_counter() - began < 1
