"""Which source supports each part of a sentence: those it cites, else another that was offered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from rag.answering.claims import Vocabulary, said
from rag.answering.grounding import is_grounded
from rag.answering.markers import Marked, parse
from rag.answering.untampered import untampered
from rag.language.words import content_words
from rag.types import Dropped, Paper, Verdict

MOST_OTHERS = 4  # sources that are tried where none of those cited says it
SHORTEST_CLAIM = 3  # words with a meaning; a shorter part is checked as the whole sentence
STRANGE = "A part of it has nothing to do with the source."
NO_SOURCE = "No source was cited, and none of those found says this."
_JOINT = re.compile(
    r"[\s,;:–—-]*(?:(?:and|but|or|while|whereas|although|which|where|so|then|as|also)\b[\s,]*)*",
    re.IGNORECASE,
)
# What is left of "According to [417], ..." without its marker.
_ATTRIBUTION = re.compile(
    r"\A(?:according\sto|as\s\w+\s(?:in|by)|in|by|per|from|based\son"
    r"|(?:the\s)?(?:source|paper|abstract|study|work)s?)\s*[,:]\s+",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"(?:the|a|an|our|both|all|each|one|no)\s|[^\W\da-z]|\w+[A-Z\d]")


class Checker(Protocol):
    """The verifier, as this module sees it."""

    def check(self, sentence: str, papers: Sequence[Paper]) -> list[Verdict]:
        """One verdict a paper, in order; the sentence comes without markers."""
        ...


@dataclass(frozen=True, slots=True)
class Supported:
    """A part of a sentence, and the sources that say it with their verdicts."""

    text: str
    sources: tuple[tuple[str, Verdict], ...] = ()


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the marker behind segment `place` vouches for."""

    place: int
    text: str
    ids: tuple[str, ...]


class Checking:
    """Checks the sentences of one answer, in order, against the sources that were offered."""

    def __init__(self, checker: Checker, offered: Mapping[str, Paper], question: str) -> None:
        self._checker = checker
        self._papers = {id_: untampered(paper) for id_, paper in offered.items()}
        self._words = {
            id_: Vocabulary([question, paper.title, paper.abstract])
            for id_, paper in self._papers.items()
        }
        self._last_cited: list[str] = []

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of the sources."""
        return Vocabulary(f"{paper.title} {paper.abstract}" for paper in self._papers.values())

    async def settle(self, marked: Marked) -> tuple[Supported, ...] | Dropped:
        """The sentence with the sources that support it, or why it cannot be shown."""
        whole = _ATTRIBUTION.sub("", said(marked.text))
        if not marked.ids:
            found = await self._other(whole, ())
            if not found:
                return Dropped(whole, (NO_SOURCE,))
            marked = parse(f"{marked.text.rstrip()} [{found[0]}]", (found[0],))
        sources: dict[int, tuple[tuple[str, Verdict], ...]] = {}
        for claim in _claims(marked, whole):
            supported = await self._support(claim, whole)
            if isinstance(supported, Dropped):
                return supported
            sources[claim.place] = supported
        self._last_cited = [id_ for found in sources.values() for id_, _ in found]
        return tuple(
            Supported(segment.text, sources.get(place, ()))
            for place, segment in enumerate(marked.segments)
        )

    async def _support(
        self, claim: _Claim, whole: str
    ) -> tuple[tuple[str, Verdict], ...] | Dropped:
        """The cited sources that say it, else one other that surely does."""
        verdicts = await self._check(claim.text, claim.ids)
        kept = _kept(verdicts)
        if not kept and claim.text != whole:
            kept = _kept(await self._check(whole, claim.ids))
        if kept:
            return kept
        if other := await self._other(claim.text, claim.ids):
            return (other,)
        nearest = max(verdicts.values(), key=lambda verdict: verdict.probability)
        return Dropped(whole, nearest.reasons)

    async def _other(self, text: str, tried: Sequence[str]) -> tuple[str, Verdict] | None:
        """Another source that supports it, the one cited last before the others."""
        ids = [id_ for id_ in dict.fromkeys([*self._last_cited, *self._papers]) if id_ not in tried]
        first = len(self._last_cited[:1])
        for batch in (ids[:first], ids[first:MOST_OTHERS]):
            verdicts = await self._check(text, batch)
            sure = [one for one in verdicts.items() if one[1].label == "supported"]
            if sure:
                return max(sure, key=lambda one: one[1].probability)
        return None

    async def _check(self, text: str, ids: Sequence[str]) -> dict[str, Verdict]:
        if not ids:
            return {}
        papers = [self._papers[id_] for id_ in ids]
        verdicts = await asyncio.to_thread(self._checker.check, text, papers)
        return {
            id_: self._grounded(text, verdict, id_)
            for id_, verdict in zip(ids, verdicts, strict=True)
        }

    def _grounded(self, text: str, verdict: Verdict, id_: str) -> Verdict:
        if verdict.label == "unsupported" or is_grounded(text, self._words[id_]):
            return verdict
        return replace(verdict, label="unsupported", reasons=(STRANGE,))


def _kept(verdicts: Mapping[str, Verdict]) -> tuple[tuple[str, Verdict], ...]:
    return tuple((id_, one) for id_, one in verdicts.items() if one.label != "unsupported")


def _claims(marked: Marked, whole: str) -> Iterator[_Claim]:
    """What each marker vouches for; text behind the last one belongs to it as well."""
    segments = marked.segments
    cited = [place for place, segment in enumerate(segments) if segment.ids]
    for place in cited:
        end = len(segments) if place == cited[-1] else place + 1
        part = said(Marked(segments[place:end]).text)
        alone = part[_joint(part) :] if place else part
        text = alone if _stands_alone(alone, is_first=not place) else whole
        yield _Claim(place, text, segments[place].ids)


def _stands_alone(part: str, *, is_first: bool) -> bool:
    """Whether it says enough, and of whom: "is twice as fast" might be said of anything."""
    has_subject = is_first or bool(_SUBJECT.match(part))
    return len(content_words(part)) >= SHORTEST_CLAIM and has_subject


def _joint(part: str) -> int:
    found = _JOINT.match(part)
    return found.end() if found else 0
