"""Which paper somebody means by a title, a part of it, a nickname or a misspelt name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence

from rag.answering.topic import share, shares_title
from rag.language.words import names, squeezed, words
from rag.types import Paper

ALIKE = 0.85  # likeness of a misspelt name
LONGEST_NICKNAME = 3  # words
SHORTEST_CUT = 4  # letters
MOST = 0.6  # share of the words of a description that a paper has to have
FEW = 3  # words of a description that a paper has to have all
_INTRODUCES = (
    r"\b(?:call(?:ed|s)?|named?|dub(?:bed)?|term(?:ed)?|coin(?:ed)?|introduc\w+|propos\w+|present\w*"
    r"|develop\w*|train(?:ed|s)?|releas\w+|describ\w+|design\w*|build|built|yields?)\b[^.;]{0,80}?"
)


def called(name: str, papers: Sequence[Paper]) -> Paper | None:
    """The paper of that name; `papers` are best first. No record may pass for another's."""
    tests: tuple[Callable[[str, Paper], bool], ...] = (
        _is_title,
        _begins_title,
        _begins_abstract,
        _names_itself,
        _stands_in_title,
        _is_alike,
    )
    for is_called in tests:
        for paper in papers:
            if is_called(name, paper):
                return paper
    return next((paper for paper in papers[:1] if _is_described(name, paper)), None)


def _is_title(name: str, paper: Paper) -> bool:
    """The whole title, or what stands before its colon."""
    return squeezed(name) in {squeezed(paper.title), squeezed(_head(paper))}


def _begins_title(name: str, paper: Paper) -> bool:
    """With the words of the name, the last of them perhaps cut short: "batch norm"."""
    wanted, there = _plain(name), _plain(paper.title)
    if not wanted or len(there) < len(wanted):
        return False
    last, against = wanted[-1], there[len(wanted) - 1]
    is_cut = len(wanted) > 1 and len(last) >= SHORTEST_CUT and against.startswith(last)
    return there[: len(wanted) - 1] == wanted[:-1] and (last == against or is_cut)


def _stands_in_title(name: str, paper: Paper) -> bool:
    """The words of the name follow each other; a single name behind a colon is another's."""
    wanted, there = _plain(name), _plain(paper.title if " " in name else _head(paper))
    return bool(wanted) and any(
        there[start : start + len(wanted)] == wanted for start in range(len(there))
    )


def _is_alike(name: str, paper: Paper) -> bool:
    """A misspelt title, or a misspelt name before its colon."""
    wanted = squeezed(name)
    return any(
        difflib.SequenceMatcher(None, wanted, squeezed(one)).ratio() >= ALIKE
        for one in (paper.title, _head(paper))
    )


def _names_itself(name: str, paper: Paper) -> bool:
    """A nickname that the abstract introduces, "we call it X" or "(X)", not one that it uses."""
    said = _said(name)
    is_single = " " not in name
    introduced = rf"(?i:{_INTRODUCES}){said}|\({said}\)" if is_single else rf"\({said}\)"
    return bool(re.search(introduced, paper.abstract, re.IGNORECASE if name.islower() else 0))


def _begins_abstract(name: str, paper: Paper) -> bool:
    """A name that its first sentence begins with: "GPT-3 is a language model"."""
    if len(name.split()) > LONGEST_NICKNAME:
        return False
    return bool(re.match(rf"\s*(?:the\s+)?{_said(name)}", paper.abstract, re.IGNORECASE))


def _said(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}(?![\w-])"


def _is_described(name: str, paper: Paper) -> bool:
    """The best paper, where it has the words and names that describe it."""
    if len(words(name)) == 1 or not shares_title(name, paper):
        return False
    text = squeezed(f"{paper.title} {paper.abstract}")
    enough = 1.0 if len(words(name)) <= FEW else MOST
    return share(name, paper) >= enough and all(squeezed(one) in text for one in names(name))


def _head(paper: Paper) -> str:
    return paper.title.partition(":")[0]


def _plain(text: str) -> list[str]:
    return [squeezed(word) for word in words(text)]
