"""Events over the wire: each comes back as it was, and what is none of ours is told so."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.types import (
    Answer,
    Citation,
    Completed,
    Delta,
    Dropped,
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
from ui.server.asking import Recorded
from ui.server.wire import (
    Failure,
    Reader,
    WireError,
    answer_fields,
    as_answer,
    as_hit,
    decode,
    encode,
    framed,
    hit_fields,
)

TIDES = Paper(
    "a1/ü 2",
    "TideNet",
    "Floods are hard. TideNet sees them\u2028 36 hours ahead.",
    authors=("Mara Lindqvist",),
    published=Published(2025, 10),
    identifiers=(("arxiv", "2510.12345"),),
    sources=("page.txt",),
)
SAYS = Citation(1, TIDES, Span(0, 16), Verdict("weak", ("No number.",), Span(0, 3), 0.25))
HIT = Hit(TIDES, Passage("a1:0", TIDES.id, TIDES.abstract, Span(0, 5)), 0.75)
ANSWER = Answer(
    "Why?",
    "Floods are hard. [1]",
    (SAYS, Citation(1, TIDES, None)),
    Refusal("off-topic", "It is not about papers.", (TIDES,)),
    (HIT,),
    (Timing("retrieve", 0.01),),
    Usage(10, 2, 0.001, is_estimated=True),
    "a-model",
    "It broke off.",
    (Dropped("It flies.", ("Nobody says so.",)),),
)
CITED = st.builds(Citation, st.integers(1, 99), st.just(TIDES), st.none())
ALL = (
    Retrieved((HIT,)),
    Delta("Floods\r\n are\u0085 hard. [1]", (SAYS,)),
    Completed(ANSWER),
    Recorded("f00", 1.5),
    Failure("It broke.", "upstream_error", status=502),
)


@pytest.mark.parametrize("message", ALL, ids=lambda one: type(one).__name__)
def test_an_event_comes_back_as_it_was(message):
    assert decode(*encode(message)) == message


@given(
    st.builds(
        Delta,
        st.text(st.characters(exclude_categories=["Cs"])),
        st.lists(
            st.builds(Citation, st.integers(1, 99), st.just(TIDES), st.none()), max_size=3
        ).map(tuple),
    )
)
def test_whatever_is_said_stands_on_one_line_and_comes_back(delta):
    name, data = encode(delta)

    assert data.isascii()
    assert len(data.splitlines()) == 1
    assert decode(name, data) == delta


def test_a_citation_tells_its_sentence():
    _, data = encode(Delta("x", (SAYS,)))
    _, whole = encode(Completed(ANSWER))

    assert json.loads(data)["citations"][0]["sentence"] == "Floods are hard."
    assert [one["sentence"] for one in json.loads(whole)["answer"]["citations"]] == [
        "Floods are hard.",
        "",
    ]


def test_an_answer_and_a_hit_alone_come_back_too():
    assert as_answer(answer_fields(ANSWER)) == ANSWER
    assert as_hit(json.loads(json.dumps(hit_fields(HIT)))) == HIT
    with pytest.raises(WireError, match="does not understand"):
        as_hit({"paper": "none"})


def test_what_a_later_version_adds_is_ignored():
    name, data = encode(Recorded("f00", 1.5))

    assert decode(name, json.dumps({**json.loads(data), "colour": "blue"})) == Recorded("f00", 1.5)


@given(
    st.sampled_from(["retrieved", "delta", "completed", "recorded", "error", "ping", ""]),
    st.one_of(st.text(), st.sampled_from(["{}", "[]", "null", "1", '{"error": 1}', '{"text": 1}'])),
)
def test_what_is_no_event_of_ours_is_said_to_be_none(name, data):
    with pytest.raises(WireError, match="same version"):
        decode(name, data)


def test_events_are_read_from_lines_and_comments_between_them_are_not():
    stream = b": ping\n\n" + b"".join(map(framed, ALL)) + b"event: delta\ndata: {"
    reader = Reader()

    found = [one for line in stream.decode().split("\n") for one in reader.line(line)]

    assert [decode(*one) for one in found] == list(ALL)
