"""Charts of papers: their numbers, and where the bars stand; templates draw them as SVG."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, TypeAlias

from rag.store.spreading import Spread
from ui import render
from ui.web import papers_texts as texts
from ui.web.papers_query import Asked

MOST: Final = 10  # sources and organisations
MONTHS: Final = 48  # columns; a longer time is drawn by years
YEARS: Final = 60
WHOLE: Final = 100.0

Link: TypeAlias = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Bar:
    """What a bar stands for, how many papers that are, and its share of the longest, 0 to 100."""

    label: str
    papers: int
    share: float
    link: str = ""

    @property
    def says(self) -> str:
        papers = render.several(self.papers, "paper")
        return texts.CHART_SAYS.format(label=self.label, papers=papers)


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars with a title; `kind` names what the labels are, `note` says what is left out."""

    title: str
    kind: str
    bars: tuple[Bar, ...]
    note: str = ""
    is_over_time: bool = False

    @property
    def most(self) -> int:
        return max((bar.papers for bar in self.bars), default=0)

    @property
    def says(self) -> str:
        """The chart in a sentence."""
        most = max(self.bars, key=lambda bar: bar.papers)
        ends = {"first": self.bars[0].label, "last": self.bars[-1].label}
        return texts.CHART_IN_WORDS.format(most=most.says, **ends)


def charts(spread: Spread, asked: Asked) -> list[Chart]:
    """Those with more than one bar: one alone tells nothing that the count does not."""
    made = (_in_time(spread), _by_source(spread, asked), _by_organization(spread, asked))
    return [chart for chart in made if len(chart.bars) > 1]


def _in_time(spread: Spread) -> Chart:
    """By month where these are few enough to be seen, else by year."""
    monthly = {(year, month): count for year, month, count in spread.by_month if month}
    months = _months(monthly)
    if 1 < len(months) <= MONTHS:
        counts = [(f"{calendar.month_abbr[m]} {y}", monthly.get((y, m), 0)) for y, m in months]
        title, kind = texts.BY_MONTH, texts.MONTH
    else:
        counts, title, kind = _years(spread), texts.BY_YEAR, texts.YEAR
    without = _left_out(texts.WITHOUT_DATE, spread.papers - sum(count for _, count in counts))
    return Chart(title, kind, _bars(counts), without, is_over_time=True)


def _months(counts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Every month from the first to the last, also those without papers."""
    numbers = [year * 12 + month - 1 for year, month in counts]
    if not numbers:
        return []
    return [(one // 12, one % 12 + 1) for one in range(min(numbers), max(numbers) + 1)]


def _years(spread: Spread) -> list[tuple[str, int]]:
    counts = Counter[int]()
    for year, _, count in spread.by_month:
        counts[year] += count
    if not counts:
        return []
    first = max(min(counts), max(counts) - YEARS + 1)
    return [(str(year), counts[year]) for year in range(first, max(counts) + 1)]


def _by_source(spread: Spread, asked: Asked) -> Chart:
    """By their names, never by where they lie."""
    named = [(PurePath(source).name or source, count) for source, count in spread.by_source]
    bars = _bars(named[:MOST], lambda name: asked.narrowed(source=name))
    return Chart(texts.BY_SOURCE, texts.SOURCE, bars)


def _by_organization(spread: Spread, asked: Asked) -> Chart:
    bars = _bars(spread.by_organization[:MOST], lambda name: asked.narrowed(organization=name))
    note = _left_out(texts.WITHOUT_ORGANIZATION, spread.papers - spread.named)
    return Chart(texts.BY_ORGANIZATION, texts.ORGANIZATION, bars, note)


def _bars(counts: Sequence[tuple[str, int]], link: Link = lambda _: "") -> tuple[Bar, ...]:
    most = max((count for _, count in counts), default=0)
    return tuple(
        Bar(name, count, round(WHOLE * count / most, 1) if most else 0.0, link(name))
        for name, count in counts
    )


def _left_out(sentence: str, papers: int) -> str:
    return sentence.format(papers=render.several(papers, "paper")) if papers > 0 else ""
