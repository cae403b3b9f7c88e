"""Text that wraps while it arrives, and progress."""

from __future__ import annotations

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from rag.ingest import Progress
from rag.types import Fault
from ui.progress import Pace, listen, reporting, shown_pace
from ui.terminal import Wrapping


def wrapped(*pieces: str, width: int | None, color: bool = False) -> str:
    file = StringIO()
    console = Console(file=file, width=200, force_terminal=color, highlight=False, markup=False)
    writing = Wrapping(console, width)
    for piece in pieces:
        writing.write(piece)
    writing.finish()
    return file.getvalue()


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        pytest.param(["one two three four"], "one two\nthree four\n", id="between-words"),
        pytest.param(["one tw", "o three", " four"], "one two\nthree four\n", id="any-pieces"),
        pytest.param(["a\n\nb"], "a\n\nb\n", id="own-lines"),
        pytest.param(["**Old maps**: x"], "Old maps:\nx\n", id="bold"),
        pytest.param(["2 ** 3\na**b **"], "2 ** 3\na**b **\n", id="stars"),
        pytest.param(["- one two three"], "- one two\n  three\n", id="list"),
        pytest.param(
            ["- one two three\nfour five six"], "- one two\n  three\nfour five\nsix\n", id="after"
        ),
        pytest.param(["a bees are. ", "[1] b"], "a bees\nare. [1] b\n", id="marker"),
        pytest.param(["extraordinarily long"], "extraordinarily\nlong\n", id="long-word"),
        pytest.param(["日本 日本 日本"], "日本 日本\n日本\n", id="wide-letters"),
    ],
)
def test_lines_break_between_words(pieces: list[str], shown: str) -> None:
    assert wrapped(*pieces, width=10) == shown


@given(st.text(alphabet="ab *-[1]\n", max_size=60))
def test_without_a_width_what_is_written_is_what_came(text: str) -> None:
    assert wrapped(text, width=None) == text + "\n"


@given(st.lists(st.text(alphabet="abc \n", max_size=20), max_size=5), st.integers(4, 30))
def test_wrapping_loses_no_word_whatever_the_pieces(pieces: list[str], width: int) -> None:
    assert wrapped(*pieces, width=width).split() == "".join(pieces).split()
    assert wrapped(*pieces, width=width) == wrapped("".join(pieces), width=width)


def test_markers_stand_out_where_there_is_colour() -> None:
    assert "\x1b[36m[1]\x1b[0m" in wrapped("Bees. [1]", width=80, color=True)


@pytest.mark.parametrize(
    ("pace", "since", "shown"),
    [
        pytest.param(Pace(0, None, 0), 0, "", id="nothing-yet"),
        pytest.param(Pace(100, None, 50), 9, "50/s", id="no-total"),
        pytest.param(Pace(100, 850, 10), 15, "10/s, 1:00 left", id="total"),
        pytest.param(Pace(1, 4, 0.25), 0, "4.0 s each, 0:12 left", id="slow"),
        pytest.param(Pace(1, 72_001, 10), 0, "10/s, 2:00:00 left", id="hours"),
        pytest.param(Pace(9, 10, 10), 50, "10/s, 0:00 left", id="overdue"),
    ],
)
def test_the_pace_tells_how_fast_and_how_long(pace: Pace, since: float, shown: str) -> None:
    assert shown_pace(pace, since) == shown


@pytest.mark.parametrize("is_terminal", [True, False])
def test_each_fault_is_one_line_with_its_place(is_terminal: bool) -> None:
    file = StringIO()
    console = Console(file=file, force_terminal=is_terminal, width=200, highlight=False)

    with reporting(console) as reporter:
        listen(reporter, Progress(10, None))
        listen(reporter, Fault("a.jsonl", 3, "There is no title."))
        listen(reporter, Fault("b.pdf", None, "It looks like a PDF."))
        listen(reporter, Progress(5, 10))

    assert "a.jsonl:3: There is no title." in file.getvalue()
    assert "b.pdf: It looks like a PDF." in file.getvalue()
