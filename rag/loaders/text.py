"""Makes text fit to keep: nothing in it that cannot be seen, and no more of it than is sensible."""

from __future__ import annotations

import re

from rag.types import Fault, Record

MAX_TITLE = 1_000
MAX_ABSTRACT = 50_000

# Controls, lone surrogates and what Unicode calls default-ignorable: zero-width characters,
# bidirectional controls, variation selectors, tags. Controls that are whitespace become spaces.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def clean(text: str) -> str:
    """`text` without invisible characters, each run of whitespace one space."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(_INVISIBLE.sub("", text).split())


def accepted(record: Record, source: str) -> Record | Fault:
    """The record, whose texts are clean already, unless one of them is missing or too long."""
    if problem := _problem(record):
        return Fault(source, record.line, problem)
    return record


def _problem(record: Record) -> str | None:
    if not record.title:
        return "The title is empty."
    if not record.abstract:
        return "The abstract is empty."
    if len(record.title) > MAX_TITLE:
        return f"The title has {len(record.title):,} characters, more than {MAX_TITLE:,}."
    if len(record.abstract) > MAX_ABSTRACT:
        return f"The abstract has {len(record.abstract):,} characters, more than {MAX_ABSTRACT:,}."
    return None
