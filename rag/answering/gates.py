"""Gates of language: what of a sentence cannot stand beside a source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rag.answering.source import Source
from rag.language.naming import named
from rag.language.polarity import Clauses, Conflict, conflicts
from rag.language.quantities import Agreement, Quantity, agreement, quantities


@dataclass(frozen=True, slots=True)
class Findings:
    """What the gates found wrong."""

    missing: tuple[Quantity, ...]
    odd: tuple[tuple[Quantity, Agreement], ...]
    names: tuple[str, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def is_fatal(self) -> bool:
        """Whether a figure in digits stands nowhere in the source, or has another unit there."""
        return any(not figure.is_word for figure in self.missing) or any(
            how == "other unit" for _, how in self.odd
        )

    def strongest(self, kind: Literal["direction", "negation", "roles"]) -> float:
        return max((one.strength for one in self.conflicts if one.kind == kind), default=0.0)


def findings(sentence: str, source: Source) -> Findings:
    """What the gates of language find wrong with a sentence."""
    figures = [one for one in quantities(sentence) if not (one.is_word and one.value == 1)]
    compared = [(one, agreement(one, source.figures)) for one in figures]
    return Findings(
        missing=tuple(one for one, how in compared if how == "missing"),
        odd=tuple((one, how) for one, how in compared if how not in ("missing", "same")),
        names=tuple(name for name in named(sentence) if not source.names.knows(name)),
        conflicts=tuple(conflicts(Clauses.of(sentence), source.clauses)),
    )


def said_of_words(found: Findings) -> Iterator[str]:
    """What is wrong with figures and names, in words."""
    for figure in found.missing:
        yield f"The source does not give the figure {figure.text}."
    for figure, how in found.odd:
        yield _ODD[how].format(figure.text)
    for name in found.names:
        yield f"The source does not mention {name}."


def said_of_conflicts(found: Findings) -> Iterator[str]:
    """The conflict that is easiest to see, in words."""
    in_order = sorted(found.conflicts, key=lambda one: list(_CONFLICT).index(one.kind))
    for conflict in in_order[:1]:
        yield _CONFLICT[conflict.kind].format(conflict.said, conflict.found)


_ODD = {
    "rounded": "The figure {} is rounded.",
    "other unit": "The source gives the figure {} in another unit.",
    "other matter": "In the source the figure {} counts something else.",
}
_CONFLICT = {
    "direction": "The sentence says “{}” where the source says “{}”.",
    "negation": "Around “{}” one of the two is negated and the other is not.",
    "roles": "Around “{}” the two sides are the other way round.",
}
