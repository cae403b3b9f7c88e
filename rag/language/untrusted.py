"""Text that strangers wrote: what is hidden in it, and the sentences that order a model about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.language.disguise import undisguised
from rag.language.orders import GOES_ON, ORDERS, ORDERS_ELSEWHERE
from rag.language.sentences import sentences
from rag.types import Span

# Shown as nothing, although Unicode counts them as letters, marks or signs.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc"
    "\U0001d159\U00016fe4\U000e0100-\U000e01ef]"
)
_LINE_ENDS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_PARAGRAPH = re.compile(r"\n\s*\n")
# An address, a link or a tag is no part of either side: the stop before it is often missing.
_FRAGMENT = re.compile(
    r"(?<=[.!?;])\s+|\n+|\s+[—–-]{1,3}\s+|\bhttps?:\S+"
    r"|!?\[[^\[\]\n]{0,200}\]\([^()\n]{0,500}\)|<[^<>\n]{1,80}>"
)
SHORTEST_REST = 4  # words of a broken sentence that still say something


def visible(text: str) -> str:
    """The text without what no reader sees: control, zero-width, direction and tag characters."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, _BLANK.sub("", text)))


def addresses_a_model(sentence: str) -> bool:
    """Whether it gives orders to a language model, or to whoever has one read it.

    What describes such orders is none: "models ignore previous instructions" is a finding.
    """
    sentence = visible(sentence)
    plain = undisguised(sentence)
    # Lines as they stand, for what begins one; then as one line, for what a line break parts.
    return bool(
        ORDERS.search(plain)
        or ("\n" in plain and ORDERS.search(plain.replace("\n", " ")))
        or ORDERS_ELSEWHERE.search(sentence)
    )


def honest_spans(text: str) -> list[Span]:
    """The sentences that give no orders to a model, where they stand in the text."""
    return [span for span in sentences(text) if not addresses_a_model(text[span.start : span.end])]


def honest(text: str) -> str:
    """The text with blanks where sentences order a model about; no other character moves.

    One such sentence makes the others doubtful: then what merely sounds like an order goes too.
    """
    units = list(_units(text))
    if not any(addresses_a_model(text[unit.start : unit.end]) for unit in units):
        return text
    return _kept(text, [span for unit in units for span in _rest(text, unit)])


def _shown(sign: str) -> str:
    if sign.isprintable():
        return sign
    if sign in _LINE_ENDS:
        return "\n"
    return " " if sign.isspace() else ""


def _units(text: str) -> Iterator[Span]:
    """Sentences, which an empty line ends as well."""
    for start, end in _between(_PARAGRAPH, text):
        for span in sentences(text[start:end]):
            yield Span(start + span.start, start + span.end)


def _between(separator: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    marks = list(separator.finditer(text))
    starts = [0, *(mark.end() for mark in marks)]
    return zip(starts, [*(mark.start() for mark in marks), len(text)], strict=True)


def _rest(text: str, unit: Span) -> list[Span]:
    """What is left of a sentence of a text that gives orders."""
    sentence = text[unit.start : unit.end]
    if not addresses_a_model(sentence):
        return [] if _is_doubtful(sentence) else [unit]
    parts = [
        Span(unit.start + start, unit.start + end) for start, end in _between(_FRAGMENT, sentence)
    ]
    kept = [part for part in parts if _is_sound(text[part.start : part.end])]
    # An order that was cut in two is not told by its halves.
    together = " ".join(text[part.start : part.end] for part in kept)
    return [] if addresses_a_model(together) else kept


def _is_sound(part: str) -> bool:
    return len(part.split()) >= SHORTEST_REST and not (
        addresses_a_model(part) or _is_doubtful(part)
    )


def _is_doubtful(sentence: str) -> bool:
    return bool(GOES_ON.search(undisguised(visible(sentence))))


def _kept(text: str, spans: Sequence[Span]) -> str:
    """The text, blank but for these."""
    pieces: list[str] = []
    end = 0
    for span in spans:
        pieces += [" " * (span.start - end), text[span.start : span.end]]
        end = span.end
    return "".join(pieces) + " " * (len(text) - end)
