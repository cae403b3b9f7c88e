"""Questions for what the record says of one paper, in one clause or in several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.record_clauses import NOUNS, Stated, asked_in, named
from rag.answering.record_question import Field

_FIELD_BEGINS = (
    r"(?:(?:by|with|from|at|in|on|and)\ )?(?:when|who|whom|how\ many|how\ old|which|what|where)\b"
)
_JOINT = re.compile(
    rf"\s*(?:,\s*(?:and\s+)?|;\s*|\?\s+(?:and\s+)?|\band\s+)(?={_FIELD_BEGINS})", re.I
)
_TAIL = re.compile(
    r"(?:,|;|\?|\band\b)\s*(?:and\s+)?(?P<clause>(?:by\ "
    r"|with\ )?(?:how\ many\ (?:up-?\s?votes?|authors)"
    r"\s+(?:do|does|did|has|have)\s+(?:they|it|each(?:\ of\ them)?|those|these)"
    r"(?:\s+(?:each\s+)?(?:have|get|got|receive))?"
    r"|when\ (?:was|were|did)\ (?:it|they|each)(?:\ each)?\ \w+(?:\ out)?|who\ (?:wrote"
    r"|authored)\ (?:it|them|each)"
    r"|who\ (?:is|are)\ (?:its|their|the)\ authors?|(?:what|which)\ (?:is|are)\ (?:its"
    r"|their)\ (?:dates?|authors?|upvotes?)"
    r"|(?:with\ )?(?:its|their|the)\ (?:dates?|authors?|upvotes?)))\s*(?=[?.!]|$)",
    re.IGNORECASE,
)
_LEAD = re.compile(r"(?P<x>.*[^\s:—–?])\s*[:—–?]\s+(?=(?:when|who|how many|which|what)\b)", re.I)
MASK = "\ue000"  # stands for what is quoted
_QUOTED = re.compile(r"[“\"‘][^“”\"]{3,}[”\"’](?!\w)")


def stated(question: str) -> Stated | None:
    """What is asked of one paper; None where any part of the question asks for something else.

    A title may hold what looks like a joint or a question, in quotes or without.
    """
    quotes = [found[0] for found in _QUOTED.finditer(question)]
    masked = _QUOTED.sub(MASK, question)
    joints = list(_JOINT.finditer(masked))
    for kept in (joints, joints[-1:], []):
        if found := _led(masked) or _stated(_split(masked, kept)):
            is_quoted = MASK in found.said
            paper = named(_unmasked(found.said, quotes)) if is_quoted else found.paper
            return replace(found, said="" if is_quoted else found.said, paper=paper)
    return None


def _led(question: str) -> Stated | None:
    """With the paper in front: "FlashAttention: when was it published?"."""
    lead = _LEAD.match(question)
    found = _stated([question[lead.end() :]]) if lead else None
    if lead is None or found is None or found.paper:
        return None
    return replace(found, said=lead["x"], paper=named(lead["x"]))


def _unmasked(text: str, quotes: Sequence[str]) -> str:
    for quote in quotes:
        text = text.replace(MASK, quote, 1)
    return text


def _stated(clauses: Sequence[str]) -> Stated | None:
    fields: dict[Field, None] = {}
    paper = said = ""
    for clause in clauses:
        found = asked_in(clause.strip(" ,;"))
        if found is None:
            return None
        fields |= dict.fromkeys(found.fields)
        paper, said = paper or found.paper, said or found.said
    return Stated(tuple(fields), paper, said)


def _split(text: str, joints: Sequence[re.Match[str]]) -> list[str]:
    ends = [0, *(place for joint in joints for place in joint.span()), len(text)]
    return [text[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True)]


def take_tails(question: str) -> tuple[str, tuple[Field, ...]]:
    """A question for papers without ", and how many upvotes do they have?", and those fields."""
    fields: list[Field] = []
    while found := _TAIL.search(question):
        fields += [name for name, noun in NOUNS if _names(found["clause"], noun)]
        question = f"{question[: found.start()]}{question[found.end() :]}"
    return question, tuple(dict.fromkeys(fields))


def _names(clause: str, noun: str) -> bool:
    words = clause.lower()
    by_verb = {"when": NOUNS[0][1], "who": NOUNS[1][1]}
    return bool(re.search(rf"\b(?:{noun})", words)) or by_verb.get(words.split()[0]) == noun
