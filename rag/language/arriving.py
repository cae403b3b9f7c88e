"""Sentences of a text that is still being written, each as soon as it is certain to be whole.

Every character passes a small automaton, so that neither the time nor the cuts depend on the
pieces in which a text comes.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

from rag.language.sentences import is_abbreviated
from rag.language.unbroken import Unbroken

_STOPS = ".!?…"
_WIDE_STOPS = "。！？｡"  # no blank follows these
_CLOSERS = "\"'”’)]}»*_」』）】］"
_OPENERS = "\"'“‘*_«"
_BRACKETS = "[【［("
_ENDS_OF_BRACKETS = "]】］)"
_LONGEST_MARKER = 80
_LONGEST_WORD = 40
_MARKER = re.compile(
    r"[\[【［]{1,4}[\s^]*(?:sources?|ids?|ref|paper|doc)?[\s:#]*\d[\d\s,;–—†^\-]*(?:source)?\s*[\]】］]"
    r"|\(\d{3,}\)",
    re.IGNORECASE,
)
_IN_MARKER = re.compile(r"[\w\s,;:#–—†^\-\[【［]")
_ENDS_WITH_MARKER = re.compile(r"[\[【［][^\[【［]*\d{3}[^\[【［]*[\]】］]\Z|\(\d{3,}\)\Z")
_ITEM_NUMBER = re.compile(r"[\s>#*_\-]*(?:\d{1,3}|[a-z])")
_WORD_BREAK = re.compile(r"[\s(\[{\"“‘'*_]")


class Arriving:
    """Collects pieces of a text into units: a sentence, list item or heading, or a fenced block.

    A unit has the blanks before it; joined, the units are what was fed. A marker behind the full
    stop belongs to the sentence before it.
    """

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._begin()

    def feed(self, piece: str) -> list[str]:
        """The units that are whole now."""
        self._waiting.extend(piece)
        return self._drain()

    def close(self) -> list[str]:
        """What is left; the text is at its end."""
        units: list[str] = []
        while self._unit:
            is_certain = self._state == self._at_line_end or self._may_end or self._is_whole
            is_undecided = self._state != self._in_text
            units.append(self._take(self._cut if is_undecided and is_certain else len(self._unit)))
            units += self._drain()
        return units

    def _begin(self) -> None:
        self._unit: list[str] = []
        self._state: Callable[[str], bool] = self._in_text
        self._unbroken = Unbroken()
        self._open: set[str] = set()  # quotes, brackets and emphasis
        self._first = self._last = ""  # characters that are not blank
        self._cut = 0  # where the unit ends if what comes next begins another
        self._mark = 0  # where a bracket stands that may be a marker behind the stop
        self._may_end = False  # the stop is no abbreviation's
        self._is_whole = False  # no blank need follow

    def _drain(self) -> list[str]:
        units: list[str] = []
        while self._waiting:
            char = self._waiting.popleft()
            self._unit.append(char)
            if self._state(char):
                units.append(self._take(self._cut))
        return units

    def _take(self, end: int) -> str:
        unit, rest = "".join(self._unit[:end]), self._unit[end:]
        self._waiting.extendleft(reversed(rest))
        self._begin()
        return unit

    # Each state is told of a character that was just added, and says whether the unit ends at
    # `_cut`.

    def _in_text(self, char: str) -> bool:
        was_within, within = self._unbroken.within, self._unbroken.read(char)
        if was_within == "fence" and not within:
            self._cut = len(self._unit)
            return True
        if char == "\n" and not within:
            return self._newline()
        self._note(char)
        if not within and (char in _STOPS or char in _WIDE_STOPS):
            return self._stop(char)
        return False

    def _note(self, char: str) -> None:
        before = self._unit[-2:-1]
        if char.isspace():
            # What opens stands before a word: this star is an item's, or a product's.
            self._open -= {"*"} & set(before)
            return
        if char == "*":
            self._open ^= {"*"} - set(before)
        elif char == '"':
            self._open ^= {'"'}
        elif char in "(“":
            self._open.add(char)
        elif char in ")”":
            self._open.discard("(" if char == ")" else "“")
        self._first, self._last = self._first or char, char

    def _newline(self) -> bool:
        self._cut = len(self._unit) - 1
        if self._first:
            self._state = self._at_line_end
        return self._first == "#" or self._last == ":"

    def _at_line_end(self, char: str) -> bool:
        """Behind a line without a full stop: it goes on where the next begins small."""
        if char == "\n" or not (char.isspace() or char.islower()):
            return True
        if not char.isspace():
            return self._go_on(char)
        return False

    def _go_on(self, char: str) -> bool:
        self._state, self._may_end, self._is_whole = self._in_text, False, False
        return self._in_text(char)

    def _stop(self, char: str) -> bool:
        before = "".join(self._unit[-_LONGEST_MARKER - 1 : -1])
        self._cut = len(self._unit)
        self._is_whole = char in _WIDE_STOPS
        word = _WORD_BREAK.split(before[-_LONGEST_WORD:])[-1]
        self._may_end = not (char == "." and (is_abbreviated(word) or self._is_item_number()))
        self._state = self._behind_stop
        return char in ".!?" and not self._open and bool(_ENDS_WITH_MARKER.search(before))

    def _is_item_number(self) -> bool:
        return len(self._unit) <= _LONGEST_WORD and bool(
            _ITEM_NUMBER.fullmatch("".join(self._unit[:-1]))
        )

    def _behind_stop(self, char: str) -> bool:
        """Directly behind the stop, what closes with it, or a marker behind that."""
        if char == "\n":
            return True
        if char.isspace():
            self._state = self._between
        elif char in _STOPS or char in _WIDE_STOPS or char in _CLOSERS:
            self._note(char)
            self._cut = len(self._unit)
        elif char in _BRACKETS:
            self._begin_marker()
        elif self._is_whole:
            return True
        else:
            return self._go_on(char)
        return False

    def _between(self, char: str) -> bool:
        """Blanks lie behind the stop; what comes next decides."""
        if char == "\n":
            return True
        if char in _BRACKETS:
            self._begin_marker()
        elif not (char.isspace() or char in _OPENERS):
            return self._decide(char, char)
        return False

    def _begin_marker(self) -> None:
        self._mark = len(self._unit) - 1
        self._state = self._in_marker

    def _in_marker(self, char: str) -> bool:
        length = len(self._unit) - self._mark
        if char in _ENDS_OF_BRACKETS and _MARKER.fullmatch("".join(self._unit[self._mark :])):
            self._cut, self._is_whole, self._state = len(self._unit), True, self._behind_stop
            return False
        if length <= _LONGEST_MARKER and char != "\n" and _IN_MARKER.match(char):
            return False
        is_apart = self._mark > self._cut
        return self._decide(self._unit[self._mark + 1], char) if is_apart else self._go_on(char)

    def _decide(self, first: str, char: str) -> bool:
        """Whether a text that begins with `first` is another sentence; `char` was added last."""
        if first == "\n" or (self._may_end and not first.islower()):
            return True
        return self._go_on(char)
