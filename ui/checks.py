"""Sentences to be checked, read from JSON Lines while they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from rag.loaders.text import MAX_ABSTRACT, MAX_TITLE
from rag.types import Fault, Paper
from ui.json_lines import read_object

CheckId: TypeAlias = str | int

LONGEST_SENTENCE = 4000  # characters


@dataclass(frozen=True, slots=True)
class Check:
    """A sentence, and the paper that ought to say it."""

    id: CheckId
    sentence: str
    paper: Paper


def read_checks(name: str, lines: Iterable[bytes]) -> Iterator[Check | Fault]:
    """One for each line that is not blank, in order; never raises."""
    for number, line in enumerate(lines, 1):
        content = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not content.strip():
            continue
        found = _check(content)
        yield Fault(name, number, found) if isinstance(found, str) else found


def _check(line: bytes) -> Check | str:
    """The check, or what is wrong with it."""
    value = read_object(line)
    if isinstance(value, str):
        return value
    check_id = value.get("id")
    if not isinstance(check_id, str | int) or isinstance(check_id, bool) or check_id == "":
        return "There is no id; give each sentence a text or a number as its id."
    if problem := _problem(value):
        return problem
    sentence, abstract = str(value["sentence"]), str(value["abstract"])
    title = str(value.get("title") or "")
    # Without an id, lines about one abstract have one paper, and it is prepared once.
    return Check(check_id, sentence, Paper(id="", title=title, abstract=abstract))


def _problem(value: dict[str, object]) -> str | None:
    """The first text that is missing or too long; a paper may have no title here."""
    return (
        _text_problem(value, "sentence", LONGEST_SENTENCE)
        or _text_problem(value, "abstract", MAX_ABSTRACT)
        or (_text_problem(value, "title", MAX_TITLE) if value.get("title") else None)
    )


def _text_problem(value: dict[str, object], name: str, longest: int) -> str | None:
    text = value.get(name)
    if not isinstance(text, str) or not text.strip():
        return f"There is no {name}, or it is not text."
    if len(text) > longest:
        return f"The {name} has {len(text):,} characters, more than {longest:,}."
    return None
