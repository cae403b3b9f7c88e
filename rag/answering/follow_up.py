"""Make a follow-up stand alone, without a model: what came before names its subject."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.asked import Asked
from rag.answering.exchanges import Exchange, exchanges
from rag.answering.pointing import Pointing, pointing
from rag.answering.resolving import resolved
from rag.answering.subject import Subject, subject
from rag.answering.topic_question import topic_of
from rag.language.words import whole
from rag.types import Turn

LONGEST_CONTEXT = 400  # characters of an exchange before
LONGEST_ADDED = 400  # characters by which a question may grow; the judge reads just so much
_ELSEWHERE = ("others", "swap")  # they lead away from the papers before


def stand_alone(question: str, history: Sequence[Turn]) -> Asked:
    """The question, told what it is about where it leans on what came before."""
    said = exchanges(history)
    pointed = pointing(question)
    if not said or pointed.kind == "alone":
        return Asked(question, question)
    if topic := _topic(pointed, said):
        own = f"papers on {topic}"
        return Asked(own, question, own)
    about = subject(pointed, said)
    before = _asked_before(said)
    own = whole(resolved(pointed, about, before)).strip()
    if len(own) > len(question) + LONGEST_ADDED:
        own = whole(question)
    text = f"{_context(pointed, about, said)} {own}".strip()
    shown = about.exchange.titles if pointed.kind == "others" else ()
    return Asked(text, question, own, () if pointed.kind in _ELSEWHERE else about.titles, shown)


def _asked_before(said: Sequence[Exchange]) -> str:
    """The last question, itself resolved where it leaned on one before."""
    earlier = said[:-1]
    last = said[-1].question
    pointed = pointing(last)
    if not earlier or pointed.kind == "alone":
        return last
    return resolved(pointed, subject(pointed, earlier), _asked_before(earlier))


def _topic(pointed: Pointing, said: Sequence[Exchange]) -> str:
    """What papers are asked for next: by the wording, or because it was so before."""
    found = topic_of(pointed.rest) if pointed.kind == "elliptic" else None
    is_meant = found and not (found.is_alone and topic_of(_asked_before(said)) is None)
    return found.text if found and is_meant else ""


def _context(pointed: Pointing, about: Subject, said: Sequence[Exchange]) -> str:
    """What retrieval is told besides: titles, else how the subject was spoken of."""
    if pointed.kind in _ELSEWHERE:
        return ""
    if about.titles:
        return f"{'. '.join(about.titles)[:LONGEST_CONTEXT]}."
    told = about.exchange.text[:LONGEST_CONTEXT]
    if said[-1] != about.exchange:
        told = f"{told} {said[-1].text[:LONGEST_CONTEXT]}"
    return told
