"""Whether the papers on the shelf say what the sentences of a message say."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.language.sentences import sentences
from rag.types import Hit, Paper, Scope, Verdict

MOST = 10  # sentences
FEWEST_WORDS = 4
LOOKED_AT = 5  # papers a sentence
_LIST_ITEM = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+")
_LABELS = ("unsupported", "weak", "supported")


class Search(Protocol):
    """Finds papers."""

    async def search(
        self, question: str, *, scope: Scope = ..., limit: int = ...
    ) -> Sequence[Hit]: ...


class Verifier(Protocol):
    """Says whether papers say a sentence; blocks."""

    def check(self, sentence: str, papers: Sequence[Paper]) -> list[Verdict]: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence, and the paper that supports it best; without one none comes near."""

    sentence: str
    paper: Paper | None = None
    verdict: Verdict | None = None


class Checker(Protocol):
    """Checks the sentences of a text."""

    async def check(self, text: str, scope: Scope = ...) -> list[Checked]: ...


class ShelfChecker:
    """Looks papers up for each sentence and has the verifier read them."""

    def __init__(self, search: Search, verifier: Verifier) -> None:
        self._search, self._verifier = search, verifier

    async def check(self, text: str, scope: Scope = Scope()) -> list[Checked]:
        """The first sentences that say something, in order."""
        return [await self._checked(one, scope) for one in statements(text)[:MOST]]

    async def _checked(self, sentence: str, scope: Scope) -> Checked:
        hits = await self._search.search(sentence, scope=scope, limit=LOOKED_AT)
        papers = [hit.paper for hit in hits]
        if not papers:
            return Checked(sentence)
        verdicts = await asyncio.to_thread(self._verifier.check, sentence, papers)
        paper, verdict = max(zip(papers, verdicts, strict=True), key=lambda one: _rank(one[1]))
        return Checked(sentence, paper, verdict)


def statements(text: str) -> list[str]:
    """The sentences of a message that a paper might say: no questions, no scraps."""
    found = [
        _LIST_ITEM.sub("", line[span.start : span.end]).strip()
        for line in text.splitlines()
        for span in sentences(line)
    ]
    return [one for one in found if len(one.split()) >= FEWEST_WORDS and not one.endswith("?")]


def _rank(verdict: Verdict) -> tuple[int, float]:
    return _LABELS.index(verdict.label), verdict.probability
