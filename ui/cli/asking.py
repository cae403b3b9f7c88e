"""Commands that find, answer and check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ui.help import ASK
from ui.options import AsJson, Filters, Limit, Only, Organization, Since, Source, Until

commands = typer.Typer()


@commands.command(rich_help_panel=ASK)
def ask(  # noqa: PLR0913  (a parameter is an option)
    question: Annotated[
        str,
        typer.Argument(metavar="QUESTION", help="What you want to know; - reads it from stdin."),
    ],
    *,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Show each supporting sentence in its abstract.")
    ] = False,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write it to a new file: .md, or what it cites as .bib, .ris or .json.",
            dir_okay=False,
        ),
    ] = None,
    only: Only = None,
    since: Since = None,
    until: Until = None,
    organization: Organization = None,
    source: Source = None,
    as_json: AsJson = False,
) -> None:
    """Ask a question; every sentence of the answer is cited."""
    from ui.commands import asking

    filters = Filters(since, until, organization, source, tuple(only or ()))
    code = asking.ask(_asked(question), filters, as_json=as_json, evidence=evidence, export=export)
    raise typer.Exit(code)


@commands.command(rich_help_panel=ASK)
def chat(  # noqa: PLR0913  (a parameter is an option)
    conversation: Annotated[
        str,
        typer.Argument(
            metavar="[CONVERSATION]", help="The one to go on with, by the beginning of its id."
        ),
    ] = "",
    *,
    go_on: Annotated[bool, typer.Option("--continue", help="Go on with the last one.")] = False,
    show: Annotated[bool, typer.Option("--list", help="List those that are kept.")] = False,
    only: Only = None,
    since: Since = None,
    until: Until = None,
    organization: Organization = None,
    source: Source = None,
) -> None:
    """Ask one question after the other; each may lean on those before."""
    from ui.commands import chatting

    if show:
        raise typer.Exit(chatting.list_conversations())
    filters = Filters(since, until, organization, source, tuple(only or ()))
    continued = conversation if conversation or go_on else None
    raise typer.Exit(chatting.chat(filters, continued=continued))


@commands.command(rich_help_panel=ASK)
def search(  # noqa: PLR0913  (a parameter is an option)
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help="What to look for; - reads it from stdin.")
    ],
    *,
    limit: Limit = 10,
    only: Only = None,
    since: Since = None,
    until: Until = None,
    organization: Organization = None,
    source: Source = None,
    as_json: AsJson = False,
) -> None:
    """Find papers, each with the passage that fits best."""
    from ui.commands import asking

    filters = Filters(since, until, organization, source, tuple(only or ()))
    code = asking.search(_asked(question), filters, limit=limit, as_json=as_json)
    raise typer.Exit(code)


@commands.command(rich_help_panel=ASK)
def batch(
    questions: Annotated[
        Path,
        typer.Argument(
            metavar="QUESTIONS.jsonl",
            help='A question a line: {"id": …, "question": …, "history": […]}.',
            exists=True,
            dir_okay=False,
        ),
    ],
    *,
    out: Annotated[
        Path,
        typer.Option(metavar="ANSWERS.jsonl", help="Where answers are added.", dir_okay=False),
    ],
) -> None:
    """Answer a file of questions; run it again to go on where it stopped."""
    from ui.commands import batch

    raise typer.Exit(batch.batch(questions, out))


@commands.command(rich_help_panel=ASK)
def check(
    path: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help='A line each: {"id": …, "sentence": …, "title": …, "abstract": …}; - is stdin.',
        ),
    ],
) -> None:
    """Check whether abstracts say what sentences say; a verdict a line."""
    from ui.commands import checking

    raise typer.Exit(checking.check(path))


def _asked(question: str) -> str:
    """The question without what cannot be seen; raises BadParameter where nothing is left."""
    from rag.loaders.text import clean

    asked = clean(sys.stdin.read() if question == "-" else question)
    if not asked:
        raise typer.BadParameter("There is no question.")
    return asked
