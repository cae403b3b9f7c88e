"""The papers that answers cite, as every bibliography wants them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypeAlias

from rag.language.latex import readable
from rag.types import Answer, Paper, Published
from ui.exports.names import Name, read_names

Kind: TypeAlias = Literal["preprint", "article", "other"]

_WORD = re.compile(r"[a-z0-9]+")
_EMPTY_WORDS = frozenset(
    "a an the on of in for to and or from by with at is are as how what when where why do does "
    "can via towards toward using".split()
)
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
)


@dataclass(frozen=True, slots=True)
class Work:
    """A paper ready for a bibliography; what is not known is empty, and nothing is made up.

    Texts are on one line, without LaTeX. `key` depends on the paper alone, unless another one of
    the same bibliography would have the same. `has_more` authors than are named.
    """

    key: str
    kind: Kind
    title: str
    abstract: str
    authors: tuple[Name, ...]
    has_more: bool
    published: Published | None
    url: str
    arxiv: str
    doi: str
    pmid: str


def works(answers: Sequence[Answer]) -> list[Work]:
    """Every paper that is cited, once, in the order in which they are."""
    cited = (citation.paper for answer in answers for citation in answer.citations)
    papers = list({paper.id: paper for paper in cited}.values())
    return [_work(paper, key) for paper, key in zip(papers, _keys(papers), strict=True)]


def _work(paper: Paper, key: str) -> Work:
    known = dict(reversed(paper.identifiers))
    authors = read_names(paper.authors)
    return Work(
        key=key,
        kind=_kind(known),
        title=_line(paper.title),
        abstract=_line(paper.abstract),
        authors=authors,
        has_more=bool(authors) and _counted(paper) > len(authors),
        published=paper.published if paper.published and paper.published.year else None,
        url=_address(paper.url or ""),
        arxiv=_address(known.get("arxiv", "")),
        doi=_address(known.get("doi", "")),
        pmid=_address(known.get("pmid", "")),
    )


def _kind(known: dict[str, str]) -> Kind:
    if known.get("pmid") or ("doi" in known and not known["doi"].startswith("10.48550/")):
        return "article"
    return "preprint" if "arxiv" in known else "other"


def _counted(paper: Paper) -> int:
    # A list that ends in "et al." is longer than its names by one at the least.
    return max(paper.author_count or 0, len(list(filter(str.strip, paper.authors))))


def _keys(papers: Sequence[Paper]) -> list[str]:
    """Surname, year and first word of the title, and a digest where two papers share them."""
    plain = [_key(paper) for paper in papers]
    count = Counter(plain)
    return [
        f"{key}-{sha256(paper.id.encode('utf-8', 'replace')).hexdigest()[:8]}"
        if count[key] > 1
        else key
        for paper, key in zip(papers, plain, strict=True)
    ]


def _key(paper: Paper) -> str:
    year = str(paper.published.year) if paper.published and paper.published.year else ""
    names = read_names(paper.authors)
    surname = "".join(_words(names[0].family or names[0].literal)) if names else ""
    telling = [word for word in _words(readable(paper.title)) if word not in _EMPTY_WORDS]
    if surname:
        return f"{surname}{year}{''.join(telling[:1])}"
    return f"{''.join(telling[:1])}{year}{''.join(telling[1:2])}" or "paper"


def _words(text: str) -> list[str]:
    """In the letters that every program takes for a key."""
    folded = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return _WORD.findall("".join(_unmarked(folded)))


def _unmarked(text: str) -> Iterable[str]:
    return (letter for letter in text if not unicodedata.combining(letter))


def _line(text: str) -> str:
    return unicodedata.normalize("NFC", readable(text))


def _address(text: str) -> str:
    """An identifier or an address without characters that would end its field."""
    return re.sub(r"[\s{}\\<>\"]", lambda found: f"%{ord(found[0]):02X}", text.strip())
