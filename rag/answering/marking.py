"""Our own markers in the text of an answer, and nothing else of their form."""

from __future__ import annotations

import re
from collections.abc import Sequence

OURS = re.compile(r"\[(\d+)\]")
# What is left where a model's markers stood. Each quantifier gives nothing back: linear time.
_TIDYING = (
    (re.compile(r"(?<!\w)\(\s*+(?:(?:see|cf\.?|e\.g\.,?|sources?:?|from|in)\s*+)?+\)"), ""),
    (re.compile(r"(?<=[^\s])[ \t\u00a0]{2,}+"), " "),
    (re.compile(r"(?<![\s,])[\s,]*+(?<=[,\s])(?=[.!?](?:\s|\Z))"), ""),
    (re.compile(r"(?<=\S)[ \t\u00a0]++(?=[,;](?:\s|\Z))"), ""),
    (re.compile(r",(?:[ \t]*+,)++"), ","),
)


def written(parts: Sequence[tuple[str, Sequence[int]]]) -> str:
    """Texts with the numbers cited after each, as our own markers, numbers apart from words.

    Nothing else in it has the form of a marker.
    """
    whole, text = "", ""
    for more, numbers in parts:
        text += more
        if numbers:
            marker = " ".join(f"[{number}]" for number in numbers)
            whole = _joined(_joined(whole, _tidy(text)), marker)
            text = ""
    return _joined(whole, _tidy(text)).rstrip(" \t")


def _joined(left: str, right: str) -> str:
    """With a blank between a marker and a word."""
    if right.startswith("[") and left and not left.endswith(("(", "\n")):
        return f"{left.rstrip()} {right}"
    needs_blank = left.endswith("]") and right[:1] and (right[0].isalnum() or right[0] in "([`*_")
    return f"{left} {right}" if needs_blank else left + right


def _tidy(text: str) -> str:
    """What is left where markers stood; a number in square brackets becomes round."""
    for pattern, replacement in _TIDYING:
        text = pattern.sub(replacement, text)
    return OURS.sub(r"(\1)", text)
