"""Files of questions and of answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.types import Fault, Turn
from ui.questions import BatchError, Question, answered, parse_questions

GOOD = b'{"id": "A1", "question": "How many?"}'
LINE = b'{"id": "A1", "answer": "Two."}\n'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b"{", "not JSON: Expecting property name", id="half"),
        pytest.param(b'{"id": "A', "not JSON: Unterminated string starting at column 8", id="cut"),
        pytest.param(b"[1]", "not an object", id="array"),
        pytest.param(b'{"question": "How?"}', "no id", id="no-id"),
        pytest.param(b'{"id": "", "question": "How?"}', "no id", id="empty-id"),
        pytest.param(b'{"id": true, "question": "How?"}', "no id", id="id-is-true"),
        pytest.param(b'{"id": "A"}', "no question", id="no-question"),
        pytest.param(b'{"id": "A", "question": " "}', "no question", id="blank-question"),
        pytest.param(b'{"id": "A", "question": 3}', "no question", id="number"),
        pytest.param(b'{"id": "A", "question": "Q", "history": "x"}', "history", id="history"),
        pytest.param(b'{"id": "A", "question": "Q", "history": [{}]}', "history", id="turn"),
        pytest.param(b'{"id": "A", "question": "\xff"}', "not UTF-8", id="latin-1"),
        pytest.param(b'{"id": "A", "question": "\\ud800"}', "half of a character", id="surrogate"),
        pytest.param(b"[" * 100_000, "nests too deep", id="deep"),
    ],
)
def test_a_bad_line_is_named_and_does_not_stop_the_rest(line: bytes, reason: str) -> None:
    fault, good = parse_questions("q.jsonl", line + b"\n\n" + GOOD)

    assert isinstance(fault, Fault)
    assert (fault.source, fault.line) == ("q.jsonl", 1)
    assert reason in fault.reason
    assert good == Question("A1", "How many?")


def test_a_second_question_of_an_id_is_named_with_the_first() -> None:
    first, second = parse_questions("q.jsonl", GOOD + b"\r\n" + GOOD)

    assert first == Question("A1", "How many?")
    assert isinstance(second, Fault)
    assert second.line == 2
    assert "line 1" in second.reason


def test_a_history_and_a_number_as_id_are_read() -> None:
    line = {"id": 7, "question": "And?", "history": [{"role": "user", "content": "Bees?"}]}

    content = b"\xef\xbb\xbf" + json.dumps(line).encode()

    assert list(parse_questions("q", content)) == [Question(7, "And?", (Turn("user", "Bees?"),))]


@given(st.binary(max_size=300))
def test_no_content_makes_reading_questions_fail(content: bytes) -> None:
    for found in parse_questions("q", content):
        assert isinstance(found, Question | Fault)


def test_a_half_written_last_answer_is_dropped(tmp_path: Path) -> None:
    answers = tmp_path / "a.jsonl"
    answers.write_bytes(LINE + b'{"id": "A2", "answer": "Thr')

    assert answered(answers) == {"A1"}
    assert answers.read_bytes() == LINE


def test_there_are_no_answers_where_there_is_no_file(tmp_path: Path) -> None:
    assert answered(tmp_path / "none.jsonl") == set()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("line", [b"Dear diary\n", b'{"id": "A1", "question": "?"}\n', b"\n"])
def test_a_file_that_holds_no_answers_is_left_as_it_is(tmp_path: Path, line: bytes) -> None:
    diary = tmp_path / "diary.txt"
    diary.write_bytes(LINE + line + b"half a li")

    with pytest.raises(BatchError, match=r"diary\.txt:2: .* not an answer"):
        answered(diary)

    assert diary.read_bytes() == LINE + line + b"half a li"
