"""Pronouns and the like: which of them point out of the question, to what came before."""

from __future__ import annotations

import re

from rag.answering.wording import capitals, own_names, subject_words

FEW = 2  # words of a subject that name what "its" means
# Words of a subject with which a question says enough in spite of a pronoun.
_ENOUGH = {"it": 6, "possessive": 6, "there": 6, "demonstrative": 4, "noun": 5, "one": 5}
AUTHORS_DESCRIBED = 3  # the same for "they" and "the authors" beside a name
# "That" counts where it stands for something, not where a clause begins: "show that", "data that".
POINTER = re.compile(
    r"""(?P<possessive>\b(?:its|their|(?-i:his|her))\b)
       | (?P<paper>\b(?:this|that|these|those|(?P<the>the|said))
            \s(?:same\s|above\s|previous\s)?
            (?:papers?|work|stud(?:y|ies)|article|abstract|methods?|approach(?:es)?|technique|authors?
              |researchers|algorithm|framework)\b
            (?!\s(?:on|of|by|behind|for|from|called|named|that|which|who|to|titled|in|with|where)\s\w)
            (?(the)(?!\sabout\s\w)))
       | (?P<noun>\b(?:this|that)\s(?:metric|term|number|figure|score|result|dataset|data\sset|case
            |setting|value|experiment|idea|trick|step|loss|part|claim|gain|improvement|effect
            |benchmark|task|model|network|system|architecture|tool|corpus|finding|problem)\b)
       | (?P<demonstrative>\b(?:this|these|those)\b(?!\s(?:shelf|collection|corpus|year|month|week
            |library|papers?|work|stud(?:y|ies)|article|that|who|which|of|with|topic|day|weekend|morning|afternoon|evening)\b)
            | (?:^|(?<=\bis\s)|(?<=\bare\s)|(?<=\bwas\s)|(?<=\bwere\s)|(?<=\bdoes\s)|(?<=\bdo\s)
              |(?<=\bdid\s)|(?<=\bhas\s)|(?<=\bhad\s)|(?<=\bcan\s)|(?<=\bcould\s)|(?<=\bwill\s)
              |(?<=\bwould\s)|(?<=\bof\s)|(?<=\bon\s)|(?<=\bwith\s)|(?<=\bfor\s)|(?<=\bfrom\s)
              |(?<=\bto\s)|(?<=\bby\s)|(?<=\bthan\s)|(?<=\babout\s)|(?<=\bat\s)|(?<=\blike\s)
              |(?<=\bafter\s)|(?<=\bbefore\s)|(?<=\bhow\s)|(?<=\bwhy\s)|(?<=\bin\s)|(?<=\band\s)
              |(?<=,\s))that\b(?!\s(?:they|we|it|there|people|paper|work|study|article)\b)
            | \bthat(?:\s(?:many|much))?(?=\s*(?:[?.!,;]|$)))
       | (?P<it>\b(?:it|they|them|(?-i:he|she|him))\b)
       | (?P<one>\b(?:which|the|that|this|first|second|last|other|ternary|small|large)\sones?\b
            (?!\s(?:of|on|for|about|with|that|which|to|where|who)\b)
            | \bis\sthere\sone\b)
       | (?P<there>(?<!\bis\s)(?<!\bare\s)(?<!\bwas\s)(?<!\bwere\s)(?<!\bbe\s)(?<!^)\bthere\b
            (?=\s*(?:[?.!,;]|$)))""",
    re.VERBOSE | re.IGNORECASE,
)
# "How long does it take to", "is it possible to", "what is it that": nothing is meant by it.
_EMPTY_IT = re.compile(
    r"""\b(?:is|was|be|makes?|made|can|does|did|will|would|how|why)\s+(?:\w+\s+)??it\s
        (?:(?:even|still|not|always|ever|\w+ly)\s)?
        (?:possible|true|better|worth|known|enough|necessary|needed|clear|best|safe|common|hard|easy
          |easier|harder|cheaper|feasible|useful|helpful|important|take|matter|cost|make\ssense|seem
          |decided|going|that|ok|okay|fair|correct|wise|sensible|a\s(?:good|bad)\sidea)\b
        (?=.*\b(?:to|that|whether|if|for|when|where|how|which)\b)
      | \b(?:is|was|be)\sit\sto\b""",
    re.VERBOSE | re.IGNORECASE,
)
_BOUNDARY = re.compile(
    r"[,;:?.!]\s|\s[-–—]\s|\b(?:and|but|or|so|when|while|if|because|since|that|which|who|after"
    r"|before|until|although|then|without|where|by|via|as|than|what|how|why)\s",
    re.IGNORECASE,
)
# "In the image provenance paper" says which.
_NAMED_PAPER = re.compile(
    r"\b(?:in|of|from|by)\sthe\s(?:[\w'-]+\s){1,6}?(?:paper|study|work)\b", re.IGNORECASE
)


def refers_back(rest: str) -> bool:
    """Whether a pronoun stands in it for something that it does not name itself."""
    empty = [found.span() for found in _EMPTY_IT.finditer(rest)]
    for found in POINTER.finditer(rest):
        if not any(start <= found.start() < end for start, end in empty):
            # What the first one stands for, the others do as well.
            return not _is_named_before(rest, found) and not _is_described(rest, found)
    return False


def _is_described(rest: str, pointer: re.Match[str]) -> bool:
    """Whether the question tells so much that one can do without what the pointer stands for."""
    kind, text = _kind(pointer), pointer[0].lower()
    if kind == "paper" and "author" not in text and "researcher" not in text:
        return False
    if _NAMED_PAPER.search(rest):
        return True
    if text in ("they", "them") or kind == "paper":
        has_name = bool(own_names(rest))
        return len(subject_words(rest)) >= (AUTHORS_DESCRIBED if has_name or kind == "paper" else 5)
    return not _few(rest, kind)


def _kind(pointer: re.Match[str]) -> str:
    return "paper" if pointer["paper"] else str(pointer.lastgroup)


def _few(rest: str, kind: str) -> bool:
    return len(subject_words(rest)) < _ENOUGH[kind]


def _is_named_before(rest: str, pointer: re.Match[str]) -> bool:
    """Whether an earlier clause names it, or for "its" the same clause does."""
    before = rest[: pointer.start()]
    if not pointer["possessive"]:
        ends = [found.end() for found in _BOUNDARY.finditer(before + " ")]
        before = before[: ends[-1]] if ends else ""
    needed = FEW if pointer["possessive"] else 1
    is_named = bool(own_names(before) or (pointer["possessive"] and capitals(before)))
    return is_named or len(subject_words(before)) >= needed
