"""The command line: which commands there are and how they are called.

What a command does is imported when it runs, so that `footnote --help` loads none of it.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Annotated

import typer

from ui.boundary import guarded, quieten
from ui.cli import asking, keys, serving, shelf, slack, upkeep, users
from ui.help import ASK, UPKEEP, Sections

app = typer.Typer(
    name="footnote",
    cls=Sections,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its help would take longer to load than most commands take to run
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="New here? Begin with: footnote demo",
)
# In this order they are listed.
app.add_typer(asking.commands)
app.add_typer(serving.commands)
app.add_typer(slack.commands, name="slack", rich_help_panel=ASK)
app.add_typer(shelf.commands)
app.add_typer(upkeep.commands)
app.add_typer(users.commands, name="users", rich_help_panel=UPKEEP)
app.add_typer(keys.commands, name="keys", rich_help_panel=UPKEEP)


def main() -> None:
    """The entry point of the `footnote` command."""
    for stream in (sys.stdout, sys.stderr):
        # A character that the terminal cannot show must not end a run.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    quieten()
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # nobody reads it any more
            stream.flush()
    # All is closed by now. To take the interpreter apart, with all that it has loaded, takes a
    # second or more, in which a server that was told to end would still be there.
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Runs one command line and returns its exit code."""
    return guarded(lambda: app(arguments, prog_name="footnote"))


def _print_version(*, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"footnote {version('footnote')}")
        raise typer.Exit


@app.callback()
def footnote(
    context: typer.Context,
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda wanted: _print_version(wanted=wanted),
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
    server: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Use the shelf of a running server, as http://localhost:7860; "
            "FOOTNOTE_SERVER_KEY is its key.",
        ),
    ] = None,
) -> None:
    """Ask a shelf of research-paper abstracts: every sentence of an answer is cited."""
    from ui.remote.chosen import choose

    choose(server)
    context.call_on_close(lambda: choose(None))
