"""Citation markers in a model's sentence, in all the ways in which models write them.

`[417]`, `【417†source】`, `[[417]]`, `[417, 522]`, `[417-419]`, `[^417]`, `[source 417]`, `(417)`,
`Source 417`, before or behind the full stop. Every expression is linear: quantifiers give nothing
back, and a row of brackets is tried from its first one only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rag.answering.marking import OURS, written
from rag.language.sentences import is_abbreviated

_BRACKETS = str.maketrans("【［〔⟦〚〖】］〕⟧〛〗", "[[[[[[]]]]]]")
_KIND = (
    r"(?:sources?|src|ref(?:erence)?s?|ids?|doc(?:ument)?s?|papers?|evidence|citations?|cite|no)"
)
_SEPARATOR = r"(?:\s*+(?:[,;/&|、，；]|[-‐‑–—−~]|\band\b|\]\s*+[,;]?+\s*+\[)\s*+|\s++)"
_ITEM = rf"(?:{_KIND}\s*+[.:#]?+\s*+)?+\#?+\d++"
_MARKER = re.compile(
    rf"""(?<!\[)(?P<open>\[++) (?P<note>[\s^]*+) (?P<square>{_ITEM}(?:{_SEPARATOR}{_ITEM})*+)
             (?P<tail>\s*+(?:[†:][^\[\]]{{0,60}}+)?+) (?P<close>\]++)
       | \(\s*+ (?P<round>{_ITEM}(?:{_SEPARATOR}{_ITEM})*+) \s*+\)
       | \[\s*+ (?P<broken>\d{{3,12}}+)(?![\w\]])
       | \b{_KIND}\s?+\#?+(?P<named>\d{{3,12}}+)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")
_RANGE = re.compile(r"(?<!\d)(\d++)\s*+[-‐‑–—−~]\s*+\D{0,12}+(\d++)")
_LONGEST_ID = 12  # digits
_PLAIN_LIST = re.compile(r"\d[\d\s,]*")
_BEFORE_INTERVAL = re.compile(
    r"(?:\b(?:in|range|interval|between|within|of|to|from|array|list|vector|tuple|shape|size)"
    r"|[=∈`({])\s?\Z",
    re.IGNORECASE,
)
_LAST_MATTER = re.compile(r"[\s,;&]*(?:\b(?:and|or)\b[\s,;&]*)?")
_STOP_AT_END = re.compile(r"[.!?…。！？]+\Z")


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a sentence, and the ids that are cited behind it."""

    text: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence cut at its markers; only the last segment may lack ids.

    `unknown` are numbers that stood in markers and that no source has.
    """

    segments: tuple[Segment, ...]
    unknown: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentence without markers, readable."""
        return written([(segment.text, ()) for segment in self.segments])

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(id_ for segment in self.segments for id_ in segment.ids))


@dataclass(frozen=True, slots=True)
class _Found:
    """A marker and where it stands; `instead` is what stays of it as text."""

    start: int
    end: int
    ids: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    instead: str = ""


def parse(sentence: str, offered: Collection[str]) -> Marked:
    """The sentence in segments, each with the offered ids that are cited after it."""
    segments: list[Segment] = []
    unknown: list[str] = []
    texts: list[str] = []
    start = 0
    for found in _found(sentence, offered):
        texts += (sentence[start : found.start], found.instead)
        start = found.end
        unknown += found.unknown
        if found.ids:
            _add(segments, Segment("".join(texts), found.ids))
            texts = []
    rest = "".join([*texts, sentence[start:]])
    _end(segments, rest)
    return Marked(tuple(segments), tuple(dict.fromkeys(unknown)))


def _found(sentence: str, offered: Collection[str]) -> Iterator[_Found]:
    plain = _plain(sentence)
    ticks, seen = 0, 0
    for match in _MARKER.finditer(plain):
        ticks += plain.count("`", seen, match.start())
        seen = match.start()
        found = _read(match, offered, is_code=bool(ticks % 2))
        if found:
            yield found


def _plain(text: str) -> str:
    """The text with ordinary brackets and digits; every character stays where it is."""
    text = text.translate(_BRACKETS)
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)


def _read(match: re.Match[str], offered: Collection[str], *, is_code: bool) -> _Found | None:
    body = match["square"] or match["round"] or match["broken"] or match["named"]
    ids, unknown = _ids(body, offered)
    if match["square"]:
        start, end = _balanced(match)
        if ids or _is_marker(match, is_code=is_code):
            return _Found(start, end, ids, unknown)
        return _Found(start, end, instead=OURS.sub(r"[ \1 ]", match.string[start:end]))
    is_all_known = bool(ids) and not unknown
    return _Found(match.start(), match.end(), ids) if is_all_known else None


def _balanced(match: re.Match[str]) -> tuple[int, int]:
    """Where a marker begins and ends that has as many brackets before as behind."""
    opened, closed = len(match["open"]), len(match["close"])
    depth = min(opened, closed)
    return match.start() + opened - depth, match.end() - closed + depth


def _is_marker(match: re.Match[str], *, is_code: bool) -> bool:
    """Whether brackets around numbers that no source has were meant to cite."""
    body = match["square"]
    if is_code and re.match(r"[\w\])]", match.string[match.start() - 1 : match.start()]):
        return False  # an index
    if _NUMBER.fullmatch(body) or match["tail"].strip() or not _PLAIN_LIST.fullmatch(body):
        return True
    before = match.string[max(0, match.start() - 12) : match.start()]
    has_zero = re.search(r"\b0+\b", body)
    return not has_zero and not _BEFORE_INTERVAL.search(before)


def _ids(body: str, offered: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those of the numbers that are offered, a range's included, and the others."""
    numbers = _NUMBER.findall(body)
    known = [number for number in numbers if number in offered]
    for low, high in _RANGE.findall(body):
        if max(len(low), len(high)) <= _LONGEST_ID:
            known += [id_ for id_ in offered if int(low) <= int(id_) <= int(high)]
    unknown = [number for number in numbers if number not in offered]
    return tuple(dict.fromkeys(known)), tuple(dict.fromkeys(unknown))


def _add(segments: list[Segment], new: Segment) -> None:
    if segments and _LAST_MATTER.fullmatch(new.text):
        last = segments[-1]
        segments[-1] = Segment(last.text, tuple(dict.fromkeys((*last.ids, *new.ids))))
    else:
        segments.append(new)


def _end(segments: list[Segment], rest: str) -> None:
    """What stands behind the last marker; a full stop before the marker comes behind it."""
    if not segments or rest.strip():
        segments.append(Segment(rest))
        return
    last = segments[-1]
    text = last.text.rstrip()
    stop = _STOP_AT_END.search(text)
    word = text.split()[-1][:-1] if stop else ""
    if stop and not is_abbreviated(word):
        segments[-1] = Segment(text[: stop.start()], last.ids)
        segments.append(Segment(stop[0]))
