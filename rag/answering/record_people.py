"""Who wrote papers and where: authors and organisations that a question names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rag.answering.record_wording import (
    PAPER,
    Wording,
    is_behind_papers,
    is_filler,
    is_tied,
)
from rag.language.words import squeezed

LONGEST_NAME = 4  # words of a person or an organisation
LONGEST_SMALL_NAME = 2  # the same, in small letters
_NO_NAMES = frozenset(
    "default hand home scratch chance design mistake far now then example".split()
)
_FROM = r"(?:from|by|at|of|out\ of|inside|affiliated\ with)\s+(?:the\s+|a\s+|an\s+)?"
_NAME = r"(?P<name>[^\W\d_][\w.'’&-]*(?:[ ,]+(?:and\ |&\ )?[^\W\d_][\w.'’&-]*){0,7}?)"
_NAME_END = (
    r"(?=\s*(?:\||$|[?.!;:]|\b(?:about|on|in|from|since|before|after|are|is|were|was|that|which"
    r"|dealing|regarding|with|as|have|has|do|does|did|there|together|ranked|sorted)\b))"
)
_WRITTEN_BY = re.compile(
    rf"\b(?:(?:co-?\s?)?(?:authored|written|published|released|made|produced)\s+by"
    rf"|(?:with|from|by)\s+(?:the\s+)?(?:co-?)?authors?|(?<=\|\s)by|by)\s+{_NAME}{_NAME_END}",
    re.IGNORECASE,
)
_DID_WRITE = re.compile(
    rf"\b(?:did|has|have|had)\s+{_NAME}\s+(?:(?:also|ever)\s+)?(?:co-?\s?)?"
    rf"(?:write|written|author|authored|publish|published)\b"
    rf"(?:\s+(?:together\s+)?with\s+(?P<other>[^|?.!]+))?",
    re.IGNORECASE,
)
_ON_WHICH = re.compile(
    rf"\b(?:with|having|where|that\ have)\s+{_NAME}\s+(?:as|is|was|among|amongst)\s+"
    r"(?:an?\s+|one\s+of\s+)?(?:the\s+)?(?:co-?)?authors?\b"
    rf"|\b(?:{PAPER}\s+)(?:that\s+)?(?P<writer>[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*){{0,3}})\s+"
    r"(?:(?:co-?\s?)?(?:wrote|authored|published))\b",
    re.IGNORECASE,
)
_OWNED = re.compile(
    rf"\b{_NAME}['’]s?\s+(?=(?:[\w-]+\s+){{0,2}}?(?:papers?|publications?|works?|articles?)\b)",
    re.IGNORECASE,
)
_ORIGIN = re.compile(
    rf"\b(?:(?P<by>by)|from|at)\s+(?:the\s+(?=(?-i:[A-Z])))?{_NAME}{_NAME_END}", re.IGNORECASE
)


def _is_name(wording: Wording, found: re.Match[str]) -> bool:
    """In small letters, only right behind "papers": "learning from demonstrations" is none."""
    name = found["name"]
    words = name.split()
    if name[0].isupper():
        return len(words) <= LONGEST_NAME and not is_filler(name)
    is_plain = not any(is_filler(word) or word.lower() in _NO_NAMES for word in words)
    is_behind = is_behind_papers(wording, found.start())
    return is_behind and is_plain and len(words) <= LONGEST_SMALL_NAME


def take_authors(
    wording: Wording, is_author: Callable[[str], bool]
) -> tuple[tuple[str, ...], bool] | None:
    """Who is to have written papers, taken out, and whether that is said of the papers."""
    for pattern in (_DID_WRITE, _ON_WHICH, _WRITTEN_BY, _OWNED):
        if (found := pattern.search(wording.rest)) is None:
            continue
        groups = found.groupdict()
        names = (groups.get("name") or groups.get("writer"), groups.get("other"))
        people = tuple(_people(" and ".join(filter(None, names))))
        if people and all(map(is_author, people)):
            tied = is_tied(wording, *found.span()) or pattern is not _WRITTEN_BY
            wording.cut(*found.span())
            return people, tied
    return None


def _people(named: str) -> Iterator[str]:
    """The persons of "Hinton and Srivastava", "Ba, Kiros & Hinton"."""
    for part in re.split(r"\s*(?:,\s*(?:and\s+)?|\band\b|&)\s*", named.strip(" ,|?.!")):
        words = part.split()
        if 0 < len(words) <= LONGEST_NAME and not all(map(is_filler, words)):
            yield part.strip()


def take_organization(wording: Wording, organizations: Sequence[str]) -> tuple[str, bool] | None:
    """Where papers are to come from, taken out, and whether that is said of the papers."""
    for name, organization in _called(organizations, _folded(wording.rest)):
        said = rf"(?:the\s+)?{re.escape(name)}(?!\w)"
        found = re.search(
            rf"\b{_FROM}{said}|\b{said}(?:['’]s?)?(?=\s+(?:[\w-]+\s+){{0,2}}?{PAPER}\b)"
            rf"|\b(?:did|has|have)\s+{said}\s+(?:publish|release|write|make|published|released)\w*",
            wording.rest,
            re.IGNORECASE,
        )
        if found:
            tied = is_tied(wording, *found.span()) or not found[0].lower().startswith(_PREPOSITIONS)
            wording.cut(*found.span())
            return organization, tied
    return None


_PREPOSITIONS = ("from", "by", "at", "of", "out", "inside", "affiliated")


def _called(organizations: Sequence[str], folded: str) -> Iterator[tuple[str, str]]:
    """What each is called, longest first: by its name, else by the first word of it.

    Those alone whose letters stand in the text: a pattern for each of thousands takes seconds.
    """
    near = [name for name in organizations if _folded(_first(name)) in folded]
    for name in sorted(near, key=len, reverse=True):
        if _folded(name) in folded:
            yield name, name
    for name in near:
        first = _first(name)
        if len(name.split()) > 1 and len(squeezed(first)) > 2 and not is_filler(first):
            yield first, name


def _first(name: str) -> str:
    return "".join(name.split(maxsplit=1)[:1])


def _folded(text: str) -> str:
    """Without case, as patterns that ignore it take letters for the same: also i, İ and ı."""
    return text.casefold().replace("\u0307", "").replace("ı", "i")


def take_stranger(wording: Wording) -> tuple[str, bool] | None:
    """A name that nobody on the shelf has, taken out, and whether "by" stands before it."""
    found = _ORIGIN.search(wording.rest)
    if not found or not _is_name(wording, found):
        return None
    wording.cut(*found.span())
    return found["name"].strip(" ,"), bool(found["by"])
