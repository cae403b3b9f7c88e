"""Questions by the file: what is asked, and which answers an earlier run has written already."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rag.errors import FootnoteError
from rag.types import Fault, Turn
from ui.json_lines import read_object

QuestionId: TypeAlias = str | int


class BatchError(FootnoteError):
    """A file of questions or answers cannot be used."""


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a file of questions."""

    id: QuestionId
    text: str
    history: tuple[Turn, ...] = ()


def read_questions(path: Path) -> list[Question | Fault]:
    """Every line that is not blank, in order; a second question of the same id is a fault."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BatchError(f"{path} cannot be read: {error.strerror or error}.") from None
    return list(parse_questions(path.name, content))


def parse_questions(name: str, content: bytes) -> Iterator[Question | Fault]:
    """The same of a file's content; never raises."""
    seen: dict[str, int] = {}
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        found = _question(line)
        if isinstance(found, str):
            yield Fault(name, number, found)
        elif (first := seen.setdefault(str(found.id), number)) != number:
            reason = f"The id {str(found.id)!r} stands on line {first} already; ids must differ."
            yield Fault(name, number, reason)
        else:
            yield found


def answered(path: Path) -> set[str]:
    """The ids of the answers in a file; a last line that a killed run left half is dropped."""
    try:
        content = path.read_bytes() if path.exists() else b""
        whole = content[: content.rfind(b"\n") + 1]
        ids = {_answered(path, number, line) for number, line in enumerate(whole.splitlines(), 1)}
        if len(whole) < len(content):
            with path.open("r+b") as file:
                file.truncate(len(whole))
    except OSError as error:
        raise BatchError(f"{path} cannot be used: {error.strerror or error}.") from None
    return ids


def _answered(path: Path, number: int, line: bytes) -> str:
    try:
        match json.loads(line):
            case {"id": str() | int() as question_id, "answer": str()}:
                return str(question_id)
    except (ValueError, RecursionError):
        pass  # told below, with every other line that is not an answer
    raise BatchError(
        f"{path}:{number}: This line is not an answer that `footnote batch` wrote. "
        "Give --out another file, or remove the line."
    )


def _question(line: bytes) -> Question | str:
    """The question, or what is wrong with it."""
    value = read_object(line)
    return value if isinstance(value, str) else _read(value)


def _read(value: dict[str, object]) -> Question | str:
    question_id, text = value.get("id"), value.get("question")
    if not isinstance(question_id, str | int) or isinstance(question_id, bool) or question_id == "":
        return "There is no id; give each question a text or a number as its id."
    if not isinstance(text, str) or not text.strip():
        return "There is no question, or it is not text."
    history = _history(value.get("history"))
    if history is None:
        return 'The history is not a list of {"role": "user" or "assistant", "content": text}.'
    return Question(question_id, text, history)


def _history(value: object) -> tuple[Turn, ...] | None:
    turns: list[Turn] = []
    if not isinstance(value, list | None):
        return None
    for turn in value or ():
        match turn:
            case {"role": "user" | "assistant" as role, "content": str(content)}:
                turns.append(Turn(role, content))
            case _:
                return None
    return tuple(turns)
