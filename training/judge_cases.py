"""Statements made from abstracts by rule: what an abstract says, and the same broken in one place.

Nothing here needs a model. Chance comes from the `Random` that is handed in: the same seed and the
same abstracts give the same cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random

from rag.language.sentences import sentences
from rag.language.words import names
from training.judge_breaking import Broken, Context, broken
from training.judge_examples import CONTRADICTED, OPEN, SUPPORTED, Abstract, Statement
from training.judge_words import OPENING, PHRASES

SHORTEST, LONGEST = 40, 420  # characters of a sentence that is worth a case
PER_ABSTRACT = 2
# How often each is done to a sentence.
OPENING_DROPPED, PHRASE_CHANGED, TAIL_CUT, ARTICLES_DROPPED, STOP_DROPPED = 0.7, 0.6, 0.35, 0.2, 0.3
JOINED, REWORDED_AND_BROKEN = 0.25, 0.5

_TAIL = re.compile(r"(?:,? while |, which |,? thereby |, and |, making |, leading to )[^,\d]*$")
# What is left of a condition or a pair without its second half says something else.
_BOUND = re.compile(r"\b(?:if|unless|only|both|either|neither|between|not|whether|when)\b", re.I)
_ARTICLE = re.compile(r"\b(?:the|an?) (?!few|little|lot|number|single|same)", re.I)


def cases(papers: Sequence[Abstract], random: Random) -> Iterator[Statement]:
    """Supported, contradicted and open statements, paper by paper."""
    known = names_of(papers)
    for paper in papers:
        yield from _cases_of(paper, known, random)
        if len(papers) > 1:
            yield from _misplaced(paper, papers, random)


def names_of(papers: Sequence[Abstract]) -> list[str]:
    """The names in the titles, sorted: what a name may be confused with."""
    return sorted({name for paper in papers for name in names(paper.title)})


def usable(paper: Abstract) -> list[str]:
    """The sentences of an abstract that are neither fragments nor whole paragraphs."""
    found = (paper.body[span.start : span.end] for span in sentences(paper.body))
    return [sentence for sentence in found if SHORTEST < len(sentence) < LONGEST]


def reword(sentence: str, random: Random) -> str:
    """The same in slightly other words; every number is kept, and none is added."""
    if random.random() < OPENING_DROPPED:
        sentence = OPENING.sub("", sentence)
    for pattern, choices in random.sample(PHRASES, len(PHRASES)):
        if random.random() < PHRASE_CHANGED:
            sentence = re.sub(pattern, random.choice(choices), sentence, flags=re.IGNORECASE)
    if random.random() < TAIL_CUT:
        sentence = _without_tail(sentence)
    if random.random() < ARTICLES_DROPPED:
        sentence = _ARTICLE.sub(lambda found: random.choice([found[0], ""]), sentence)
    if random.random() < STOP_DROPPED:
        sentence = sentence.rstrip(".")
    return _begun_large(sentence)


def _cases_of(paper: Abstract, known: Sequence[str], random: Random) -> Iterator[Statement]:
    found = usable(paper)
    context = Context(paper.text, known)
    for sentence in random.sample(found, min(PER_ABSTRACT, len(found))):
        said = reword(sentence, random)
        yield Statement(said, paper.text, SUPPORTED)
        if random.random() < JOINED:
            joined = f"{said.rstrip('.')}; {reword(random.choice(found), random)}"
            yield Statement(joined, paper.text, SUPPORTED)
        # The same words as the supported one, so that only the broken place tells them apart.
        yield from _contradicted(broken(said, context, random), paper)
        if random.random() < REWORDED_AND_BROKEN:
            again = broken(reword(sentence, random), context, random)
            yield from _contradicted(again, paper)


def _contradicted(found: Broken | None, paper: Abstract) -> Iterator[Statement]:
    if found:
        yield Statement(found.sentence, paper.text, CONTRADICTED)


def _misplaced(paper: Abstract, papers: Sequence[Abstract], random: Random) -> Iterator[Statement]:
    """A sentence beside another paper, which leaves it open."""
    other = random.choice(papers)
    if other != paper:
        found = usable(paper)
        for sentence in random.sample(found, min(PER_ABSTRACT, len(found))):
            yield Statement(reword(sentence, random), other.text, OPEN)


def _without_tail(sentence: str) -> str:
    """Cuts a last clause without a number, where the rest says the same alone."""
    found = _TAIL.search(sentence)
    if not found or _BOUND.search(sentence) or found.start() < SHORTEST:
        return sentence
    return sentence[: found.start()] + "."


def _begun_large(sentence: str) -> str:
    first = sentence.partition(" ")[0]
    return sentence[:1].upper() + sentence[1:] if first.isalpha() and first.islower() else sentence
