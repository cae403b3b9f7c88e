"""Commands for who may use the API."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.help import Sections
from ui.options import AsJson

KEYS = "Keys"
commands = typer.Typer(
    cls=Sections,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Say who may use the API, and what for.",
)


@commands.command(name="create", rich_help_panel=KEYS)
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What or whom it is for.")],
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCOPE",
            help="What it may do: ask (the default), write, admin; may be repeated.",
        ),
    ] = None,
    tokens_per_day: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="How many tokens of the model a day.")
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(metavar="RATE", help="How often, as 60/minute; else FOOTNOTE_API_RATE."),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last day it works, as 2027-01-31.")
    ] = None,
) -> None:
    """Make a key and show it, this once."""
    from ui.commands import keys

    code = keys.create(
        name, scope or ["ask"], tokens_per_day=tokens_per_day, rate=rate, expires=expires
    )
    raise typer.Exit(code)


@commands.command(name="list", rich_help_panel=KEYS)
def show(*, as_json: AsJson = False) -> None:
    """List what is known of each key, but not the key."""
    from ui.commands import keys

    raise typer.Exit(keys.show(as_json=as_json))


@commands.command(name="revoke", rich_help_panel=KEYS)
def revoke(
    number: Annotated[str, typer.Argument(metavar="ID", help="Its id, as `keys list` shows it.")],
) -> None:
    """End a key at once, also while the server runs."""
    from ui.commands import keys

    raise typer.Exit(keys.revoke(number))
