"""Commands for the papers on the shelf."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import typer

from ui.help import SHELF
from ui.options import AsJson, Filters, Limit, Organization, Since, Source, Until

Sort: TypeAlias = Literal["added", "published", "title", "upvotes"]
commands = typer.Typer()


@commands.command(rich_help_panel=SHELF)
def add(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH…", help="Files or folders; - reads from stdin."),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Add papers from files and folders, of whatever format they are."""
    from ui.commands import adding

    raise typer.Exit(adding.add(paths, as_json=as_json))


@commands.command(rich_help_panel=SHELF)
def papers(  # noqa: PLR0913  (a parameter is an option)
    *,
    sort: Annotated[
        Sort, typer.Option(metavar="ORDER", help="By added, published, title or upvotes.")
    ] = "added",
    limit: Limit = 50,
    offset: Annotated[int, typer.Option(min=0, metavar="N", help="How many to skip first.")] = 0,
    since: Since = None,
    until: Until = None,
    organization: Organization = None,
    source: Source = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,
) -> None:
    """List the papers on the shelf."""
    from ui.commands import looking

    filters = Filters(since, until, organization, source)
    code = looking.papers(filters, sort=sort, limit=limit, offset=offset, as_json=as_json)
    raise typer.Exit(code)


@commands.command(rich_help_panel=SHELF)
def show(
    paper: Annotated[
        str, typer.Argument(metavar="PAPER", help="Its id, the beginning of its id, or its title.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Show everything known of a paper."""
    from ui.commands import looking

    raise typer.Exit(looking.show(paper, as_json=as_json))


@commands.command(rich_help_panel=SHELF)
def remove(
    papers: Annotated[
        list[str], typer.Argument(metavar="PAPER…", help="Ids, beginnings of ids, or titles.")
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
) -> None:
    """Remove papers for good."""
    from ui.commands import looking

    raise typer.Exit(looking.remove(papers, without_asking=yes))


@commands.command(rich_help_panel=SHELF)
def stats(*, as_json: AsJson = False) -> None:
    """Count what is on the shelf, by source, year and organization."""
    from ui.commands import looking

    raise typer.Exit(looking.stats(as_json=as_json))
