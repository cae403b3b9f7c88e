"""Figures of a text in one form, so that "2x", "two times", "twofold" and "twice" are equal."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from rag.language.latex import readable

Agreement: TypeAlias = Literal["same", "other matter", "rounded", "other unit", "missing"]

_ONES = "zero one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_COUNTS = {word: value for value, word in enumerate([*_ONES, *_TEENS])} | {
    word: 10 * value for value, word in enumerate(_TENS, 2)
}
_POWERS = {
    "k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12, "hundred": 1e2,
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
}  # fmt: skip
_PARTS = {
    "half": 2, "halves": 2, "halve": 2, "halved": 2, "halving": 2, "third": 3, "quarter": 4,
    "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "hundredth": 100, "thousandth": 1000,
}  # fmt: skip
_MULTIPLES = {
    "twice": 2, "thrice": 3, "double": 2, "doubles": 2, "doubled": 2, "doubling": 2, "triple": 3,
    "triples": 3, "tripled": 3, "tripling": 3, "quadruple": 4, "quadruples": 4, "quadrupled": 4,
}  # fmt: skip
_MULTIPLES |= {f"{word}fold": value for word, value in _COUNTS.items() if value > 1}
_UNITS = {
    "ns": "nanosecond", "us": "microsecond", "μs": "microsecond", "µs": "microsecond",
    "ms": "millisecond", "msec": "millisecond", "s": "second", "sec": "second", "min": "minute",
    "h": "hour", "hr": "hour", "kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte",
    "gib": "gigabyte", "tb": "terabyte", "khz": "kilohertz", "mhz": "megahertz",
    "ghz": "gigahertz", "kw": "kilowatt", "mm": "millimeter", "cm": "centimeter",
    "km": "kilometer", "kg": "kilogram", "mg": "milligram",
} | {
    unit: unit.replace("metre", "meter")
    for unit in (
        "nanosecond microsecond millisecond second minute hour day week month year bit byte "
        "kilobyte megabyte gigabyte terabyte hertz kilohertz megahertz gigahertz watt kilowatt "
        "millimetre centimetre metre kilometre millimeter centimeter meter kilometer gram "
        "kilogram milligram joule degree dollar euro mile foot inch pound"
    ).split()
}  # fmt: skip


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_BIG = "hundred|thousand|million|billion|trillion"
_PERCENT = r"%|per\s?cent\b|percentage\b|pct\b"
_TIMES = r"[x×](?!\w)|-?times\b|-?folds?\b"
_FIGURE = re.compile(
    rf"""(?:(?<![\w.])(?:(?<![A-Za-z]-)|(?<=\d[KMBT]-))|(?<!\w)[x×])(?P<digits>[+\-]?(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)
        (?:\s?[x×·]\s?10\s?\^?\s?\{{?(?P<tens>-?\d{{1,3}})\}}?|[eE](?P<exponent>[+\-]?\d{{1,3}})
          |\s?\^\s?\{{?(?P<to>-?\d{{1,3}})\}}?)?
        (?P<power>\s?[KMBT](?![\w²])|[kmb](?![\w²])|\s?(?:mn|bn)\b|(?:[\s-](?:{_BIG})s?\b)+)?
        (?P<unit>\s?(?:{_PERCENT})|\s?(?:{_TIMES})|[\s-]?(?i:(?:{_any(_UNITS)})(?:es|s)?)(?![\w²/]))?
    """,
    re.VERBOSE,
)
_WORDED = re.compile(
    rf"""\b(?P<words>(?:{_any(_COUNTS)})(?:[\s-](?:{_any(_ONES[1:])}))?\b(?:\s(?:{_BIG})s?\b)*)
        (?P<unit>\s?(?:{_PERCENT})|\s?(?:{_TIMES})|[\s-](?:{_any(_UNITS)})(?:es|s)?(?!\w))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PART = re.compile(
    rf"\b(?:(?P<count>an?|one|two|three|four|five|six|seven|eight|nine)[\s-])?"
    rf"(?P<part>{_any(_PARTS)})s?\b"
    r"|(?<![\w./])(?P<slashed>1/(?:[2-9]|10)|2/3|3/4)(?![\d./])",
    re.IGNORECASE,
)
_MULTIPLE = re.compile(rf"\b(?:{_any(_MULTIPLES)})\b", re.IGNORECASE)
_JOINS_RANGE = re.compile(r"\s?(?:[-–—~]|to|and|or)\s?(?:an?\s)?", re.IGNORECASE)
_ENUMERATOR = re.compile(r"\(\d\)")
_HEDGE = re.compile(
    r"(?:\b(?:about|around|approximately|approx\.?|roughly|nearly|almost|over|some|under|below"
    r"|above|close to|more than|less than|fewer than|up to|at least|at most|circa|only|just"
    r"|well over)|[~≈<>≤≥])\s?$",
    re.IGNORECASE,
)
_NOUN = re.compile(r"[\s-]+(?:\w+-)?([a-z]{3,})", re.IGNORECASE)
_TEN_POWER = 10.0
SAME = 1e-6
HALF = 0.5 + SAME
NOUN = 6  # letters that forms of a noun share
ROUGH = 0.12  # how far a figure after "about" may be from what it rounds


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure, its unit ("" where none is known), and how and where it is written.

    `value` is that of the figure alone: 40 for "40 %". `noun` is the word after it: what is
    counted. `is_word`: written in letters, as small counts are. `is_hedged`: after "about".
    """

    value: float
    unit: str
    text: str
    start: int
    end: int
    noun: str = ""
    is_word: bool = False
    is_hedged: bool = False

    @property
    def share(self) -> float:
        """The value where a percentage is a part of 1."""
        return self.value / 100 if self.unit == "percent" else self.value


def quantities(text: str) -> list[Quantity]:
    """All figures in order; those within names ("GPT-4", "INT8") are the names' own."""
    plain = _ENUMERATOR.sub("   ", readable(text)).replace("−", "-")
    found: list[Quantity] = []
    for reading in (_parts, _multiples, _digits, _worded):
        found += [one for one in reading(plain) if not any(_overlap(one, two) for two in found)]
    found.sort(key=lambda one: one.start)
    return _with_shared_units(plain, found)


def agreement(wanted: Quantity, given: Sequence[Quantity]) -> Agreement:
    """How the best of the given figures agrees with the wanted one.

    "Other matter": the figure stands there, but what it counts has another ("six games" where
    there are four games and six frames).
    """
    best: Agreement = "missing"
    for one in given:
        if _is_equal(wanted, one):
            if _units_agree(wanted, one):
                return "other matter" if _counts_otherwise(wanted, given) else "same"
            best = "other unit" if best == "missing" else best
        elif _units_agree(wanted, one) and _rounds(wanted, one):
            best = "rounded"
    return best


def _parts(text: str) -> Iterator[Quantity]:
    for match in _PART.finditer(text):
        if match["slashed"]:
            above, below = match["slashed"].split("/")
            yield Quantity(int(above) / int(below), "part", match[0], *match.span())
            continue
        count, part = (match["count"] or "").lower(), match["part"].lower()
        if not count and _PARTS[part] != _PARTS["half"]:
            continue  # "third" alone is an ordinal
        value = _COUNTS.get(count, 1) / _PARTS[part]
        yield Quantity(value, "part", match[0], *match.span(), is_word=True)


def _multiples(text: str) -> Iterator[Quantity]:
    for match in _MULTIPLE.finditer(text):
        value = float(_MULTIPLES[match[0].lower()])
        yield Quantity(value, "times", match[0], *match.span(), is_word=True)


def _digits(text: str) -> Iterator[Quantity]:
    for match in _FIGURE.finditer(text):
        yield _quantity(text, match, _value(match))


def _worded(text: str) -> Iterator[Quantity]:
    for match in _WORDED.finditer(text):
        yield replace(_quantity(text, match, _counted(match["words"])), is_word=True)


def _quantity(text: str, match: re.Match[str], value: float) -> Quantity:
    noun = _NOUN.match(text, match.end())
    return Quantity(
        value=value,
        unit="times" if match[0][0] in "x×" else _unit(match["unit"] or ""),
        text=match[0].strip(),
        start=match.start(),
        end=match.end(),
        noun=noun[1].lower() if noun else "",
        is_hedged=bool(_HEDGE.search(text[max(0, match.start() - 16) : match.start()])),
    )


def _value(match: re.Match[str]) -> float:
    # Without its sign: "-2.8 points" is "2.8 points lower", which is not this module's business.
    value = float(match["digits"].replace(",", "").lstrip("+-"))
    if exponent := match["tens"] or match["exponent"]:
        value *= _TEN_POWER ** int(exponent)
    if match["to"]:
        power = int(match["to"])
        # Of bases other than ten both figures count, not what they come to.
        value = _TEN_POWER**power if value == _TEN_POWER else value + power / 1000
    for word in re.findall(r"[a-z]+", (match["power"] or "").lower()):
        value *= _POWERS[word.removesuffix("s")]
    return value


def _counted(text: str) -> float:
    total = 0.0
    for word in re.findall(r"[a-z]+", text.lower()):
        power = _POWERS.get(word.removesuffix("s"))
        total = (total or 1.0) * power if power else total + _COUNTS.get(word, 0)
    return total


def _unit(text: str) -> str:
    text = text.strip(" -").lower()
    if not text:
        return ""
    if re.match(_PERCENT, text):
        return "percent"
    if re.match(_TIMES.replace("-?", ""), text):
        return "times"
    return _UNITS.get(text) or _UNITS.get(text.removesuffix("s"), "")


def _overlap(one: Quantity, two: Quantity) -> bool:
    return one.start < two.end and two.start < one.end


def _with_shared_units(text: str, found: list[Quantity]) -> list[Quantity]:
    """Each figure with its unit: "40 to 50 %" means 40 % to 50 %."""
    for place in range(len(found) - 2, -1, -1):
        one, following = found[place], found[place + 1]
        if not one.unit and _JOINS_RANGE.fullmatch(text, one.end, following.start):
            found[place] = replace(one, unit=following.unit)
    return found


def _is_equal(one: Quantity, two: Quantity) -> bool:
    if (
        _near(one.value, two.value)
        or _near(_binary(one), two.value)
        or _near(one.value, _binary(two))
    ):
        return True
    return "percent" in (one.unit, two.unit) and _near(one.share, two.share)


def _binary(one: Quantity) -> float:
    """The value where "K" may stand for 1,024, as in "a context of 32K"."""
    return one.value * 1.024 if one.text[-1:] in "kK" else one.value


def _near(one: float, two: float) -> bool:
    return math.isclose(one, two, rel_tol=SAME)


def _units_agree(one: Quantity, two: Quantity) -> bool:
    if one.unit == two.unit or not one.unit or not two.unit:
        return True
    return {one.unit, two.unit} == {"percent", "part"}


def _counts_otherwise(wanted: Quantity, given: Sequence[Quantity]) -> bool:
    if not wanted.noun or wanted.unit:
        return False
    alike = [one for one in given if one.noun[:NOUN] == wanted.noun[:NOUN] and not one.unit]
    return bool(alike) and not any(_is_equal(wanted, one) for one in alike)


def _rounds(wanted: Quantity, given: Quantity) -> bool:
    """Whether the wanted figure is the given one, rounded; after "about" also more roughly."""
    step = _precision(wanted.text)
    gap = abs(wanted.value - given.value)
    if wanted.is_hedged and step:
        return gap < step and gap <= ROUGH * abs(given.value)
    return bool(step) and step < 1 and gap <= step * HALF and _precision(given.text) < step


def _precision(text: str) -> float:
    """What the last digit that is not a padding zero stands for: .1 for "3.7", 100 for "2,300"."""
    digits = re.match(r"[+\-]?[\d,]*\.?\d*", text)
    if not digits or not digits[0]:
        return 0.0
    whole, _, decimals = digits[0].replace(",", "").partition(".")
    if decimals:
        return 10.0 ** -len(decimals)
    return 10.0 ** (len(whole) - len(whole.rstrip("0")))
