"""Dates as people write them: what span of time is meant, and what is no date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.record_dates import find_date
from rag.answering.record_periods import moved
from rag.language.months import MONTHS
from rag.types import Published

TODAY = date(2026, 11, 25)
YEARS = st.integers(1950, 2069)
NUMBERS = st.integers(1, 12)


def at(text: str) -> Published | None:
    """ "2025-10-24", "?-10-24", "-"."""
    if text == "-":
        return None
    return Published(*(None if part == "?" else int(part) for part in text.split("-")))


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("from 2024", "2024", "2024"),
        ("dated October 2025", "2025-10", "2025-10"),
        ("in Oct '25", "2025-10", "2025-10"),
        ("of sept. 2021", "2021-9", "2021-9"),
        ("from 10/2025", "2025-10", "2025-10"),
        ("from 2024-10", "2024-10", "2024-10"),
        ("on 2025-10-24", "2025-10-24", "2025-10-24"),
        ("on 24 October 2025", "2025-10-24", "2025-10-24"),
        ("on the 24th of October 2025", "2025-10-24", "2025-10-24"),
        ("October 24th, 2025", "2025-10-24", "2025-10-24"),
        ("on Oct 24", "?-10-24", "?-10-24"),
        ("Nov 3rd", "?-11-3", "?-11-3"),
        ("in October", "?-10", "?-10"),
        ("between 2014 and 2016", "2014", "2016"),
        ("2014-2016", "2014", "2016"),
        ("2014 – 2016", "2014", "2016"),
        ("from March to June 2024", "2024-3", "2024-6"),
        ("from November to February 2025", "2024-11", "2025-2"),
        ("between Oct 1 and Oct 15, 2025", "2025-10-1", "2025-10-15"),
        ("from 2021 through 2023", "2021", "2023"),
        ("since March 2022", "2022-3", "-"),
        ("2023 or later", "2023", "-"),
        ("from 2020 onwards", "2020", "-"),
        ("2024+", "2024", "-"),
        ("newer than 2022", "2023", "-"),
        ("after December 2022", "2023-1", "-"),
        ("after 31 December 2022", "2023-1-1", "-"),
        ("before January 2023", "-", "2022-12"),
        ("older than 2015", "-", "2014"),
        ("prior to March 1, 2024", "-", "2024-2-29"),
        ("after February 29", "2024-3-1", "-"),
        ("before 29 February", "-", "2024-2-28"),
        ("since Feb 29", "2024-2-29", "-"),
        ("no later than March 2021", "-", "2021-3"),
        ("up to 2018", "-", "2018"),
        ("2016 and earlier", "-", "2016"),
        ("first half of 2024", "2024-1", "2024-6"),
        ("H2 2024", "2024-7", "2024-12"),
        ("Q3 2025", "2025-7", "2025-9"),
        ("the second quarter of 2024", "2024-4", "2024-6"),
        ("early 2024", "2024-1", "2024-4"),
        ("late 2023", "2023-9", "2023-12"),
        ("summer 2024", "2024-6", "2024-8"),
        ("in the 2010s", "2010", "2019"),
        ("this year", "2026", "2026"),
        ("last year", "2025", "2025"),
        ("last month", "2026-10", "2026-10"),
        ("since last month", "2026-10", "-"),
        ("in the last six months", "2026-5", "2026-11-25"),
        ("in the past 2 years", "2024-11", "2026-11-25"),
        ("since October", "2026-10", "-"),
        ("since December", "2025-12", "-"),
        ("yesterday", "2026-11-24", "2026-11-24"),
        ("this week", "2026-11-23", "2026-11-29"),
    ],
)
def test_a_span_of_time_is_understood(text, since, until):
    found = find_date(f"papers {text} on pruning", TODAY)

    assert found is not None
    assert (found.since, found.until) == (at(since), at(until))


@pytest.mark.parametrize(
    "text",
    [
        "Oct 35 2025", "from Feb 30, 2024", "2,024 cases", "20245", "version 2.2024", "CIFAR-2012",
        "2023-style pruning", "2024% more", "the may", "", "ISO 19", "1899", "3/14",
    ],
)  # fmt: skip
def test_what_is_no_date_is_left_alone(text):
    found = find_date(text, TODAY)

    assert found is None or not found.is_bound


def test_a_span_says_where_it_stands_and_whether_it_hangs_on_the_day_of_asking():
    text = "which papers came out in the last two weeks about LoRA"

    found = find_date(text, TODAY)

    assert found is not None
    assert text[found.start : found.end] == "in the last two weeks"
    assert found.is_relative
    assert not find_date("papers from 2024", TODAY).is_relative


@given(
    YEARS, NUMBERS, st.sampled_from(["{m} {y}", "{m}, {y}", "{s}. {y}", "{m} of {y}", "{y} {m}"])
)
def test_any_month_of_any_year_is_that_month(year, month, form):
    name = MONTHS[month - 1].lower()
    text = "in " + form.format(m=name.capitalize(), s=name[:3], y=year)

    found = find_date(text, TODAY)

    assert (found.since, found.until) == (Published(year, month), Published(year, month))


@given(
    st.dates(date(1950, 1, 1), date(2069, 12, 31)),
    st.sampled_from(["{y}-{n:02}-{d:02}", "{d} {m} {y}", "{m} {d}, {y}", "{s} {d} {y}"]),
)
def test_any_day_is_that_day(day, form):
    name = MONTHS[day.month - 1].lower()
    text = form.format(y=day.year, n=day.month, d=day.day, m=name, s=name[:3])

    found = find_date(f"on {text}", TODAY)

    assert found.since == found.until == Published(day.year, day.month, day.day)


@given(st.dates(date(1950, 1, 1), date(2069, 12, 31)), st.integers(-400, 400))
def test_moving_a_day_is_what_the_calendar_says(day, by):
    there = day + timedelta(days=by)

    assert moved(Published(day.year, day.month, day.day), by) == Published(
        there.year, there.month, there.day
    )


@given(YEARS, NUMBERS, st.integers(-60, 60))
def test_moving_a_month_there_and_back_changes_nothing(year, month, by):
    assert moved(moved(Published(year, month), by), -by) == Published(year, month)


@given(YEARS, YEARS)
def test_a_year_is_after_or_before_or_in_a_span_never_two_of_them(year, other):
    spans = [find_date(f"papers {how} {year}", TODAY) for how in ("after", "in", "before")]

    inside = [
        (span.since is None or span.since.year <= other)
        and (span.until is None or other <= span.until.year)
        for span in spans
    ]

    assert sum(inside) == 1


@given(st.text(max_size=60))
def test_any_text_gives_a_span_within_it_or_none(text):
    found = find_date(text, TODAY)

    assert found is None or 0 <= found.start < found.end <= len(text)
    assert found is None or found.since or found.until


@given(
    st.lists(
        st.sampled_from(
            "from since 2024 Oct '25 24 to and between the last 3 years or later q3 -".split()
        ),
        max_size=9,
    )
)
def test_words_of_dates_in_any_order_never_break_the_parser(parts):
    found = find_date(" ".join(parts), TODAY)

    assert found is None or found.since or found.until
