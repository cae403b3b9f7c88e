"""Code and formulas of a text that is being read: nothing in them ends a sentence."""

from __future__ import annotations

from typing import Literal, TypeAlias

Within: TypeAlias = Literal["", "line", "block", "fence"]

LONGEST: dict[Within, int] = {"line": 200, "block": 2000}  # characters: a mark may stay unclosed
FENCE = "```"


class Unbroken:
    """Reads a text character by character; `within` says what the last one stands in.

    "line" is inline code or a formula, "block" a displayed formula, "fence" a fenced block.
    """

    def __init__(self) -> None:
        self.within: Within = ""
        self._closer = ""
        self._left = 0
        self._recent = ""
        self._ticks = 0  # backticks in a row that may open code
        self._opener = ""  # a dollar sign or backslash that may open a formula
        self._line_is_blank = True

    def read(self, char: str) -> Within:
        self._recent = self._recent[-2:] + char
        if self.within:
            self._go_on(char)
        else:
            self._look_for_opener(char)
        if char == "\n":
            self._line_is_blank = True
        elif not char.isspace() and char != "`":
            self._line_is_blank = False
        return self.within

    def _go_on(self, char: str) -> None:
        if self.within == "fence":
            if self._line_is_blank and self._recent == FENCE:
                self._leave()
            return
        self._left -= 1
        if self._left == 0 or self._is_closed() or self._is_broken(char):
            self._leave()

    def _is_closed(self) -> bool:
        if not self._recent.endswith(self._closer):
            return False
        return self._closer != "$" or self._recent[-2] not in " \\"

    def _is_broken(self, char: str) -> bool:
        return char == "\n" and (self.within == "line" or self._recent.endswith("\n\n"))

    def _look_for_opener(self, char: str) -> None:
        opener, self._opener = self._opener, ""
        ticks, self._ticks = self._ticks, self._ticks + 1 if char == "`" else 0
        if char == "`":
            if self._line_is_blank and self._ticks == len(FENCE):
                self._enter("fence", FENCE)
        elif 0 < ticks < len(FENCE) and char != "\n":
            self._enter("line", "`" * ticks)
        elif opener == "\\":
            self._enter_escaped(char)
        elif opener == "$":
            self._enter_formula(char)
        elif char in "\\$":
            self._opener = char

    def _enter_escaped(self, char: str) -> None:
        if char == "[":
            self._enter("block", "\\]")
        elif char == "(":
            self._enter("line", "\\)")

    def _enter_formula(self, char: str) -> None:
        """Not where money is meant: "$5" or "costs in $ or"."""
        if char == "$":
            self._enter("block", "$$")
        elif not char.isdigit() and not char.isspace():
            self._enter("line", "$", char)

    def _enter(self, within: Within, closer: str, first: str = "") -> None:
        self.within, self._closer = within, closer
        self._left = LONGEST.get(within, 0)
        self._line_is_blank = False
        self._recent = first

    def _leave(self) -> None:
        self.within, self._ticks, self._opener = "", 0, ""
