"""Filters in an address: read, shown, written again."""

from dataclasses import fields, replace
from urllib.parse import parse_qsl

import httpx
import pytest
from acting import DOUGH, TIDES, Acting, Papers, refused, served
from hypothesis import given
from hypothesis import strategies as st

from rag.types import Published, Range, Scope
from ui.scope_in_words import parts, within
from ui.server.exchange import Exchange
from ui.server.scoping import FilterError, address, scope_of
from ui.server.services import Services
from ui.web.chat import begin
from ui.web.messages import messages
from ui.web.steps import steps

ALL = {
    "since": "2025-10",
    "until": "2025-11-02",
    "organization": " Harbour  Institute ",
    "source": "page-1.txt",
    "only": "tides, dough,tides",
}
WHOLE = Scope(
    ("tides", "dough"),
    Published(2025, 10),
    Published(2025, 11, 2),
    "Harbour Institute",
    "page-1.txt",
)


def test_an_address_names_hard_filters():
    assert scope_of(ALL) == WHOLE


@pytest.mark.parametrize("asked", [{}, {"c": "abc", "ask": "Why?"}, dict.fromkeys(ALL, " ")])
def test_an_address_without_filters_bars_nothing(asked):
    assert scope_of(asked) == Scope()


@pytest.mark.parametrize("text", ["banana", "13-2025", "2025-13", "Oct", "2025-10-99", "9" * 99])
def test_what_is_no_date_is_refused_rather_than_left_out(text):
    with pytest.raises(FilterError, match="is no date"):
        scope_of({"since": text})


@pytest.mark.parametrize(
    ("since", "until"), [("2025-10", "2025-09"), ("2025", "2024"), ("2025-02", "2025-01-31")]
)
def test_an_end_before_the_beginning_is_a_sentence(since, until):
    with pytest.raises(FilterError, match="ends before it begins"):
        scope_of({"since": since, "until": until})


@pytest.mark.parametrize(("since", "until"), [("2025-10", "2025"), ("2025-10-24", "2025-10")])
def test_an_end_that_lacks_parts_reaches_to_its_last_day(since, until):
    assert scope_of({"since": since, "until": until}).until is not None


def test_more_papers_than_can_be_chosen_is_a_sentence():
    with pytest.raises(FilterError, match="100 papers at most"):
        scope_of({"only": ",".join(map(str, range(101)))})


def test_what_an_answer_was_confined_to_is_one_line():
    assert within(Scope()) == ""
    year = Scope(since=Published(2025), until=Published(2025), organization="Qualcomm")
    assert within(year) == "within: 2025, Qualcomm"
    assert within(WHOLE) == (
        "within: since Oct 2025, until Nov 2, 2025, Harbour Institute, page-1.txt, 2 chosen papers"
    )
    assert [name for name, _ in parts(WHOLE)] == list(ALL)


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (
            Scope(authors=("Mara", "Joao"), upvotes=Range(1000)),
            "by Mara, by Joao, at least 1,000 upvotes",
        ),
        (Scope(author_count=Range(None, 1), dating="none"), "without a date, at most 1 author"),
        (Scope(author_count=Range(2, 5)), "2 to 5 authors"),
        (Scope(author_count=Range(3, 3), upvotes=Range(0, 1)), "3 authors, 0 to 1 upvote"),
    ],
)
def test_no_filter_is_left_unsaid(scope, words):
    assert within(scope) == f"within: {words}"


@pytest.mark.parametrize("name", [field.name for field in fields(Scope)])
def test_every_filter_that_there_is_has_words(name):
    given = {
        "paper_ids": ("a",), "authors": ("a",), "dating": "possible", "author_count": Range(1),
        "upvotes": Range(1), "since": Published(2025), "until": Published(2025),
    }  # fmt: skip

    assert len(list(parts(Scope(**{name: given.get(name, "a")})))) == 1


@given(
    st.builds(
        Scope,
        paper_ids=st.lists(st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True), unique=True).map(
            tuple
        ),
        since=st.none() | st.builds(Published, st.integers(1990, 2010), st.integers(1, 12)),
        until=st.none() | st.builds(Published, st.integers(2011, 2030)),
        organization=st.none() | st.from_regex(r"\S{1,20}( \S{1,20})?", fullmatch=True),
    )
)
def test_an_address_that_is_written_is_read_again(scope):
    assert scope_of(dict(parse_qsl(address(scope)))) == scope


def test_a_question_is_asked_within_the_filters_of_its_page():
    (asked,) = begin("What is TideNet?", (), {"organization": "Harbour"})

    assert asked.scope == Scope(organization="Harbour")
    assert not asked.is_over


def test_a_filter_that_cannot_be_ends_the_question_with_a_sentence():
    (asked,) = begin("What is TideNet?", (), {"since": "banana"})

    assert asked.state == "failed"
    assert "“banana” is no date" in asked.notice


def test_a_refusal_within_filters_says_that_they_left_papers_out():
    exchange = Exchange("?", "done", answer=refused("?"))
    within = replace(exchange, scope=Scope(organization="Harbour"))

    assert "outside the filters" in messages((within,))[-1]["content"]
    assert "outside the filters" not in messages((exchange,))[-1]["content"]


def test_the_line_under_a_question_tells_of_its_filters():
    exchange = Exchange("?", "failed", scope=Scope(organization="<b>Harbour"), notice="No.")

    assert steps(exchange) == '<div class="steps">within: &lt;b&gt;Harbour</div>'
    assert steps(Exchange("?", "failed", notice="No.")) == ""


@pytest.fixture(scope="module")
def where():
    with served(Services(Acting(), Papers(TIDES, DOUGH))) as at:
        yield at


def test_the_page_is_told_what_its_filters_mean(where):
    said = httpx.get(f"{where}/scope?only=tides&since=2025-10").json()

    assert said["chips"] == [
        {"name": "since", "text": "since Oct 2025"},
        {"name": "only", "text": f"only “{TIDES.title}”"},
    ]
    assert said["papers"] == "1 paper to ask"


def test_a_filter_that_cannot_be_is_told_before_anybody_asks(where):
    said = httpx.get(f"{where}/scope?until=banana").json()

    assert said["chips"] == []
    assert "“banana” is no date" in said["problem"]


def test_choices_name_files_and_never_where_they_lie(where):
    assert httpx.get(f"{where}/scope/choices").json()["sources"] == ["page-1.txt"]
