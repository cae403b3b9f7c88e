"""Sentences checked by the file."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from six_papers import PAPERS, Footnote, started, write_lines

from rag.build import open_shelf
from rag.config import load_settings
from rag.types import Fault, Paper, Span, Verdict
from ui.checks import Check, read_checks
from ui.commands.checking import check_with

TIDES = PAPERS[0]["abstract"]
GOOD: dict[str, Any] = {"id": "A1", "sentence": "Bees fly", "abstract": "Bees fly far."}


def line(**changed: object) -> bytes:
    return json.dumps(GOOD | changed).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"{", "not JSON: Expecting property name", id="half"),
        pytest.param(b"[1]", "not an object", id="array"),
        pytest.param(b'{"a": "\xff"}', "not UTF-8", id="latin-1"),
        pytest.param(line(id=None), "no id", id="no-id"),
        pytest.param(line(id=True), "no id", id="id-is-true"),
        pytest.param(line(sentence=" "), "no sentence", id="blank-sentence"),
        pytest.param(line(sentence=3), "no sentence", id="number"),
        pytest.param(line(sentence="a" * 4001), "sentence has 4,001 characters", id="long"),
        pytest.param(line(abstract=None), "no abstract", id="no-abstract"),
        pytest.param(line(abstract="a" * 50_001), "more than 50,000", id="long-abstract"),
        pytest.param(line(title=["x"]), "no title, or it is not text", id="title"),
    ],
)
def test_a_bad_line_is_named_and_does_not_stop_the_rest(content: bytes, reason: str) -> None:
    fault, good = read_checks("c.jsonl", [content, b" \n", line()])

    assert isinstance(fault, Fault)
    assert (fault.source, fault.line) == ("c.jsonl", 1)
    assert reason in fault.reason
    assert good == Check("A1", "Bees fly", Paper("", "", "Bees fly far."))


@given(st.binary(max_size=300))
def test_no_content_makes_reading_checks_fail(content: bytes) -> None:
    for found in read_checks("c", content.splitlines(keepends=True)):
        assert isinstance(found, Check | Fault)


class Literal:
    """Supports what stands in the abstract word for word; the first one asked waits for another."""

    def __init__(self) -> None:
        self.others = threading.Event()

    def check(self, sentence: str, papers: Sequence[Paper]) -> list[Verdict]:
        if sentence == "wait":
            assert self.others.wait(30)
        self.others.set()
        place = papers[0].abstract.find(sentence)
        if place < 0:
            return [Verdict("unsupported", ("It is not there.",), None, 0.1)]
        return [Verdict("supported", (), Span(place, place + len(sentence)), 0.9)]


def test_verdicts_come_in_order_and_bad_lines_end_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    write_lines(
        tmp_path / "c.jsonl",
        [GOOD | {"id": 1, "sentence": "wait"}, GOOD | {"id": ""}, GOOD | {"kind": "x"}],
    )

    code = check_with(Literal(), "c.jsonl")

    printed = capsys.readouterr()
    assert [json.loads(one) for one in printed.out.splitlines()] == [
        {
            "id": 1,
            "verdict": "unsupported",
            "reasons": ["It is not there."],
            "start": None,
            "end": None,
        },
        {"id": "A1", "verdict": "supported", "reasons": [], "start": 0, "end": 8},
    ]
    fault, counts = printed.err.splitlines()
    assert fault.startswith("c.jsonl:2: There is no id;")
    assert counts.startswith("2 sentences: 1 supported, 0 weak, 1 unsupported, 1 bad line (")
    assert code == 1


def test_more_lines_than_are_held_at_once_are_all_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(tmp_path / "c.jsonl", [GOOD | {"id": number} for number in range(500)])

    assert check_with(Literal(), "c.jsonl") == 0

    assert [json.loads(one)["id"] for one in capsys.readouterr().out.splitlines()] == [*range(500)]


class Broken:
    """Fails as a model without weights would."""

    def check(self, sentence: str, papers: Sequence[Paper]) -> list[Verdict]:
        raise OSError(28, "No space left on device")


def test_a_checker_that_fails_ends_the_command(tmp_path: Path) -> None:
    write_lines(tmp_path / "c.jsonl", [GOOD] * 100)

    with pytest.raises(OSError, match="No space left"):
        check_with(Broken(), "c.jsonl")


def test_the_real_verifier_needs_no_shelf(shelf: Footnote, tmp_path: Path) -> None:
    checks = write_lines(
        tmp_path / "c.jsonl",
        [
            {"id": "T", "title": PAPERS[0]["title"], "sentence": sentence, "abstract": TIDES}
            for sentence in (
                "TideNet forecasts flood levels 36 hours ahead.",
                "TideNet forecasts flood levels 72 hours ahead.",
            )
        ],
    )

    with open_shelf(load_settings()):
        checked = shelf("check", str(checks))

    assert [verdict["verdict"] for verdict in checked.lines] == ["supported", "unsupported"]
    assert "36 hours" in TIDES[checked.json["start"] : checked.json["end"]]
    assert checked.lines[1]["reasons"]
    assert checked.code == 0


def test_a_program_may_wait_for_each_verdict_before_it_asks_on(shelf: Footnote) -> None:
    checking = started("check", "-")
    assert checking.stdin is not None
    assert checking.stdout is not None
    for number in range(2):
        checking.stdin.write(line(id=number).decode() + "\n")
        checking.stdin.flush()
        assert json.loads(checking.stdout.readline())["id"] == number

    said, counts = checking.communicate("{\n", timeout=60)

    assert said == ""
    assert counts.startswith("stdin:3: The line is not JSON")
    assert checking.returncode == 1


def test_progress_on_a_terminal_never_mixes_with_verdicts(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_check import Literal; "
        "from ui.commands.checking import check_with; check_with(Literal(), 'c.jsonl')"
    )
    write_lines(tmp_path / "c.jsonl", [GOOD | {"id": number} for number in range(300)])
    terminal, end = pty.openpty()

    with subprocess.Popen(
        [sys.executable, "-c", code, str(Path(__file__).parent)],
        stdout=subprocess.PIPE,
        stderr=end,
        env=os.environ | {"TERM": "xterm", "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as checking:
        reading = threading.Thread(target=_drain, args=(terminal,), daemon=True)
        reading.start()
        out, _ = checking.communicate(timeout=60)
    os.close(end)

    assert [json.loads(one)["id"] for one in out.splitlines()] == [*range(300)]


def _drain(terminal: int) -> None:
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        pass


def test_a_file_that_is_not_there_is_one_sentence(footnote: Footnote) -> None:
    shown = footnote("check", "nowhere.jsonl")

    assert shown.code == 1
    assert shown.err == "Error: nowhere.jsonl cannot be read: No such file or directory.\n"
