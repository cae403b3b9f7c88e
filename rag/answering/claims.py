"""Which sentences of an answer claim something: those need a source, the others need none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from rag.language.words import ASKING_WORDS, FUNCTION_WORDS, names, squeezed, stem, words

Kind: TypeAlias = Literal["nothing", "lead-in", "remark", "claim"]

STEM = 6  # letters that two forms of a word share
LONGEST_LEAD_IN = 18  # words
# Words with which an answer speaks of itself and its sources.
_OWN_WORDS = """
    abstract abstracts actually addition address addresses alternative alternatives answer answers
    article available based below briefly certain comparing concerning contain context detail
    details difference differences different discuss document documents evidence example excerpt
    fact figure first five following follows four general given gives group here however
    including information issue key last least main mainly material matter mention mentions namely
    note offered order other overall part parts passage point points possible problem provide
    provided question regarding relate related relevant respect respectively result results second
    several short similar single six source sources specific specify state stated states
    studies study summary tell text third three topic total turn turns two type types various
    view whole
""".split()
_STEMS_OF_OWN = frozenset(stem(word, STEM) for word in _OWN_WORDS)
_LAYOUT = re.compile(r"\s*(?:[-*•+]\s+|\d{1,3}[.)]\s+|[a-z]\)\s+|#{1,6}\s+|>\s*)*")
_EMPHASIS = re.compile(r"\*\*|__|~~|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_IS_HEADING = re.compile(r"\s*(?:#{1,6}\s|(?:[-*•]\s+)?\*\*[^*]*\*\*\s*\Z)")
_ENDS_AS_LEAD_IN = re.compile(r"[:：][\s*_]*\Z")
_ENDS_AS_QUESTION = re.compile(r"[?？][\s*_]*\Z")
_SOURCE = (
    r"(?:sources?|abstracts?|papers?|evidence|documents?|excerpts?|texts?|context|passages?"
    r"|information|details?|figures?|none\sof\s(?:them|these)|they|it|neither)"
)
_TELLING = (
    r"(?:sa(?:y|id|ys)|stat\w+|mention\w*|report\w*|giv\w+|specif\w+|provid\w+|describ\w+"
    r"|contain\w*|includ\w+|address\w*|discuss\w*|cover\w*|tells?|told|explain\w*|compar\w+"
    r"|answer\w*|disclos\w+|indicat\w+|detail\w*|list\w*|available|found)"
)
_ABSENCE = re.compile(
    rf"\b{_SOURCE}\b.{{0,60}}\b(?:not|no|none|neither|nothing|lack|lacks|without)\b.{{0,40}}\b{_TELLING}\b"
    rf"|\b(?:no|none\sof\sthe|neither|nothing\sin\sthe)\b.{{0,30}}\b{_SOURCE}\b.{{0,60}}\b{_TELLING}\b"
    rf"|\b(?:not|nothing\sis|n't)\s{_TELLING}\b.{{0,60}}\b{_SOURCE}\b",
    re.IGNORECASE | re.DOTALL,
)
_CONTRAST = re.compile(
    r"\b(?:but|however|although|though|yet|while|whereas|only|because|since|instead)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"\b(?:not|no|never|cannot|nor|without)\b|n['’]t\b", re.IGNORECASE)
_CAPITALISED = re.compile(r"(?<=[\w,;] )[A-Z]\w+")
_LETTER = re.compile(r"[^\W\d_]")
_FIGURE = re.compile(r"\d+")


def said(text: str) -> str:
    """A sentence as a person would read it out: no list sign, no emphasis, one line."""
    bare = _EMPHASIS.sub("", text[_layout(text) :])
    return " ".join(bare.split()).lstrip(",;:.–— ")


def layout(text: str) -> str:
    """What stands before the first word: blanks, a list's sign."""
    return text[: _layout(text)]


def kind_of(text: str, question: str, sources: Vocabulary) -> Kind:
    """What a sentence without markers is; "nothing" is what says nothing at all: "Sure!"."""
    plain = said(text)
    told = [word for word in words(plain) if not _is_silent(word)]
    is_lead_in = bool(_ENDS_AS_LEAD_IN.search(text) or _IS_HEADING.match(text))
    if not (any(map(_LETTER.search, told)) or (is_lead_in and words(plain))):
        return "nothing"
    asked = Vocabulary([question])
    if is_lead_in and _leads_in(plain, told, (asked, sources)):
        return "lead-in"
    return "remark" if _is_remark(plain, told, asked, sources) else "claim"


class Vocabulary:
    """The words, names and figures of some texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        whole = " ".join(texts)
        self._squeezed = squeezed(whole)
        self._figures = frozenset(_FIGURE.findall(whole))
        self._stems = frozenset(stem(word, STEM) for word in words(whole))

    def has_all_of(self, plain: str) -> bool:
        """Whether no figure and no name of a sentence is foreign to them."""
        named = [*names(plain), *_CAPITALISED.findall(plain)]
        return self._figures.issuperset(_FIGURE.findall(plain)) and all(
            squeezed(name) in self._squeezed for name in named
        )

    def foreign(self, told: Iterable[str]) -> list[str]:
        """The words that they do not have."""
        return [word for word in told if stem(word, STEM) not in self._stems]


def _leads_in(plain: str, told: list[str], known: Sequence[Vocabulary]) -> bool:
    """Short, denies nothing, and of the question's matter or the sources'."""
    is_known = any(vocabulary.has_all_of(plain) for vocabulary in known)
    is_short = len(words(plain)) <= LONGEST_LEAD_IN
    return is_known and is_short and not (_NEGATION.search(plain) or _foreign(told, known))


def _is_remark(plain: str, told: list[str], asked: Vocabulary, sources: Vocabulary) -> bool:
    """Speaks of the answer, asks back, or says that the sources do not say something."""
    if not asked.has_all_of(plain):
        return False
    if _ABSENCE.search(plain) and not _CONTRAST.search(plain):
        return not _foreign(told, (asked, sources))
    return not _foreign(told, (asked,) if _ENDS_AS_QUESTION.search(plain) else ())


def _foreign(told: Sequence[str], known: Sequence[Vocabulary]) -> list[str]:
    """Words that neither these texts have nor an answer that speaks of itself."""
    left = [word for word in told if stem(word, STEM) not in _STEMS_OF_OWN]
    for vocabulary in known:
        left = vocabulary.foreign(left)
    return left


def _is_silent(word: str) -> bool:
    lower = word.lower()
    return lower in FUNCTION_WORDS or lower in ASKING_WORDS or lower in _ACKNOWLEDGING


_ACKNOWLEDGING = frozenset("sure certainly okay ok yes yeah well great hello hi right".split())


def _layout(text: str) -> int:
    found = _LAYOUT.match(text)
    return found.end() if found else 0
