"""What the names of a question say: which papers are meant, and how they spell themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

from rag.language.name_key import folded, joined
from rag.language.naming import is_generic, plainly
from rag.language.words import parts
from rag.retrieval.mentions import Mention, NameIndex, mentions
from rag.store.named import Bearing, NameCount

# How surely a paper is meant by a name, by what it has to do with it, if no other paper has any. A
# name of its own loses little by others that use it. Those count only where it is nobody's, and
# then what many share means nobody.
OWN = 1.0
PRESENTED = 0.8
ABOUT = 0.6
USED = 0.6
POPULAR = -0.25  # power of how many have it: who names BERT may ask for what is built on it
MOST = 20  # papers with one claim to a name; beyond them, it is a name for many things


@dataclass(frozen=True, slots=True)
class Naming:
    """A question's names.

    `papers`: how surely each is meant, 0 to 1. `corrections`: what was typed that no abstract has,
    and the name that it is taken for; `question` has them made. `spellings`: names that papers
    write otherwise, for a lexical search. `unknown`: names of which the shelf has no trace.
    """

    question: str
    spellings: str
    papers: dict[str, float]
    corrections: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()


def naming(question: str, index: NameIndex) -> Naming:
    """Reads a question for names of papers on the shelf."""
    text = plainly(question)
    found = mentions(text, index)
    respelt = sorted(filter(_is_respelt, found.known), key=lambda one: one.gram.first)
    foreign = [mention for mention in respelt if mention.is_foreign]
    return Naming(
        _corrected(text, foreign) if foreign else question,
        " ".join(mention.name for mention in respelt),
        _papers(found.known, index),
        tuple((text[m.gram.span.start : m.gram.span.end], m.name) for m in foreign),
        found.unknown,
    )


def _is_respelt(mention: Mention) -> bool:
    """Whether its paper spells it otherwise; case, hyphens and the plural make no difference."""
    typed, name = (_spelling(one) for one in (" ".join(mention.gram.words), mention.name))
    return bool(name) and name != typed


def _spelling(name: str) -> list[str]:
    return [joined([folded(part)]) for part in parts(name)]


def _corrected(text: str, foreign: list[Mention]) -> str:
    pieces, end = [], 0
    for mention in foreign:
        pieces += [text[end : mention.gram.span.start], mention.name]
        end = mention.gram.span.end
    return "".join([*pieces, text[end:]])


def _papers(known: tuple[Mention, ...], index: NameIndex) -> dict[str, float]:
    """A paper that two names mean is surer than either makes it."""
    unmeant: dict[str, float] = {}
    counts = index.name_counts({mention.key for mention in known})
    for mention in known:
        for paper_id, claim in _claims(mention, counts[mention.key], index):
            doubt = 1.0 - claim * mention.certainty
            unmeant[paper_id] = unmeant.get(paper_id, 1.0) * doubt
    return {paper_id: 1.0 - doubt for paper_id, doubt in unmeant.items()}


def _claims(mention: Mention, count: NameCount, index: NameIndex) -> Iterator[tuple[str, float]]:
    claims: list[tuple[Bearing, int, float]] = [
        ("own", count.own, OWN * count.all**POPULAR / sqrt(count.own or 1)),
        ("presented", count.presented, PRESENTED / sqrt(count.all)),
    ]
    if not (count.own or count.presented or is_generic(mention.key)):
        claims += [
            ("about", count.about, ABOUT / count.all),
            ("used", count.used, USED / count.all),
        ]
    for bears, bearers, claim in claims:
        if 0 < bearers <= MOST:
            yield from ((paper_id, claim) for paper_id in index.named(mention.key, bears, MOST))
