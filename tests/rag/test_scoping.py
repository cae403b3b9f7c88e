"""What a scope lets through: partial dates, authors, counts, upvotes; and in which order."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from catalogued import shelve
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.store.catalogue import Catalogue
from rag.store.database import Database
from rag.store.payload import dump_details
from rag.store.schema import MIGRATIONS
from rag.store.scoping import condition, select
from rag.types import Paper, Published, Range, Record, Scope

DATES = {
    "full": Published(2025, 10, 24),
    "month": Published(2025, 10),
    "year": Published(2025),
    "older": Published(2024, 3, 1),
    "october": Published(None, 10, 8),
    "april": Published(None, 4, 21),
    "never": None,
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    opened = Catalogue(tmp_path_factory.mktemp("scoping") / "catalogue.sqlite")
    base = Record("", "It says a thing.")
    shelve(opened, "dates.jsonl", [replace(base, title=n, published=d) for n, d in DATES.items()])
    shelve(
        opened,
        "people.jsonl",
        [
            replace(base, title="pair", authors=("Geoffrey E. Hinton", "Jimmy Lei Ba"), upvotes=3),
            replace(base, title="comma", authors=("Kaiser, Łukasz",), upvotes=0),
            replace(base, title="counted", author_count=9),
            replace(base, title="müller", authors=("Ana Müller", "K. Grün", "O. Wu")),
        ],
    )
    yield opened
    opened.close()


def found(catalogue, **scope):
    scope = {
        name: tuple(value) if isinstance(value, list) else value for name, value in scope.items()
    }
    return {paper.title for paper in catalogue.find(Scope(**scope))}


@pytest.mark.parametrize(
    ("since", "until", "sure", "possible"),
    [
        ((2025, 10), (2025, 10), "full month", "year october"),
        ((2025, 10, 24), (2025, 10, 24), "full", "month year"),
        ((2025,), (2025,), "full month year", "october april"),
        ((2025,), None, "full month year", "october april"),
        (None, (2024,), "older", "october april"),
        ((2024, 11), (2025, 5), "", "year april"),
        ((2026, 4), (2026, 4), "", "april"),
        ((None, 10), (None, 10), "full month october", "year"),
        ((None, 10, 8), (None, 10, 8), "october", "month year"),
    ],
)
def test_a_date_that_lacks_the_deciding_part_is_possible_and_never_sure(
    catalogue, since, until, sure, possible
):
    bounds = {"since": since and Published(*since), "until": until and Published(*until)}

    assert found(catalogue, source="dates", **bounds) == set(sure.split())
    assert found(catalogue, source="dates", dating="possible", **bounds) == set(possible.split())


def test_papers_without_a_date_or_a_year_can_be_asked_for(catalogue):
    assert found(catalogue, source="dates", dating="none") == {"never"}
    assert found(catalogue, source="dates", dating="no-year") == {"october", "april"}


PARTS = st.builds(
    Published,
    st.none() | st.integers(2023, 2026),
    st.integers(1, 12),
    st.none() | st.integers(1, 28),
) | st.builds(Published, st.integers(2023, 2026))


@settings(max_examples=60, deadline=None)
@given(since=PARTS | st.none(), until=PARTS | st.none())
def test_no_paper_is_both_sure_and_possible_and_none_without_a_date_is_either(
    catalogue, since, until
):
    sure = found(catalogue, source="dates", since=since, until=until)
    possible = found(catalogue, source="dates", since=since, until=until, dating="possible")

    assert not sure & possible
    assert "never" not in possible
    assert "full" not in possible or not (since and until and since.year and until.year)


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("Hinton", "pair"), ("hinton", "pair"), ("G. Hinton", "pair"), ("Hinton, Geoffrey", "pair"),
        ("Geoffrey Hinton", "pair"), ("Hint", ""), ("G.", ""), ("John Hinton", ""), ("", ""),
        ("Lukasz Kaiser", "comma"), ("Łukasz Kaiser", "comma"), ("Muller", "müller"),
        ("Karl Grün", "müller"), ("Karl Wu", ""), ("'", ""), ("%", ""),
    ],
)  # fmt: skip
def test_an_author_is_found_by_each_way_of_writing_the_name(catalogue, name, titles):
    assert found(catalogue, authors=[name]) == set(titles.split())


def test_all_authors_asked_for_must_have_written_a_paper(catalogue):
    assert found(catalogue, authors=["Hinton", "Ba"]) == {"pair"}
    assert found(catalogue, authors=["Hinton", "Kaiser"]) == set()


def test_a_paper_is_found_by_the_authors_that_it_has_now(tmp_path):
    paper = Record("A title", "It says a thing.", authors=("Ana Müller",))
    with closing(Catalogue(tmp_path / "catalogue.sqlite")) as catalogue:
        shelve(catalogue, "a.jsonl", [paper])
        shelve(catalogue, "a.jsonl", [replace(paper, authors=("Olga Wu",))])
        assert found(catalogue, authors=["Olga Wu"]) == {"A title"}
        assert found(catalogue, authors=["Ana Müller"]) == set()

        catalogue.begin_removal([catalogue.find()[0].id])
        shelve(catalogue, "b.jsonl", [replace(paper, authors=("Jo Kim",))])
        assert found(catalogue, authors=["Jo Kim"]) == {"A title"}
        assert found(catalogue, authors=["Olga Wu"]) == set()


def test_papers_of_an_older_shelf_are_found_by_author(tmp_path):
    path = tmp_path / "catalogue.sqlite"
    papers = [
        Paper("a", "Ours", "Text.", authors=("Ana Müller", "A. Müller")),
        Paper("b", "Theirs", "Text."),
    ]
    with closing(Database(path, MIGRATIONS[:1])) as old, old.writing() as db:
        db.executemany(
            "INSERT INTO papers (id, state, title, details) VALUES (?, 'ready', ?, ?)",
            [(paper.id, paper.title, dump_details(paper)) for paper in papers],
        )
        db.execute("INSERT INTO papers (id, state) VALUES ('c', 'removing')")

    for _ in range(2):
        with closing(Catalogue(path)) as catalogue:
            assert found(catalogue, authors=["Muller"]) == {"Ours"}
            assert found(catalogue, authors=["Wu"]) == set()


def plan(path, scope, sort):
    """How SQLite goes about a search; a step without an index reads every paper."""
    Catalogue(path).close()
    with closing(sqlite3.connect(path)) as db:
        wanted = condition(db, scope)
        query = f"EXPLAIN QUERY PLAN {select('title', wanted, sort)}"
        return [row[3] for row in db.execute(query, (*wanted.values, 1, 0))]


def test_not_every_paper_is_asked_for_its_authors(tmp_path):
    steps = plan(tmp_path / "catalogue.sqlite", Scope(authors=("Hinton",)), "published")

    assert not [step for step in steps if step.startswith("SCAN papers")]


@pytest.mark.parametrize(
    "sort", ["oldest", "authors", "fewest-authors", "upvotes", "fewest-upvotes"]
)
def test_the_first_of_an_order_are_found_without_reading_all_papers(tmp_path, sort):
    steps = plan(tmp_path / "catalogue.sqlite", Scope(), sort)

    assert "SCAN papers" not in steps
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps


def test_counts_and_upvotes_bound_papers_that_have_them(catalogue):
    assert found(catalogue, source="people", author_count=Range(2)) == {"pair", "counted", "müller"}
    assert found(catalogue, source="people", author_count=Range(None, 1)) == {"comma"}
    assert found(catalogue, source="people", author_count=Range(3, 3)) == {"müller"}
    assert found(catalogue, upvotes=Range(None, 3)) == {"pair", "comma"}
    assert found(catalogue, upvotes=Range(1)) == {"pair"}
    assert catalogue.count(Scope(upvotes=Range(1))) == 1
    assert len(catalogue.matching_ids(Scope(upvotes=Range(1)))) == 1


@pytest.mark.parametrize(
    ("sort", "first"),
    [("authors", "counted"), ("fewest-authors", "comma"), ("upvotes", "pair"),
     ("fewest-upvotes", "comma")],
)  # fmt: skip
def test_papers_that_lack_what_they_are_sorted_by_come_last(catalogue, sort, first):
    papers = catalogue.find(Scope(source="people"), sort=sort)

    assert papers[0].title == first
    assert len(papers) == 4
