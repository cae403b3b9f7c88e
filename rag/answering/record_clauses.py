"""Clauses that ask for what the record says of one paper: "when was X published"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.record_question import Field

_X = r"(?P<x>.+?)"
_OUT = (
    r"(?:first\ |originally\ )?(?:published|released|come\ out|came\ out|appear(?:ed)?|posted|out"
    r"|written|dated|submitted|put\ on\ arxiv|from|uploaded|announced)(?:\ on\ arxiv)?"
)
_ORGANIZATION = (
    r"(?:organi[sz]ation|company|companies|lab|labs|institution|institute"
    r"|university|universities|group|affiliation|research\ group|firm|employer)s?"
)
_BEHIND = (
    r"(?:is|was|are|were|stands?|did|does|has|have)?\ ?(?:(?:the\ )?(?:paper\ )?(?:behind"
    r"|responsible\ for)|made|wrote|published"
    r"|released|developed|produced|authored|came\ up\ with|created)"
)
NOUNS: tuple[tuple[Field, str], ...] = (
    ("published", r"(?:publication\ |release\ )?(?:date|year)(?:\ of\ (?:publication|release))?"),
    ("authors", r"(?:full\ )?(?:list\ of\ authors|author\ list|(?:number\ of\ "
     r"|count\ of\ )?authors?|author\ count|author\ names)"),
    ("organization", rf"{_ORGANIZATION}"),
    ("upvotes", r"(?:number\ of\ |count\ of\ )?up-?\s?votes?(?:\ count)?"),
    ("source", r"(?:source\ )?(?:page|file|source)"),
    ("link", r"(?:url|link|arxiv\ (?:id|number|link|page|identifier)|doi|pubmed\ id|pmid"
     r"|identifiers?|web\s?address)s?"),
)  # fmt: skip
_NOUN = "|".join(pattern for _, pattern in NOUNS)
# Each fits a whole clause; x is the paper, which later clauses may leave out.
_CLAUSES: tuple[tuple[Field, str], ...] = (
    ("published", rf"(?:(?:and\ )?(?:on|in|since)\ )?when(?:\ exactly)?\ (?:was|were|did|is"
     rf"|has)\ {_X}\ (?:been\ )?{_OUT}"),
    ("published", rf"(?:(?:from|in|of|on)\ )?(?:which|what)\ (?:year|month|date|day)\ (?:is"
     rf"|was|did|does|were)\ {_X}\ (?:{_OUT}|have|bear|carry)"),
    ("published", rf"(?:which|what)(?:\ is|\ was|['’]s)\ the\ (?:publication\ "
     rf"|release\ )?(?:date|year)\ (?:of|for)\ {_X}"),
    ("published", rf"when\ {_X}\ (?:(?:was|were|is|has\ been)\ {_OUT}|came\ out|appeared)"),
    ("published", rf"how\ (?:old|recent|new)\ is\ {_X}"),
    ("published", rf"{_X}\ (?:publication|release)\ (?:date|year)"),
    ("published", r"(?:and\ )?(?:when|(?:in\ |from\ )?(?:which|what)\ (?:year|month)"
     r"|on\ (?:which|what)\ (?:date|day))(?:\ (?:was|did|is)\ (?:it|that"
     r"|this)?\ ?(?:published|written|released|out|come\ out|appear))?"),
    ("authors", rf"how\ many\ (?:co-?)?(?:authors|people|researchers|persons|names)\ (?:has"
     rf"|have|are\ (?:there\ )?on|are\ (?:there\ )?(?:listed\ )?(?:for|behind)"
     rf"|worked\ on|wrote|authored|were\ (?:behind|on))\ {_X}"),
    ("authors", rf"how\ many\ (?:co-?)?(?:authors|people|researchers|names)\ (?:does|did|do"
     rf"|is)\ {_X}\ (?:have|list|name|written\ by|by)"),
    ("authors", rf"how\ many\ (?:co-?)?authors\ {_X}\ (?:has|have|lists|names)"),
    ("authors", rf"(?:by\ )?how\ many\ (?:co-?)?(?:authors|people|researchers)(?:\ (?:was"
     rf"|were|is)\ {_X}(?:\ (?:written|published|authored|by|made))*)"),
    ("authors", rf"(?:who|whom|which\ (?:people|researchers|authors))(?:\ (?:has|have|had)"
     rf")?\ (?:(?:co-?)?(?:wrote|authored|written|published|publish))\ {_X}"),
    ("authors", rf"who(?:\ (?:is|are|was|were)|['’]s|['’]re)\ (?:the\ )?(?:(?:first\ "
     rf"|lead\ |co-?)*authors?\ (?:of|on|behind|for)|behind)\ {_X}"),
    ("authors", rf"(?:by\ whom|who)\ (?:was|is|were)\ {_X}\ (?:written|authored|published)"
     rf"(?:\ by)?"),
    ("authors", r"(?:and\ )?(?:by\ )?(?:how\ many\ (?:co-?)?(?:authors|people|researchers)"
     r"(?:\ (?:wrote|have\ written|authored)\ (?:it|them))?|whom|who(?:\ (?:wrote"
     r"|authored|published)(?:\ (?:it|this|that))?)?)(?:\ (?:are\ there|does\ it\ have"
     r"|did\ it\ have|it\ has|has\ it))?"),
    ("organization", rf"(?:(?:from|at|by)\ )?(?:which|what)\ {_ORGANIZATION}\ {_BEHIND}\ {_X}"),
    ("organization", rf"(?:(?:from|at|by)\ )?(?:which|what)\ {_ORGANIZATION}\ (?:is|was"
     rf"|does|did|do|are|were)\ {_X}\ (?:(?:written|published|released|made|originate"
     rf"|come|coming|originating|came)(?:\ from|\ by|\ at)?|from|by|at|belong\ to|name"
     rf"|list)"),
    ("organization", r"where\ (?:does|did|is)\ (?P<x>[\"“'‘(]?(?-i:[A-Z\d]).*?"
     r"|.*?\bpaper\b.*?)\ (?:come\ from|originate(?:\ from)?|from)"),
    ("organization", rf"(?:which|what)\ {_ORGANIZATION}\ (?:does|do|is|are)"
     rf"\ (?:the\ )?authors\ of\ {_X}\ (?:work\ (?:for|at)|belong\ to|from|at|with"
     rf"|affiliated\ with|come\ from)"),
    ("organization", rf"where\ do\ the\ authors\ of\ {_X}\ work"),
    ("organization", rf"(?:and\ )?(?:at|by|from|in)?\ ?(?:which|what)"
     rf"\ {_ORGANIZATION}(?:\ (?:is|was)\ (?:it|behind\ it|that)\ ?(?:from|by)?)?"),
    ("upvotes", rf"how\ many\ (?:up-?\s?votes?|likes)\ (?:does|did|do|has|have"
     rf"|were\ given\ to|went\ to)\ {_X}(?:\ (?:have|get|got|receive|received|gotten"
     rf"|collect|earn))?"),
    ("upvotes", r"(?:and\ )?(?:(?:with|and)\ )?how\ many\ (?:up-?\s?votes?|likes)"
     r"(?:\ (?:does|did|do|has|have)\ (?:it|they|each|this|that|each\ of\ them)"
     r"\ ?(?:have|get|got|receive|received)?)?"),
    ("source", rf"(?:(?:from|on|in)\ )?(?:which|what)\ (?:saved\ )?(?:page|file|source)"
     rf"\ (?:is|does|did|was)\ {_X}(?:\ (?:from|on|in|come\ from|stand\ on|appear(?:\ on"
     rf"|\ in)?|listed(?:\ on)?|found(?:\ on)?))?"),
    ("source", rf"(?:which|what)\ (?:saved\ )?(?:page|file|source)\ (?:has|contains|lists"
     rf"|mentions|holds)\ {_X}"),
    ("link", r"where\ (?:can|could|do)\ (?:i|we)\ (?:find|read|get|download)"
     r"\ (?P<x>.*?\ (?:paper|preprint))"),
    ("link", rf"(?:(?:please\ )?(?:give|send|show)\ me\ )?(?:a|the)\ (?:link|url)\ (?:to|of"
     rf"|for)\ {_X}"),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _CLAUSES)
_LIST = re.compile(
    rf"(?:(?:what|who|which)(?:\ (?:is|are|was|were)|['’]s|['’]re)\s+|(?:please\ )?(?:give"
    rf"|tell|show)\ (?:me|us)\ "
    rf"|list\ |state\ )?(?:the\ |its\ |a\ )?(?P<nouns>(?:{_NOUN})(?:(?:,?\ and\ |,\ )"
    rf"(?:the\ |its\ )?(?:{_NOUN}))*)"
    rf"\ (?:of|for|to|on)\ {_X}",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"(?:it|they|them|this|that|these|those|he|she|each|both|the\ (?:paper|papers|authors?"
    r"|work|method|study)"
    r"|(?:this|that|the\ same|the\ first|the\ second|the\ last)\ (?:paper|one|work|study))?",
    re.IGNORECASE,
)
_AROUND_PAPER = re.compile(
    r"^(?:the|a|an)\s+(?=.*\b(?:paper|article|study|work|preprint)$)|^(?:the\s+)?(?:paper"
    r"|article|preprint|work|study)s?\s+"
    r"(?:called|titled|entitled|named|about|on|introducing|that\s+introduce[sd]"
    r"|that\s+propose[sd]|proposing|by\s+the\s+name\s+of)?\s*"
    r"|\s+(?:paper|article|preprint)$|^[\"“'‘]|[\"”'’]$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """Fields asked of the paper that is called so; the name is empty where a pronoun stands.

    `said` is how the paper was put where no quotes make it a name: "the newest paper on pruning".
    """

    fields: tuple[Field, ...]
    paper: str
    said: str = ""


def asked_in(clause: str) -> Stated | None:
    """What a whole clause asks of one paper."""
    if listed := _LIST.fullmatch(clause):
        return Stated(tuple(_fields_of(listed["nouns"])), named(listed["x"]), listed["x"])
    for name, pattern in _COMPILED:
        if found := pattern.fullmatch(clause):
            said = found.groupdict().get("x") or ""
            return Stated((name,), named(said), said)
    return None


def _fields_of(nouns: str) -> Sequence[Field]:
    return [name for name, noun in NOUNS if re.search(rf"\b(?:{noun})\b", nouns, re.IGNORECASE)]


def named(paper: str) -> str:
    """The name of a paper without "the ... paper" and quotes; empty for a pronoun."""
    name = paper.strip(" ,;:?!.")
    while name != (bare := _AROUND_PAPER.sub("", name, count=1).strip(" ,;:?!.")):
        name = bare
    return "" if _PRONOUN.fullmatch(name) else name
