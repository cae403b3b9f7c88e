"""What a set of questions came to, question by question, so that two runs can be paired."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

DIGEST = 12  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class Share:
    """What one question adds to a figure, which is the sum of `top` over the sum of `bottom`.

    In a mean, `bottom` is 1 for a question that counts and 0 for one that does not. Precision,
    recall and F1 are of the same form, so that one rule resamples them all.
    """

    figure: str
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Case:
    """One question: a digest of what is asked and what counts as right, and its shares.

    All cases of a set have shares in the same figures, in the same order.
    """

    id: str
    type: str
    digest: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """A set of questions, and over how many papers they were asked."""

    name: str
    papers: int
    cases: tuple[Case, ...]


def digest(*parts: object) -> str:
    """Changes with the parts, which are anything that JSON can hold."""
    return sha256(json.dumps(parts).encode()).hexdigest()[:DIGEST]


def figures(cases: Iterable[Case]) -> tuple[str, ...]:
    """The figures that have a value over these questions, in the order of a case."""
    bottoms: dict[str, float] = {}
    for share in (share for case in cases for share in case.shares):
        bottoms[share.figure] = bottoms.get(share.figure, 0.0) + share.bottom
    return tuple(figure for figure, bottom in bottoms.items() if bottom > 0)
