"""Papers, found papers and counts as they look on a terminal, and as plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rag.language.latex import readable
from rag.store.counting import Statistics
from rag.types import Hit, Paper
from ui import render
from ui.terminal import print_text, text_width

WIDE = 110
SHORT_ID = 22  # its beginning is enough to name a paper
MOST_BARS = 12
PASSAGE = 320

Column = tuple[str, list[str]]


def print_papers(console: Console, papers: Sequence[Paper]) -> None:
    """One line a paper; on a terminal cut to its width, elsewhere whole."""
    columns = _columns(papers, wide=not console.is_terminal or console.width >= WIDE)
    if not console.is_terminal:
        _print_plain(console, columns)
        return
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    for name, _ in columns:
        match name:
            case "title":
                table.add_column(name, no_wrap=True, overflow="ellipsis", ratio=1)
            case "id":
                longest = None if console.width >= WIDE else SHORT_ID
                table.add_column(name, no_wrap=True, max_width=longest, style="cyan")
            case "upvotes":
                table.add_column(name, no_wrap=True, justify="right", style="dim")
            case _:
                table.add_column(name, no_wrap=True, style="dim")
    for row in zip(*(values for _, values in columns), strict=True):
        table.add_row(*map(Text, row))
    console.print(table)


def print_paper(console: Console, paper: Paper, *, is_ready: bool) -> None:
    """Everything known of a paper."""
    print_text(console, Text(render.title(paper), style="bold"))
    console.print()
    waiting = "" if is_ready else "waits to be indexed; run `footnote doctor --fix`"
    print_facts(
        console,
        (
            ("id", paper.id),
            ("published", render.date(paper.published)),
            ("authors", render.authors(paper)),
            ("organization", paper.organization or ""),
            ("upvotes", "" if paper.upvotes is None else f"{paper.upvotes:,}"),
            ("link", paper.url or ""),
            ("identifiers", ", ".join(f"{name} {value}" for name, value in paper.identifiers)),
            ("sources", ", ".join(paper.sources)),
            ("state", waiting),
        ),
    )
    console.print()
    print_text(console, Text(readable(paper.abstract)))


def print_facts(console: Console, facts: Sequence[tuple[str, str]]) -> None:
    """Names and values below each other; what is not known is left out."""
    known = [(name, value) for name, value in facts if value]
    if not console.is_terminal:
        for name, value in known:
            console.print(f"{name}: {value}", soft_wrap=True)
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in known:
        grid.add_row(name, Text(value))
    console.print(grid, width=text_width(console))


def print_hits(console: Console, hits: Sequence[Hit], question: str) -> None:
    """Found papers, best first, each with the passage that it was found by."""
    wanted = render.words_asked(question)
    indent = Text(" " * (len(str(len(hits))) + 2))
    for rank, hit in enumerate(hits, 1):
        paper = hit.paper
        number = Text(f"{rank}.".ljust(len(indent)), style="cyan")
        print_text(console, Text(render.title(paper), style="bold"), first=number)
        facts = (f"{hit.score:.2f}", render.date(paper.published), paper.id)
        print_text(console, Text(" · ".join(filter(None, facts)), style="dim"), first=indent)
        passage = Text(render.excerpt(hit.passage.text, wanted, longest=PASSAGE))
        passage.highlight_regex(render.pattern(wanted), "bold")
        print_text(console, passage, first=indent)
        console.print()


def print_statistics(console: Console, statistics: Statistics, *, home: str, model: str) -> None:
    print_facts(
        console,
        (
            ("papers", f"{statistics.papers:,}"),
            ("waiting", f"{statistics.pending:,}" if statistics.pending else ""),
            ("records", f"{statistics.records:,}"),
            ("passages", f"{statistics.passages:,}"),
            ("embedded with", model),
            ("data directory", home),
        ),
    )
    _print_counts(console, "By source", statistics.by_source)
    years = [("no year" if year is None else str(year), n) for year, n in statistics.by_year]
    _print_counts(console, "By year", years)
    _print_counts(console, "By organization", statistics.by_organization)


def _columns(papers: Sequence[Paper], *, wide: bool) -> list[Column]:
    """Those that say something of these papers."""
    columns: list[Column] = [
        ("id", [paper.id for paper in papers]),
        ("date", [render.date(paper.published) for paper in papers]),
        ("title", [render.title(paper) for paper in papers]),
    ]
    if wide:
        upvotes = ["" if paper.upvotes is None else f"{paper.upvotes:,}" for paper in papers]
        columns.append(("upvotes", upvotes))
        columns.append(("organization", [paper.organization or "" for paper in papers]))
    return [column for column in columns if any(column[1]) or column[0] == "title"]


def _print_plain(console: Console, columns: Sequence[Column]) -> None:
    widths = [max(map(cell_len, (name, *values))) for name, values in columns]
    for row in zip(*((name, *values) for name, values in columns), strict=True):
        cells = (
            cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
        )
        console.print("  ".join(cells).rstrip(), soft_wrap=True)


def _print_counts(console: Console, heading: str, counts: Sequence[tuple[str, int]]) -> None:
    if not counts:
        return
    console.print()
    console.print(heading, style="bold")
    names = max(cell_len(name) for name, _ in counts[:MOST_BARS])
    for name, count in _shortened(counts):
        console.print(
            f"  {name}{' ' * max(0, names - cell_len(name))}  {count:>7,}", soft_wrap=True
        )


def _shortened(counts: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    yield from counts[:MOST_BARS]
    if rest := counts[MOST_BARS:]:
        yield f"{len(rest):,} more", sum(count for _, count in rest)
