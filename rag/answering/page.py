"""Where a checked sentence goes on the page: lead-ins, lists, and gaps where others failed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.checking import Supported
from rag.answering.claims import layout
from rag.answering.marking import written
from rag.answering.numbering import Numbering
from rag.answering.outcome import Piece
from rag.language.words import squeezed

_OPEN_MARKER = re.compile(r"\[\d*\Z")
_ITEM = "\n- "


class Page:
    """What is shown of an answer so far.

    A lead-in waits for a sentence to lead to, a remark for the first that cites: an answer
    without a citation is none.
    """

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._waiting: list[str] = []
        self._leads_last = False  # the last that waits is a lead-in
        self._is_vain = False  # nothing has come of it yet but what failed
        self._lost_line = ""  # how the line began of which everything so far has failed
        self._shown: set[str] = set()
        self._last = ""
        self._is_list = False
        self.has_begun = False

    def lead_in(self, text: str) -> None:
        if self._leads_last and self._is_vain:
            self._waiting.pop()
        self._waiting.append(text)
        self._leads_last, self._is_vain = True, False

    def remark(self, text: str) -> list[Piece]:
        """A sentence that claims nothing."""
        if not self.has_begun:
            self._waiting.append(text)
            self._leads_last = False
            return []
        return [*self._flushed(), self._plain(self._on_its_line(text))]

    def sentence(self, parts: Sequence[Supported]) -> list[Piece]:
        """A sentence with its sources; nothing where it was shown before."""
        plain = squeezed("".join(part.text for part in parts))
        if plain in self._shown:
            return []
        self._shown.add(plain)
        first = replace(parts[0], text=self._on_its_line(parts[0].text))
        return [*self._flushed(), self._cited([first, *parts[1:]])]

    def correction(self, parts: Sequence[Supported]) -> list[Piece]:
        """A sentence that takes the place of one that failed, behind all others."""
        bare = parts[0].text[len(layout(parts[0].text)) :]
        first = replace(parts[0], text=(_ITEM if self._is_list else " ") + bare)
        self._waiting, self._leads_last, self._lost_line = [], False, ""
        return self.sentence([first, *parts[1:]])

    def lost(self, beginning: str) -> None:
        """A sentence that cannot be shown: the next on its line gets how it began."""
        before = layout(beginning)
        if "\n" in before or (before.strip() and not self._last):
            self._lost_line = beginning
        self._is_list |= bool(before.strip())
        self._is_vain = True

    def _on_its_line(self, text: str) -> str:
        lost, self._lost_line = self._lost_line, ""
        before = layout(text)
        follows = lost and "\n" not in before
        return f"{lost.rstrip(' ')} {text[len(before) :]}" if follows else text

    def _flushed(self) -> list[Piece]:
        waiting, self._waiting, self._leads_last = self._waiting, [], False
        return [self._plain(text) for text in waiting]

    def _plain(self, text: str) -> Piece:
        return self._placed(Piece(written([(text, ())])))

    def _cited(self, parts: Sequence[Supported]) -> Piece:
        self.has_begun = True
        return self._placed(self._numbering.piece(parts))

    def _placed(self, piece: Piece) -> Piece:
        """As it follows what was said; no marker comes about where two texts meet."""
        text = piece.text if self._last else piece.text.lstrip()
        if _OPEN_MARKER.search(self._last):
            text = f" {text}"
        self._is_list |= bool(layout(text).strip())
        self._last = text or self._last
        return replace(piece, text=text)
