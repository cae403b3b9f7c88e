"""Questions about the record, parsed without a model into filters, an order and a topic."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from rag.answering.record_clauses import Stated
from rag.answering.record_fields import stated, take_tails
from rag.answering.record_filters import Filters, Known, take_filters, take_origin
from rag.answering.record_question import Rank, RecordQuestion, Tally
from rag.answering.record_ranks import SEVERAL, take_rank
from rag.answering.record_sides import compared
from rag.answering.record_wording import ASKS_FOR_PAPERS, COUNTS_PAPERS, Wording
from rag.types import Scope

LONGEST = 400  # characters; nobody asks for a date at greater length
_POLITE = re.compile(
    r"^(?:(?:hi|hello|hey|ok|okay|so|well|and|also|please|now|then)\b[\s,!.]*)*"
    r"(?:(?:can|could|would|will)\ you\ (?:please\ )?(?:tell|show|give|list)(?:\ me)?\s+"
    r"|do\ you\ (?:happen\ to\ )?know\s+|(?:please\ )?tell\ (?:me|us)\s+(?=when|who|which|what|how)"
    r"|i(?:['’]d|\ would)?\ (?:like|want|need)\ to\ know\s+|according\ to\ (?:the|your)"
    r"\ records?,?\s+"
    r"|just\ wondering,?\s+|(?:please\ )?(?:find|search(?:\ for)?|look\ up|look\ for|get|tell)"
    r"(?:\ (?:me|us))?\s+(?:about\s+)?)?",
    re.IGNORECASE,
)
_ORGANIZATIONS = (
    r"(?:organi[sz]ations?|compan(?:y|ies)|labs?|institut(?:es?|ions?)"
    r"|universit(?:y|ies)|affiliations?)"
)
_PAGES = r"(?:pages?|files?|sources?)"
_THERE = (
    r"(?:(?:\ (?:that\ )?(?:are|is|do|does|have|has|got|there|on|in|from|represented|named|listed"
    r"|present|known|covered|included|the|this|my|your|our|any|papers?|published|come|came|we|you"
    r"|which|record|records|shelf|collection|library|here|for|of|with|most)\b|\ \|\ ?)*)"
)
_ASK = r"(?:(?:which|what|list|show|name|how\ many|give)(?:\ me)?(?:\ (?:all|the|different|of))*\ )"
_TALLIES: tuple[tuple[Tally, re.Pattern[str]], ...] = (
    ("organization", re.compile(rf"{_ASK}{_ORGANIZATIONS}{_THERE}", re.I)),
    ("organization", re.compile(
        rf"{_ASK}papers?(?:\ are\ there)?\ (?:per|by|for\ each|from\ each)"
         rf"\ {_ORGANIZATIONS}{_THERE}", re.I)),
    ("source", re.compile(rf"{_ASK}{_PAGES}{_THERE}", re.I)),
    ("source", re.compile(
        rf"{_ASK}papers?(?:\ are\ there)?\ (?:per|by|for\ each|on\ each|in\ each"
         rf"|from\ each)\ {_PAGES}{_THERE}", re.I)),
    ("year", re.compile(
        rf"(?:{_ASK})?papers?{_THERE}\ ?(?:per|by|for\ each|each|in\ each|from\ each|a)"
         rf"\ year{_THERE}"
        rf"|{_ASK}(?:publication\ )?(?:years?|dates?){_THERE}"
        r"|what\ (?:is\ the\ )?(?:date|time|year)\ ?(?:range|span|period)s?(?:\ .*)?"
        r"|(?:which|what)\ (?:years?|period|time|dates?)\ (?:do|does)\ (?:the|these"
         r"|your)?\ ?(?:papers?|shelf|collection|\|)"
        r"\ *(?:span|cover|come\ from|range\ over)", re.I)),
)  # fmt: skip
_FIGURE = re.compile(
    r"\b(?:(?:average|mean|median|typical)\s+(?:number\s+of\s+|count\s+of\s+)?(?:co-?)?"
    r"(?:authors?|up-?votes?|papers?|dates?|age)(?:\s+count)?"
    r"|how\s+many\s+(?:authors|up-?votes|people)\s+(?:are\s+there|do\s+(?:the\s+)?papers\s+have)"
    r"(?:\s+on\s+average|\s+in\s+(?:total|all)|\s+altogether)?|(?:total|sum)"
    r"\s+(?:number\s+of\s+|of\s+)?"
    r"(?:authors|up-?votes)|most\s+(?:prolific|frequent|common|productive)\s+(?:author"
    r"|organi[sz]ation)s?"
    r"|(?:who|which\s+authors?)\s+(?:has|have|wrote|published)\s+(?:the\s+)?most\s+papers?)\b",
    re.IGNORECASE,
)
_OF_THOSE = re.compile(r"\b(?:of|among|from)\s+(?:them|these|those)\b(?!\s+two)", re.IGNORECASE)
_RECENT = re.compile(r"\b(?:the\s+)?(?:most\s+)?recent(?:ly)?\b", re.IGNORECASE)
# These orders are of papers even where no word for papers stands: "top 3 by upvotes".
_OWN_RANKS = ("upvotes", "fewest-upvotes", "authors", "fewest-authors")
_SHELVED = re.compile(r"\b(?:list|show|all|everything|every)\b|\|", re.IGNORECASE)
_PAPERS = re.compile(r"\b(?:papers|publications|articles|works|preprints|studies)\b", re.IGNORECASE)
_ANY_PAPER = re.compile(r"\b(?:papers?|publications?|articles?|preprints?|work)\b", re.IGNORECASE)


def parse(question: str, known: Known, today: date) -> RecordQuestion | None:
    """What of the record is asked for; None where the question is about what papers say.

    None too where it asks for some "of them": nothing here knows which those are.
    """
    text = " ".join(question.split())
    if len(text) > LONGEST or _OF_THOSE.search(text):
        return None
    text = _POLITE.sub("", text, count=1).rstrip(" ?!.…")
    return (
        compared(text) or _tallied(text) or _unsupported(text)
        or _of_one(text, known, today) or _listing(text, known, today)
    )  # fmt: skip


def _tallied(text: str) -> RecordQuestion | None:
    wording = Wording(text)
    wording.cut_shelf()
    rest = " ".join(wording.rest.split())
    tally = next((name for name, pattern in _TALLIES if pattern.fullmatch(rest)), None)
    return RecordQuestion("tally", tally=tally) if tally else None


def _unsupported(text: str) -> RecordQuestion | None:
    wording = Wording(text)
    wording.cut_shelf()
    if wording.take(_FIGURE) and set(wording.unknown()) <= {"per", "average", "median", "mean"}:
        return RecordQuestion("unsupported")
    return None


def _of_one(text: str, known: Known, today: date) -> RecordQuestion | None:
    """What the record says of one paper, or of papers that an order or a filter picks."""
    found = stated(text)
    if found is None or not found.paper:
        return None
    if _ANY_PAPER.search(found.said) and (picked := _picked(found, known, today)):
        return picked
    return RecordQuestion("state", fields=found.fields, topic=found.paper)


def _picked(found: Stated, known: Known, today: date) -> RecordQuestion | None:
    """What is put as "the newest paper" or "the paper from Qualcomm": not by a name."""
    listed = _listing(found.said, known, today, is_open=True)
    if listed is None or listed.kind != "list":
        return None
    is_picked = listed.rank or not listed.scope.is_empty or _PAPERS.search(found.said)
    return replace(listed, fields=found.fields) if is_picked else None


def _listing(
    text: str, known: Known, today: date, *, is_open: bool = False
) -> RecordQuestion | None:
    """Papers by filters, an order, a topic; `is_open` where a topic alone is enough."""
    text, fields = take_tails(text)
    wording = Wording(text)
    wording.cut_shelf()
    is_of_shelf = bool(_SHELVED.search(wording.rest) and _PAPERS.search(wording.rest))
    is_counted = wording.take(COUNTS_PAPERS) is not None
    (rank, first), filters = _ranked_and_filtered(wording, known, today)
    topic = wording.take_topic() if is_open else _topic(wording, filters)
    if wording.unknown():
        return _narrowing(filters)
    if not (is_counted or rank in _OWN_RANKS or ASKS_FOR_PAPERS.search(wording.rest)):
        return None
    is_limited = bool(rank or is_counted or not filters.scope.is_empty)
    if not (is_limited or (is_open and topic) or (is_of_shelf and not topic)):
        return None
    asked = RecordQuestion("list", filters.scope, rank, first, fields, topic)
    return replace(asked, asked_on=filters.asked_on)


def _ranked_and_filtered(
    wording: Wording, known: Known, today: date
) -> tuple[tuple[Rank | None, int | None], Filters]:
    """The order, and the filters; "recent papers" are the newest unless a date says otherwise."""
    ranked = take_rank(wording)
    filters = take_filters(wording, known, today)
    if ranked[0] is None and filters.scope.is_empty and wording.take(_RECENT):
        return ("published", SEVERAL), filters
    return ranked, filters


def _topic(wording: Wording, filters: Filters) -> str:
    """The subject; where a name explains what it leaves, the name becomes a filter."""
    trial = Wording(wording.rest)
    tried = Filters(filters.scope, filters.is_tied, filters.asked_on)
    take_origin(trial, tried)
    if tried.scope == filters.scope:
        return wording.take_topic()
    topic = trial.take_topic()
    if trial.unknown():
        return wording.take_topic()
    wording.rest, filters.scope, filters.is_tied = trial.rest, tried.scope, tried.is_tied
    return topic


def _narrowing(filters: Filters) -> RecordQuestion | None:
    """Filters that say which papers may answer a question about what papers say."""
    if filters.scope == Scope() or not filters.is_tied:
        return None
    return RecordQuestion("narrow", scope=filters.scope, asked_on=filters.asked_on)
