"""A follow-up rewritten as a short question of its own, by rules: "it" becomes what it means."""

from __future__ import annotations

import re

from rag.answering.places import ORDINAL
from rag.answering.pointing import Pointing
from rag.answering.pronouns import POINTER
from rag.answering.subject import Subject
from rag.answering.wording import own_names

LONGEST_WH = 3  # words of "how much faster", "which datasets"
_IN = re.compile(r"\b(?:in|on|of|with|for|by|from|to|at|than|about)\s$", re.IGNORECASE)
_DO = re.compile(r"\b(?:did|do|have|had)\s$|^$", re.IGNORECASE)
_NOUN_FOLLOWS = re.compile(r"\s+(?!is\b|was\b|are\b|were\b|also\b|work\b|when\b|if\b)[A-Za-z]")
_ENDING = re.compile(r"[\s?.!,;:]+$")
_ARTICLE = re.compile(r"(?:the|its|their)\s", re.IGNORECASE)
_WH = re.compile(r"\b(?:what|which|how|who|when|where|why)\b", re.IGNORECASE)
_WHEN = re.compile(r"(?:when|(?:in )?(?:what|which) (?:year|month)|(?:the )?date)", re.IGNORECASE)
_AGAINST = {"compare": "with", "differ": "from", "different": "from"}
_COMPARATIVE = re.compile(r".*\b(?:\w+er|more|less|better|worse|fast|big|large|small)$", re.I)
_HAS_AUX = re.compile(r"\b(?:is|are|was|were|do|does|did|can|could|will|would|has|have)\b", re.I)
_GRAFT = re.compile(r"\b(on|in|for|with|at|under|against|over|without|from)\s[^,?]+$", re.I)
_ON_NAME = re.compile(r"\b(?:on|in|for)\s((?:[A-Z0-9]|[a-z]+[A-Z\d])[\w.\-]*(?:\s[\w.\-]+)?)$")


def resolved(pointed: Pointing, about: Subject, before: str) -> str:
    """The follow-up in words that need no history; `before` is the question it follows."""
    match pointed.kind:
        case "more" | "again" | "why" | "others":
            return _asked_on(pointed, about.name, before)
        case "swap" | "place" | "elliptic":
            return _told_whose(pointed, about.name, before)
    if pointed.kind == "compared" and about.name:
        return f"{_bare(pointed.rest)} {_AGAINST.get(_last(pointed.rest), 'than')} {about.name}?"
    told = _replaced(pointed.rest, about) if about.name else None
    return told or _beside(pointed.rest, before)


def _asked_on(pointed: Pointing, name: str, before: str) -> str:
    match pointed.kind:
        case "more" if name:
            return f"What does {name} do, and how well?"
        case "why":
            return f"Why? {before}"
        case "others":
            return f"{_bare(pointed.rest)}: {before}"
    return before


def _told_whose(pointed: Pointing, name: str, before: str) -> str:
    """A fragment of a question, made whole by the name or by the question before."""
    if pointed.kind == "place":
        return _grafted(pointed.rest, before) if before else pointed.rest
    if pointed.has_lead and (told := _grafted_name(pointed.rest, before)):
        return told
    whole = _swapped if pointed.kind == "swap" else _completed
    return whole(pointed.rest, name, before)


def _beside(rest: str, before: str) -> str:
    return f"{rest} ({_bare(before)})" if before else rest


def _replaced(rest: str, about: Subject) -> str | None:
    """The first pointer replaced by the name, and what is counted out; None where nothing is.

    "They" are left alone where something else can be replaced.
    """
    text = ORDINAL.sub(lambda _: about.name, rest)
    if text != rest:
        return text
    found = [one for one in POINTER.finditer(rest) if not one["one"]]
    people = [one for one in found if _means_authors(one, about)]
    things = [one for one in found if one not in people]
    if not found:
        return None
    one = (things or people)[0]
    instead = f"the authors of {about.name}" if one in people else _instead(one, about.name)
    return rest[: one.start()] + instead + rest[one.end() :]


def _means_authors(found: re.Match[str], about: Subject) -> bool:
    low = found[0].lower()
    acts = low == "they" and len(about.titles) < 2 and _DO.search(found.string[: found.start()])
    return bool(acts) or "author" in low or "researcher" in low or low in ("he", "she")


def _instead(found: re.Match[str], name: str) -> str:
    said, low = found[0], found[0].lower()
    if found["possessive"]:
        return _possessive(name)
    if found["there"]:
        return f"in {name}"
    if found["noun"]:
        return f"the {low.split(maxsplit=1)[1]} of {name}"
    if "many" in low or "much" in low:
        return f"{said} with {name}"
    before, behind = found.string[: found.start()], found.string[found.end() :]
    is_of_noun = found["demonstrative"] and _IN.search(before) and _NOUN_FOLLOWS.match(behind)
    return _possessive(name) if is_of_noun else name


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _completed(rest: str, name: str, before: str) -> str:
    """What lacks a subject, told whose: the latency of it, how long training takes with it."""
    bare = _bare(rest)
    if not name:
        return _beside(rest, before)
    if _WHEN.fullmatch(bare):
        return f"when was {name} published?"
    if _HAS_AUX.search(bare) or (_WH.search(bare) and len(bare.split()) > LONGEST_WH):
        return f"{bare} with {name}?"
    if _WH.search(bare):
        verb = "is" if _COMPARATIVE.match(bare) else "for"
        return f"{bare} {verb} {name}?"
    return f"What is the {_ARTICLE.sub('', bare)} of {name}?"


def _grafted(rest: str, before: str) -> str:
    """Where or on what, put in the place of what the question before said of that, else behind."""
    bare, whole = _bare(rest), _bare(before)
    preposition = bare.lower().removeprefix("also ").split()[0]
    for found in _GRAFT.finditer(whole):
        if found[1].lower() == preposition:
            return f"{whole[: found.start()]}{bare}?"
    return f"{whole} {bare}?"


def _grafted_name(rest: str, before: str) -> str | None:
    """A data set put in the place of that with which the question before ended."""
    tail = _ON_NAME.search(_bare(before))
    if not tail or _ARTICLE.match(rest) or own_names(rest):
        return None
    return f"{_bare(before)[: tail.start(1)]}{_bare(rest)}?"


def _swapped(rest: str, name: str, before: str) -> str:
    """A name put in the place of what the question before was about."""
    bare = _bare(rest)
    place = before.find(name) if name else -1
    asked = own_names(before)
    if place < 0 and asked:
        name, place = asked[0], before.find(asked[0])
    if place < 0:
        return f"{bare}: {before}"
    return f"{before[:place]}{bare}{before[place + len(name) :]}"


def _last(text: str) -> str:
    return _bare(text).split()[-1].lower()


def _bare(text: str) -> str:
    return _ENDING.sub("", text.strip())
