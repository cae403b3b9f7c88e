"""The words of a question about the record: those that ask, those that name papers, the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

CUT = " | "  # stands where something was taken out
_PAPER = (
    r"(?:papers?|publications?|articles?|works?|preprints?|manuscripts?|stud(?:y|ies)|entr(?:y|ies)"
    r"|abstracts?)"
)
PAPER = rf"(?:{_PAPER}|every(?:thing|one)|any(?:thing|one)|something|ones?|stuff)"
PUBLISHED = (
    r"(?:published|released|dated|appeared|appear|written|posted|submitted|came\ out|come\ out"
    r"|comes?|came|coming)"
)
ASKS_FOR_PAPERS = re.compile(
    rf"\b(?:{PAPER}|{PUBLISHED})\b"
    r"|\b(?:what|which)(?:['’]s|\s+is|\s+are|\s+was)?\s+(?:the\s+)?\|",
    re.IGNORECASE,
)
COUNTS_PAPERS = re.compile(
    rf"\b(?:how\ many|(?:the\ )?(?:total\ )?(?:number|count)\ of|count)\b(?=.*\b{_PAPER}\b)",
    re.IGNORECASE,
)
_FILLER = frozenset(
    """
    a about again all also altogether am an and any appear appeared appears are articles article
    at available be been both by came can come comes coming contain contains contained could
    count currently date dated dates did do does each entirely ever every exist exists far for
    from get gets give given gives got had has have having here how i in include included
    includes is it its itself just keep kept know known let like list look made make many may me
    month most my name named need needed number numbers of on only or order ordered originate
    originates our out overall please posted produced publish published put rank recent recently
    ranked record recorded records release released s see seen show shown so some sort sorted
    still store stored submitted than that the their them then there these they this those to
    total up upload uploaded want wanted was we were what what's whats when where which who
    who's whose with would write written wrote year years you your
    """.split()
)
_SHELF = re.compile(
    r"\b(?:(?:that\s+)?(?:you|we|i)\s+(?:have|know\s+of|know\s+about|know|hold|keep|got)\b"
    r"|(?:(?:on|in|of|from|across|within)\s+)?(?:the|this|my|your|our)\s+(?:whole\s+|entire\s+)?"
    r"(?:shelf|shelves|collection|library|database|corpus|catalogue|catalog|index|data\s?set|list)"
    r"\b|\b(?:on|in)\s+(?:here|record|file|store)\b)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"""\b(?:on|about|regarding|concerning|covering|addressing|discussing|around
          |(?:that|which)\ (?:are|is|deals?|deal)\ (?:about|on|with)|dealing\ with
          |(?:that|which)\ (?:cover|covers|discuss|discusses|mention|mentions|concern|concerns)
          |mentioning|related\ to|relating\ to|to\ do\ with|in\ the\ (?:field|area|topic)\ of
          |on\ the\ (?:topic|subject)\ of|with\ the\ topic|in|for|using|with)\ +
        (?P<topic>[^|]*?)
        (?=\s*(?:\||$|\b(?:are|is|were|was|do|does|did|have|has|came|come|comes|that|which)\b|[?.!]))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD = re.compile(r"[^\s|,;:?!.()\"“”]+(?:\.[^\s|,;:?!.()\"“”]+)*|\|")
_IS_PAPER = re.compile(PAPER, re.IGNORECASE)
LONGEST_ADJECTIVE = 5  # words
_TIED_BEFORE = re.compile(
    rf"\b(?:{PAPER}|{PUBLISHED})(?:\s+(?:that|which))?(?:\s+(?:are|were|is|was|came|come|comes))?"
    rf"(?:\s+{PUBLISHED})?\s*$",
    re.IGNORECASE,
)
_TIED_BEHIND = re.compile(rf"^(?:['’]s)?\s+(?:[\w-]+\s+){{0,2}}?{PAPER}\b", re.IGNORECASE)


@dataclass(slots=True)
class Wording:
    """A question out of which parts are taken as they are understood."""

    rest: str

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first part that fits, taken out."""
        found = pattern.search(self.rest)
        if found:
            self.cut(*found.span())
        return found

    def cut(self, start: int, end: int) -> None:
        self.rest = f"{self.rest[:start]}{CUT}{self.rest[end:]}"

    def cut_shelf(self) -> None:
        """Takes out "on this shelf", "that you have": all papers are there."""
        self.rest = _SHELF.sub(CUT, self.rest)

    def take_topic(self) -> str:
        """The subject that papers are wanted on: "on pruning", "diffusion papers"."""
        before = self._take_adjective()
        behind = self.take(_ABOUT)
        return " ".join(filter(None, (before, _bare(behind["topic"]) if behind else "")))

    def unknown(self) -> list[str]:
        """The words that are neither filler nor the word "paper"."""
        return [word for word in self._words() if not is_filler(word)]

    def _words(self) -> Iterator[str]:
        return (found[0] for found in _WORD.finditer(self.rest))

    def _take_adjective(self) -> str:
        """The words with a meaning right before "papers"."""
        found = list(_WORD.finditer(self.rest))
        for place, noun in enumerate(found):
            if not _IS_PAPER.fullmatch(noun[0]):
                continue
            first = place
            while first and not is_filler(found[first - 1][0]):
                first -= 1
            if 0 < place - first <= LONGEST_ADJECTIVE:
                start, end = found[first].start(), found[place - 1].end()
                words = self.rest[start:end]
                self.cut(start, end)
                return _bare(words)
        return ""


def is_filler(word: str) -> bool:
    """Whether a word says nothing of what papers are about."""
    plain = word.lower().replace("’", "'").strip("'-")
    stem = plain.removesuffix("'s")
    return (
        not plain
        or plain == "|"
        or plain in _FILLER
        or stem in _FILLER
        or bool(_IS_PAPER.fullmatch(stem))
    )


def _bare(topic: str) -> str:
    """A topic without articles and filler around it."""
    words = topic.strip(" ,.;:?!\"“”'()").split()
    while words and is_filler(words[0]):
        words.pop(0)
    while words and is_filler(words[-1]):
        words.pop()
    return " ".join(words)


def is_behind_papers(wording: Wording, start: int) -> bool:
    """Whether what begins there stands right behind "papers" or "published"."""
    return bool(_TIED_BEFORE.search(wording.rest[:start]))


def is_before_papers(text: str) -> bool:
    """Whether the text goes on with "papers"."""
    return bool(_TIED_BEHIND.match(text))


def is_tied(wording: Wording, start: int, end: int) -> bool:
    """Whether what stands there belongs to papers: "papers from 2024", "2024 papers"."""
    return is_behind_papers(wording, start) or is_before_papers(wording.rest[end:])
