"""Answers about real shelves agree with what their files say, counted without any of our code."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from catalogued import Answerer, shelve_files

from rag.store.catalogue import Catalogue

PAGES = Path(__file__).parents[2].parent / "shared" / "pages"
QUESTIONS = PAGES.parent / "eval" / "questions.jsonl"
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
FOOTER = re.compile(
    rf"^\s*(?:•\s+)?(?P<who>\S.*)\n·\n(?P<month>{'|'.join(MONTHS)}) (?P<day>\d+)"
    r"(?:, (?P<year>\d{4}))?(?: (?P<upvotes>\d+))?\s*$",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    catalogue = Catalogue(tmp_path_factory.mktemp("sampled") / "catalogue.sqlite")
    with as_file(files("rag.sample").joinpath("footnote-sample.jsonl")) as path:
        shelve_files(catalogue, path)
    yield Answerer(catalogue)
    catalogue.close()


@pytest.fixture(scope="module")
def paged(tmp_path_factory):
    if not PAGES.is_dir():
        pytest.skip("no saved pages here")
    catalogue = Catalogue(tmp_path_factory.mktemp("paged") / "catalogue.sqlite")
    shelve_files(catalogue, PAGES)
    yield Answerer(catalogue)
    catalogue.close()


@pytest.fixture(scope="module")
def footers():
    """The footers of the cards, each once: what stands there of dates, authors and upvotes."""
    if not PAGES.is_dir():
        pytest.skip("no saved pages here")
    texts = [path.read_text(encoding="utf-8") for path in sorted(PAGES.glob("*.txt"))]
    return [found.groupdict() for text in texts for found in FOOTER.finditer(text)]


def number(said):
    return int(re.search(r"[\d,]+", said.text)[0].replace(",", ""))


def test_the_sample_shelf_gives_every_year_its_papers(sampled, sample):
    years = Counter(entry["published"][:4] for entry in sample)

    for year, count in years.items():
        said = sampled(f"How many papers are from {year}?")
        assert number(said) == count
        assert len(said.hits) >= count


def test_the_sample_shelf_gives_every_month_its_papers(sampled, sample):
    months = Counter(entry["published"] for entry in sample if len(entry["published"]) == 7)

    for month, count in months.items():
        year, of_year = month.split("-")
        said = sampled(f"which papers came out in {MONTHS[int(of_year) - 1]} {year}?")
        assert number(said) == count, month


def test_the_sample_shelf_gives_every_author_with_a_name_of_their_own_their_papers(sampled, sample):
    papers = Counter(name for entry in sample for name in set(entry["authors"]))
    surnames = Counter(name.split()[-1] for name in papers)

    for name in [one for one in papers if surnames[one.split()[-1]] == 1][:60]:
        assert len(sampled(f"papers by {name}").cited) == min(papers[name], 12), name


def test_the_sample_shelf_tells_how_many_authors_each_paper_has(sampled, sample):
    for entry in sample[::6]:
        said = sampled(f"How many authors does “{entry['title']}” have?")
        assert said.cited == [entry["title"]]
        assert f"{entry.get('author_count') or len(entry['authors'])} authors" in said.text


def test_the_sample_shelf_has_no_upvotes_and_says_so(sampled):
    assert "gives upvotes" in sampled("What is the most upvoted paper?").text


def test_the_pages_give_every_full_month_its_papers(paged, footers):
    months = Counter((one["month"], one["year"]) for one in footers if one["year"])

    assert len(months) > 30
    for (month, year), _ in months.items():
        wanted = {
            paper.title
            for paper in paged.catalogue.find()
            if paper.published
            and (paper.published.year, paper.published.month)
            == (int(year), MONTHS.index(month) + 1)
        }
        said = paged(f"which papers are dated {month} {year}?")
        assert number(said) == len(wanted)
        assert wanted <= set(said.cited)
        # A page may have a card twice; what it has once must all be there.
        assert 0 < len(wanted) <= months[month, year]


def test_the_pages_keep_dates_without_a_year_apart(paged, footers):
    lacking = [one for one in footers if not one["year"]]
    said = paged("which papers are dated without a year?")

    assert len(said.cited) == number(said) == len({tuple(one.values()) for one in lacking}) == 8
    april = paged("which papers are from April 2026?")
    assert "for certain" in april.text
    assert len(april.cited) == sum(one["month"] == "Apr" for one in lacking)


def test_the_pages_count_upvotes_and_authors_as_their_cards_do(paged, footers):
    most = max(int(one["upvotes"]) for one in footers if one["upvotes"])
    longest = max(int(one["who"].split()[0]) for one in footers if "author" in one["who"])

    upvoted = paged("What are the most upvoted papers?")
    assert f"{most} upvotes" in upvoted.text
    assert len(upvoted.cited) == sum(one["upvotes"] == str(most) for one in footers)
    assert f"{longest} authors" in paged("Which paper has the longest author list?").text
    assert paged(f"papers with more than {longest} authors").refusal


def test_the_pages_name_each_organisation_of_a_card(paged, footers):
    others = [one["who"] for one in footers if not re.match(r"\d+ author", one["who"])]
    named = {who.split(" ", 1)[1] for who in others}  # behind the name in its address

    assert len(named) == 4
    for name in named:
        assert len(paged(f"what came from {name.lower()}?").cited) == 1
    told = paged("which organisations are on the shelf?")
    assert all(name in told.text for name in named)
    assert paged("what came from Microsoft?").refusal


@pytest.mark.skipif(not QUESTIONS.is_file(), reason="no questions here")
def test_the_pages_answer_the_questions_about_the_record_that_there_are(paged):
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        if asked["type"] == "metadata":
            said = paged(asked["question"])
            assert set(said.cited) == set(asked["gold_titles"]), asked["question"]
            assert all(any(form in said.text for form in fact) for fact in asked["facts"])
