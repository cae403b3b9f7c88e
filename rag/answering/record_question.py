"""What a question asks of the record: the form that parsing gives and answers are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from rag.types import Scope

Field: TypeAlias = Literal["published", "authors", "organization", "upvotes", "source", "link"]
Rank: TypeAlias = Literal[
    "upvotes", "fewest-upvotes", "authors", "fewest-authors", "published", "oldest"
]
Tally: TypeAlias = Literal["organization", "year", "source"]
# list: papers, in an order; state: fields of one paper; compare: a field of two; tally: what
# values there are; narrow: only papers within the scope may say what is asked; unsupported: a
# figure that nobody works out here.
Kind: TypeAlias = Literal["list", "state", "compare", "tally", "narrow", "unsupported"]


@dataclass(frozen=True, slots=True)
class RecordQuestion:
    """Hard filters, an order, fields to state, and a topic or the names of papers.

    `first` is how many papers of an order are wanted, None where all that share its first place
    are. `topic` is what is searched for: a subject, or the paper that fields are asked of;
    `beside` is the other paper of a comparison. `asked_on` is the day that "last month" was
    reckoned from, None where no date depends on it.
    """

    kind: Kind
    scope: Scope = Scope()
    rank: Rank | None = None
    first: int | None = None
    fields: tuple[Field, ...] = ()
    topic: str = ""
    beside: str = ""
    tally: Tally | None = None
    asked_on: date | None = None

    @property
    def is_alone(self) -> bool:
        """Whether the record answers by itself; else it only says which papers may."""
        return self.kind != "narrow"
