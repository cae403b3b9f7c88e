"""Options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol, TypeAlias

import typer

if TYPE_CHECKING:
    from rag.types import Paper, Published, Scope


class Shelf(Protocol):
    """Where papers are looked up by what is typed."""

    def resolve(self, text: str) -> Paper: ...


@dataclass(frozen=True, slots=True)
class Filters:
    """Which papers a command is about, as it was typed."""

    since: str | None = None
    until: str | None = None
    organization: str | None = None
    source: str | None = None
    only: tuple[str, ...] = ()

    def scope(self, shelf: Shelf) -> Scope:
        """The same, with papers and dates looked up; raises PaperNotFoundError."""
        from rag.types import Scope

        return Scope(
            paper_ids=tuple(named(shelf, text).id for text in self.only),
            since=_date(self.since),
            until=_date(self.until),
            organization=self.organization,
            source=self.source,
        )


def named(shelf: Shelf, text: str) -> Paper:
    """The paper that was typed, or copied from a table that shortened its id."""
    return shelf.resolve(text.removesuffix("…"))


def _date(text: str | None) -> Published | None:
    from rag.loaders.dates import parse_date

    return parse_date(text)


def _checked(text: str | None) -> str | None:
    if text is None:
        return None
    found = _date(text)
    if found is None or found.year is None:
        raise typer.BadParameter(
            f"{text!r} is not a date; write it like 2025, 2025-10, 2025-10-24."
        )
    return text


Since: TypeAlias = Annotated[
    str | None,
    typer.Option(
        callback=_checked,
        metavar="DATE",
        help="Only papers published then or later, e.g. 2025-10.",
    ),
]
Until: TypeAlias = Annotated[
    str | None,
    typer.Option(
        callback=_checked,
        metavar="DATE",
        help="Only papers published then or earlier, e.g. 2025.",
    ),
]
Organization: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Only papers of an organization (or part of its name).",
    ),
]
Source: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Only papers from this file or page.",
    ),
]
Only: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PAPER",
        help="Only this paper, by id or title; may be repeated.",
    ),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]
Limit: TypeAlias = Annotated[int, typer.Option(min=1, metavar="N", help="How many at most.")]
