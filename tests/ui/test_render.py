"""Answers, papers and dates as text and JSON, and answers as they arrive."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from rag.loaders.dates import parse_date
from rag.types import (
    Answer,
    Citation,
    Completed,
    Delta,
    Dropped,
    Event,
    Hit,
    Paper,
    Passage,
    Published,
    Refusal,
    Retrieved,
    Span,
    Timing,
    Usage,
    Verdict,
)
from ui import render
from ui.answer_view import print_answer, until_shown

ABSTRACT = "Bees leave the hive. A camera counts them. It misses 2\\% of the bees."
FIRST, SECOND, THIRD = Span(0, 20), Span(21, 42), Span(43, 69)
BEES = Paper(
    id="counting-bees",
    title="Counting Bees",
    abstract=ABSTRACT,
    authors=("A. Apis", "B. Bombus"),
    published=Published(2025, 5),
    url="https://example.org/bees",
)
MAPS = Paper(id="old-maps", title="Old Maps", abstract="Maps are old.")


def answer(*citations: Citation, text: str = "Text. [1]") -> Answer:
    return Answer("How many?", text, citations)


@pytest.mark.parametrize(
    ("published", "shown", "iso"),
    [
        pytest.param(None, "", None, id="unknown"),
        pytest.param(Published(), "", None, id="nothing-known"),
        pytest.param(Published(2025, 10, 24), "Oct 24, 2025", "2025-10-24", id="whole"),
        pytest.param(Published(2024, 5), "May 2024", "2024-05", id="no-day"),
        pytest.param(Published(2024), "2024", "2024", id="year-alone"),
        pytest.param(Published(None, 10, 24), "Oct 24", "Oct 24", id="no-year"),
        pytest.param(Published(None, 10), "Oct", "Oct", id="month-alone"),
        pytest.param(Published(2024, None, 7), "2024", "2024", id="day-without-month"),
    ],
)
def test_a_date_shows_the_parts_that_are_known(
    published: Published | None, shown: str, iso: str | None
) -> None:
    assert render.date(published) == shown
    assert render.iso_date(published) == iso


@given(st.dates())
def test_a_date_is_read_again_as_it_was_written(day: object) -> None:
    import datetime

    assert isinstance(day, datetime.date)
    if day.year >= 1000:
        published = Published(day.year, day.month, day.day)
        assert parse_date(render.iso_date(published)) == published
        assert parse_date(render.date(published)) == published


def test_a_paper_is_referred_to_once_with_all_its_sentences_in_order() -> None:
    cited = answer(
        Citation(1, BEES, THIRD), Citation(2, MAPS, Span(0, 4)), Citation(1, BEES, FIRST)
    )

    assert render.references(cited) == [
        render.Reference(1, BEES, (FIRST, THIRD)),
        render.Reference(2, MAPS, (Span(0, 4),)),
    ]


def test_what_a_record_says_is_cited_without_a_sentence() -> None:
    cited = answer(Citation(1, BEES, None))

    assert render.references(cited) == [render.Reference(1, BEES, ())]
    shown = render.citation_json(cited.citations[0])
    assert (shown["start"], shown["end"], shown["sentence"]) == (None, None, "")
    assert render.byline(BEES) == "A. Apis, B. Bombus · May 2025"


def test_an_abstract_is_cut_where_supporting_sentences_begin_and_end() -> None:
    assert render.segments(ABSTRACT, [THIRD, FIRST]) == [
        render.Segment("Bees leave the hive.", supports=True),
        render.Segment("A camera counts them.", supports=False),
        render.Segment("It misses 2% of the bees.", supports=True),
    ]


@given(
    st.text(alphabet="ab .", max_size=40),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=4),
)
def test_segments_hold_every_word_once_whatever_the_spans(
    abstract: str, bounds: list[tuple[int, int]]
) -> None:
    spans = [Span(min(pair), max(pair)) for pair in bounds]

    shown = "".join(segment.text for segment in render.segments(abstract, spans))

    assert shown.replace(" ", "") == abstract.replace(" ", "")


def test_the_answer_as_text_ends_with_its_references() -> None:
    cited = answer(
        Citation(1, BEES, SECOND), Citation(2, MAPS, Span(0, 4)), text="Two. [1] So. [2]"
    )

    assert render.answer_text(cited) == (
        "Two. [1] So. [2]\n\nReferences\n"
        "[1] Counting Bees, 2025. https://example.org/bees\n"
        "[2] Old Maps"
    )


def test_a_refusal_as_text_gives_its_reason_and_the_nearest_papers() -> None:
    refused = Answer("?", "No.", refusal=Refusal("not-on-shelf", "Nothing fits.", (BEES,)))

    assert render.answer_text(refused) == (
        "Nothing fits.\n\nNearest papers\n- Counting Bees, 2025 (counting-bees)"
    )


def test_the_answer_as_json_says_where_each_marker_points() -> None:
    hit = Hit(BEES, Passage("counting-bees#0", BEES.id, ABSTRACT, Span(0, 69)), 0.81234567)
    whole = Answer(
        question="How many?",
        text="A camera counts them. [1]",
        citations=(Citation(1, BEES, SECOND),),
        retrieved=(hit,),
        timings=(Timing("retrieve", 0.5), Timing("read", 0.25), Timing("retrieve", 0.25)),
        usage=Usage(10, 5, 0.01),
    )

    assert json.loads(json.dumps(render.answer_json(whole))) == {
        "question": "How many?",
        "answer": "A camera counts them. [1]",
        "refused": False,
        "reason": None,
        "nearest": [],
        "citations": [
            {
                "marker": 1,
                "paper_id": "counting-bees",
                "title": "Counting Bees",
                "url": "https://example.org/bees",
                "start": 21,
                "end": 42,
                "sentence": "A camera counts them.",
                "verdict": "supported",
                "reasons": ["These are the abstract's own words."],
                "probability": 1.0,
            }
        ],
        "retrieved": [{"paper_id": "counting-bees", "title": "Counting Bees", "score": 0.8123}],
        "timings": {"retrieve": 0.75, "read": 0.25},
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "cost": 0.01, "estimated": False},
        "model": None,
        "failure": None,
        "dropped": [],
    }


def test_a_refusal_as_json_says_why_and_names_the_nearest() -> None:
    refused = Answer("?", "No.", refusal=Refusal("off-topic", "Not about papers.", (MAPS,)))

    shown = render.answer_json(refused)

    assert (shown["refused"], shown["reason"]) == (True, "Not about papers.")
    assert shown["nearest"] == [{"paper_id": "old-maps", "title": "Old Maps", "url": None}]


def test_a_line_of_a_batch_names_each_cited_paper_once() -> None:
    cited = answer(
        Citation(1, BEES, FIRST), Citation(1, BEES, SECOND), Citation(2, MAPS, Span(0, 4))
    )

    assert render.batch_json("A1", cited, 0.123456) == {
        "id": "A1",
        "answer": "Text. [1]",
        "refused": False,
        "reason": None,
        "citations": ["Counting Bees", "Old Maps"],
        "retrieved": [],
        "seconds": 0.1235,
    }


@pytest.mark.parametrize(
    ("names", "count", "most", "shown"),
    [
        pytest.param((), None, None, "", id="unknown"),
        pytest.param((), 1, None, "1 author", id="one-unnamed"),
        pytest.param((), 12, 3, "12 authors", id="unnamed"),
        pytest.param(("A", "B"), 2, None, "A, B", id="all-named"),
        pytest.param(("A", "B", "C"), None, 2, "A, B and 1 more", id="shortened"),
        pytest.param(("A", "B"), 9, None, "A, B and 7 more", id="some-unnamed"),
    ],
)
def test_authors_are_named_and_counted_as_far_as_known(
    names: tuple[str, ...], count: int | None, most: int | None, shown: str
) -> None:
    paper = Paper("p", "T", "A", authors=names, author_count=count)

    assert render.authors(paper, most=most) == shown


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        pytest.param("", "one two three four five…", id="nothing-asked"),
        pytest.param("twelve", "…nine ten eleven twelve.", id="at-the-end"),
        pytest.param("six seven", "…four five six seven…", id="in-the-middle"),
    ],
)
def test_an_excerpt_stands_around_what_was_asked(asked: str, part: str) -> None:
    text = "one two three four five six seven eight nine ten eleven twelve."

    shown = render.excerpt(text, render.words_asked(asked), longest=25)

    assert len(shown) <= 25
    assert set(asked.split()) <= set(shown.replace("…", "").replace(".", "").split())
    assert shown.startswith("…") == part.startswith("…")
    assert shown.endswith("…") == part.endswith("…")


@given(st.text(max_size=200), st.text(max_size=30), st.integers(20, 60))
def test_an_excerpt_is_never_longer_than_it_may_be(text: str, asked: str, longest: int) -> None:
    assert len(render.excerpt(text, render.words_asked(asked), longest=longest)) <= longest


def test_a_paper_as_json_leaves_nothing_out() -> None:
    shown = render.paper_json(BEES)

    assert set(shown) == set(Paper.__dataclass_fields__)
    assert shown["published"] == "2025-05"


WEAK = Verdict("weak", ("The figure stands elsewhere.",), FIRST, 0.55)
WRITTEN = Answer(
    question="How many?",
    text="A camera counts. [1] It is cheap. [1]",
    citations=(Citation(1, BEES, SECOND), Citation(1, BEES, FIRST, WEAK)),
    usage=Usage(1234, 56, 0.00125, is_estimated=True),
    model="small-model",
    failure="The language model broke off.",
    dropped=(
        Dropped("Bees cost 40 dollars.", ("40 stands nowhere in the source.",)),
        Dropped("Bees sing.", ("Nothing says so.",)),
    ),
)


def test_the_answer_as_json_says_who_wrote_it_and_what_was_dropped() -> None:
    shown = json.loads(json.dumps(render.answer_json(WRITTEN)))

    assert shown["model"] == "small-model"
    assert shown["failure"] == "The language model broke off."
    assert shown["usage"]["estimated"] is True
    assert shown["dropped"][1] == {"sentence": "Bees sing.", "reasons": ["Nothing says so."]}
    weak = shown["citations"][1]
    assert (weak["verdict"], weak["probability"]) == ("weak", 0.55)
    assert weak["reasons"] == ["The figure stands elsewhere."]


@pytest.mark.parametrize(
    ("dropped", "said"),
    [
        (0, ""),
        (1, "1 sentence was left out: no source supports it."),
        (2, "2 sentences were left out: no source supports them."),
    ],
)
def test_what_was_left_out_is_counted(dropped: int, said: str) -> None:
    assert render.left_out(Answer("?", "", dropped=WRITTEN.dropped[:dropped])) == said


def test_who_wrote_an_answer_is_told_as_far_as_it_is_known() -> None:
    known = Answer("?", "", usage=Usage(1, 2, 0.5), model="m")

    assert render.written_by(known, first=0.44, total=1.0) == (
        "m · 1 + 2 tokens · $0.5000 · first sentence after 0.4 s · 1.0 s in all"
    )
    assert render.written_by(Answer("?", "", model="m"), first=None, total=2.0) == (
        "m · 0 + 0 tokens · 2.0 s in all"
    )
    cheap = Answer("?", "", model="m", usage=Usage(1, 2, 0.00002))
    assert "· under $0.0001 ·" in render.written_by(cheap, first=None, total=1.0)
    assert render.written_by(Answer("?", ""), first=0.1, total=0.2) == ""


async def arriving(*events: Event) -> AsyncIterator[Event]:
    for event in events:
        yield event


async def printed(events: AsyncIterator[Event], *, evidence: bool = False) -> str:
    file = StringIO()
    console = Console(file=file, width=60, highlight=False, markup=False)
    await print_answer(console, events, evidence=evidence)
    return re.sub(r"\d+\.\d s", "N s", file.getvalue())


async def test_a_written_answer_ends_with_who_wrote_it() -> None:
    pieces = Delta("A camera counts. [1]"), Delta(" It is cheap. [1]")

    assert await printed(arriving(Retrieved(()), *pieces, Completed(WRITTEN))) == (
        "A camera counts. [1] It is cheap. [1]\n\n"
        "[1] Counting Bees, 2025\n    https://example.org/bees\n\n"
        "small-model · about 1,234 + 56 tokens · $0.0013 · first sentence after N s · "
        "N s in all\n"
    )


async def test_the_evidence_marks_what_is_weak_and_says_why_each_sentence_fell() -> None:
    shown = await printed(arriving(Delta("x [1]"), Completed(WRITTEN)), evidence=True)

    assert "**A camera counts them.**" in shown
    assert "    weak: The figure stands elsewhere.\n" in shown
    assert "- Bees cost 40 dollars.\n  40 stands nowhere in the source.\n- Bees sing.\n" in shown


async def test_an_extractive_answer_ends_with_its_references() -> None:
    shown = await printed(arriving(Delta("Text. [1]"), Completed(answer(Citation(1, MAPS, None)))))

    assert shown == "Text. [1]\n\n[1] Old Maps\n"


async def test_a_sentence_is_shown_before_the_next_one_is_written() -> None:
    file, is_shown = StringIO(), asyncio.Event()

    async def slow() -> AsyncIterator[Event]:
        yield Retrieved(())
        yield Delta("First sentence. [1]")
        await asyncio.wait_for(is_shown.wait(), 20)
        yield Delta(" Second.")
        yield Completed(answer(Citation(1, MAPS, None)))

    console = Console(file=file, width=60, highlight=False, markup=False)
    printing = asyncio.create_task(print_answer(console, slow(), evidence=False))
    while "First sentence. [1]" not in file.getvalue():
        assert not printing.done()
        await asyncio.sleep(0.005)
    is_shown.set()
    await printing

    assert file.getvalue().startswith("First sentence. [1] Second.\n")


REFUSED = Completed(Answer("?", "No.", refusal=Refusal("not-on-shelf", "No.", (MAPS,))))


async def test_a_refusal_is_printed_once() -> None:
    shown = await printed(arriving(Retrieved(()), Delta("No."), REFUSED))

    assert shown == "No answer. No.\n\nNearest on the shelf\n- Old Maps\n  old-maps\n"


async def test_a_refusal_that_comes_late_is_printed_once_as_well() -> None:
    async def late() -> AsyncIterator[Event]:
        yield Delta("No.")
        await asyncio.sleep(0.2)
        yield REFUSED

    assert await printed(late()) == "No.\n\nNearest on the shelf\n- Old Maps\n  old-maps\n"


async def test_stopping_an_answer_ends_what_makes_it() -> None:
    is_closed, has_begun = asyncio.Event(), asyncio.Event()

    async def endless() -> AsyncIterator[Event]:
        try:
            while True:
                yield Delta("more ")
                has_begun.set()
                await asyncio.sleep(0.001)
        finally:
            is_closed.set()

    printing = asyncio.create_task(printed(until_shown(endless(), lambda: None)))
    await has_begun.wait()
    printing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await printing
    assert is_closed.is_set()
