"""Commands for who may sign in to the chat."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from ui.help import Sections

USERS = "Users"
commands = typer.Typer(
    cls=Sections,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Say who may sign in to the chat.",
)
Name: TypeAlias = Annotated[str, typer.Argument(metavar="NAME", help="Whom it is about.")]
File: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--users", metavar="FILE", help="The file; by default “users” in the data folder."
    ),
]


@commands.command(name="add", rich_help_panel=USERS)
def add(name: Name, *, file: File = None) -> None:
    """Let somebody sign in, or give them a new password."""
    from ui.commands import accounts

    raise typer.Exit(accounts.add(name, file))


@commands.command(name="remove", rich_help_panel=USERS)
def remove(name: Name, *, file: File = None) -> None:
    """Let somebody sign in no more."""
    from ui.commands import accounts

    raise typer.Exit(accounts.remove(name, file))


@commands.command(name="list", rich_help_panel=USERS)
def show(*, file: File = None) -> None:
    """List who may sign in."""
    from ui.commands import accounts

    raise typer.Exit(accounts.show(file))
