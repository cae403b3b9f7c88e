"""Put an answer together from a model's sentences: what is shown, what failed, what is no part."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.checking import Checker, Checking
from rag.answering.claims import Kind, kind_of, layout, said
from rag.answering.markers import Marked, parse
from rag.answering.numbering import Numbering
from rag.answering.offered import Offered
from rag.answering.outcome import Piece
from rag.answering.page import Page
from rag.answering.short_replies import declines
from rag.answering.unlinked import begins_references, unlinked
from rag.language.arriving import Arriving
from rag.language.inert import inert
from rag.language.untrusted import addresses_a_model
from rag.language.words import words
from rag.types import Dropped

A_LINK = "It is a link."
AN_ORDER = "It is an order to a language model."
_FENCED = re.compile(r"\s*```[^\n]*\n(.*?)(?:\n\s*```)?\s*\Z", re.DOTALL)
_LABEL = re.compile(r"\*\*[^*\n]{1,80}\*\*\s{0,3}:|\*\*[^*\n]{1,80}:\*\*")


class Composition:
    """The answer to one question out of one set of offered sources."""

    def __init__(self, question: str, offered: Offered, checker: Checker) -> None:
        self._question = question
        self._ids = tuple(offered.papers)
        self._checking = Checking(checker, offered.papers, question)
        self._at_references = False
        self.page = Page(Numbering(offered.papers))
        self.declined = False
        self.failed: list[Dropped] = []  # might be said otherwise
        self.dropped: list[Dropped] = []

    async def take(self, unit: str) -> list[Piece]:
        """What a unit of the reply adds to the answer."""
        if fenced := _FENCED.match(unit):
            return await self._take_all("\n" + fenced[1].replace("```", ""))
        self._at_references |= begins_references(said(unit))
        has_declined = declines(unit)
        self.declined |= has_declined
        if self._at_references or has_declined:
            return []
        text = self._harmless(unit)
        return await self._place(parse(text, self._ids)) if text else []

    async def take_corrected(self, unit: str) -> tuple[list[Piece], str]:
        """What a corrected sentence adds, and the sentence; nothing where it fails or is old."""
        marked = parse(self._harmless(unit), self._ids)
        if declines(unit) or self._kind(marked.text) != "claim":
            return [], ""
        settled = await self._checking.settle(marked)
        if isinstance(settled, Dropped):
            return [], ""
        pieces = self.page.correction(settled)
        return pieces, said(marked.text) if pieces else ""

    async def _take_all(self, text: str) -> list[Piece]:
        arriving = Arriving()
        units = [*arriving.feed(text), *arriving.close()]
        return [piece for unit in units for piece in await self.take(unit)]

    async def _place(self, marked: Marked) -> list[Piece]:
        match self._kind(marked.text):
            case "nothing":
                return []
            case "lead-in":
                self.page.lead_in(marked.text)
                return []
            case "remark":
                return self.page.remark(marked.text)
        settled = await self._checking.settle(marked)
        if isinstance(settled, Dropped):
            self.failed.append(settled)
            self.page.lost(self._beginning(marked.text))
            return []
        return self.page.sentence(settled)

    def _harmless(self, unit: str) -> str:
        """What may be looked at of a unit; what it loses whole is put on record."""
        text = unlinked(unit)
        is_order = addresses_a_model(said(text))
        if words(unit) and (is_order or not words(text)):
            reason = AN_ORDER if is_order else A_LINK
            self.dropped.append(Dropped(said(inert(unit)), (reason,)))
        return "" if is_order else self._unlabelled(text)

    def _unlabelled(self, text: str) -> str:
        """Without the name of its item where no source and no question has that name.

        A verdict on the sentence would hardly notice it.
        """
        label = _LABEL.match(text, len(layout(text)))
        if not label or not text[label.end() :].strip() or self._kind(label[0]) == "lead-in":
            return text
        return layout(text) + text[label.end() :].lstrip(" ")

    def _beginning(self, text: str) -> str:
        """How the sentence's line begins: blanks, a list's sign, the name of its item."""
        label = _LABEL.match(text, len(layout(text)))
        is_known = label and self._kind(label[0]) == "lead-in"
        return layout(text) + (label[0] if label and is_known else "")

    def _kind(self, text: str) -> Kind:
        return kind_of(text, self._question, self._checking.vocabulary)


def not_corrected(failed: Sequence[Dropped], corrected: Sequence[str]) -> list[Dropped]:
    """The failed sentences that none of the corrected ones stands for: each for the likest."""
    left = list(failed)
    for sentence in filter(None, corrected):
        if not left:
            break
        told = _told(sentence)
        left.remove(max(left, key=lambda one: len(told & _told(one.sentence))))
    return left


def _told(sentence: str) -> set[str]:
    return {word.lower() for word in words(sentence)}
