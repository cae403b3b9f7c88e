"""Charts of papers: what is counted, and that pictures say it to everybody."""

import re

import httpx
import pytest
from acting import DOUGH, TIDES, hit
from shelved import Search, Shelf, pages

from rag.store.spreading import Spread
from rag.types import Published, Record, Scope
from ui.web.charts import charts
from ui.web.papers_overview import Overview
from ui.web.papers_query import Asked
from ui.web.relevance import bar, best


@pytest.fixture
def shelf(tmp_path):
    opened = Shelf(tmp_path / "catalogue.sqlite")
    opened.add("a.txt", record(1, 2025, 1, "Lab"), record(2, 2025, 1, "LAB"), record(3, 2025, 4))
    opened.add("b.txt", record(4, 2024, 12, "Hall"), record(5, 2024), record(6))
    opened.stage("b.txt", [record(7, 2023, 1, "Pending")])
    yield opened
    opened.close()


def record(number, year=None, month=None, organization=None):
    published = Published(year, month) if year else None
    return Record(f"Paper {number}", "One.", published=published, organization=organization)


def spread(by_month=(), by_source=(), by_organization=(), papers=0, named=0):
    return Spread(papers, by_month, by_source, by_organization, named)


def test_papers_are_counted_by_month_source_and_organisation(shelf):
    assert shelf.spread() == Spread(
        papers=6,
        by_month=((2024, None, 1), (2024, 12, 1), (2025, 1, 2), (2025, 4, 1)),
        by_source=(("a.txt", 3), ("b.txt", 3)),
        by_organization=(("LAB", 2), ("Hall", 1)),
        named=3,
    )


def test_only_papers_within_the_scope_are_counted(shelf):
    within = shelf.spread(Scope(since=Published(2025), source="a"), most=1)

    assert within == Spread(3, ((2025, 1, 2), (2025, 4, 1)), (("a.txt", 3),), (("LAB", 2),), 2)


def test_a_scope_that_no_paper_is_in_counts_none(shelf):
    assert shelf.spread(Scope(organization="nobody")) == spread()


def test_months_without_papers_are_drawn_as_well(shelf):
    chart = charts(shelf.spread(), Asked())[0]

    drawn = [(bar.label, bar.papers, bar.share) for bar in chart.bars]
    assert drawn == [
        ("Dec 2024", 1, 50.0),
        ("Jan 2025", 2, 100.0),
        ("Feb 2025", 0, 0.0),
        ("Mar 2025", 0, 0.0),
        ("Apr 2025", 1, 50.0),
    ]
    assert chart.says == "From Dec 2024 to Apr 2025. The most: Jan 2025: 2 papers."
    assert chart.note == "Not in the chart: 2 papers without such a date."


def test_a_long_time_is_drawn_by_years():
    counted = spread(((1999, 5, 3), (2003, None, 1), (2004, 1, 6)), papers=12)

    [chart] = charts(counted, Asked())

    assert chart.title == "Papers by year"
    assert [bar.papers for bar in chart.bars] == [3, 0, 0, 0, 1, 6]
    assert chart.note == "Not in the chart: 2 papers without such a date."


def test_a_date_far_off_does_not_stretch_the_chart():
    [chart] = charts(spread(((1000, 1, 1), (2025, 1, 5)), papers=6), Asked())

    assert len(chart.bars) == 60
    assert chart.bars[-1].papers == 5


def test_a_bar_alone_is_no_chart():
    counted = spread(((2025, 1, 5),), (("a", 5),), (("Lab", 5),), 5, 5)

    assert charts(counted, Asked()) == []


def test_rows_lead_to_their_papers_and_keep_the_other_filters():
    counted = spread((), (("/home/x/a b.txt", 5), ("b.txt", 1)), (("A & B", 2), ("C", 1)), 6, 3)

    by_source, by_organization = charts(counted, Asked(words="tide", page=3))

    assert [bar.label for bar in by_source.bars] == ["a b.txt", "b.txt"]
    assert by_source.bars[0].link == "/papers?words=tide&source=a+b.txt"
    assert by_organization.bars[0].link == "/papers?words=tide&organization=A+%26+B"
    assert by_organization.note == "Not in the chart: 3 papers without an organisation."


async def test_a_chart_is_told_to_who_cannot_see_it(shelf):
    transport = httpx.ASGITransport(pages(Search(shelf), shelf))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        text = (await client.get("/papers")).text

    assert re.search(r'<svg [^>]*role="img" aria-labelledby="chart-1 chart-1-says">', text)
    assert '<title id="chart-1">Papers by month</title>' in text
    table = re.search(r'<table class="unseen">.*?</table>', text, re.DOTALL)[0]
    assert re.findall(r'row">(.*?)</th><td>(.*?)<', table)[1] == ("Jan 2025", "2")
    assert re.findall(r'<rect x="11" y="0.0" width="8" height="100.0"', text)
    assert "style=" not in text


def test_a_paper_is_as_near_as_its_best_passage():
    hits = [hit(DOUGH, 0.3), hit(TIDES, 0.9), hit(DOUGH, 0.52), hit(DOUGH, 0.1)]

    assert best(hits) == {"dough": 0.52, "tides": 0.9}
    assert best([]) == {}


@pytest.mark.parametrize(
    ("score", "length", "number"), [(1.7, 20, 100), (-2, 0, 0), (0.52, 10, 52)]
)
def test_a_bar_stays_within_its_bounds_and_is_told_in_words(score, length, number):
    html = bar(score)

    assert f'gauge-{length}"' in html
    assert re.sub("<[^>]+>", "", html) == f"Relevance {number} of 100"
    assert "\n" not in html


def test_the_whole_is_counted_anew_when_papers_come(shelf):
    overview = Overview(shelf)
    before = overview.whole()

    assert overview.whole() is before
    shelf.add("c.txt", record(8, 2025, 5))

    assert overview.whole().papers == before.papers + 1
    assert overview.within(Scope(source="c.txt")).papers == 1
    assert overview.within(None) is None
