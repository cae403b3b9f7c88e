"""Commands that keep the shelf whole, and measure it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.help import UPKEEP
from ui.options import AsJson

commands = typer.Typer()


@commands.command(rich_help_panel=UPKEEP)
def doctor(
    *,
    fix: Annotated[
        bool, typer.Option("--fix", help="Repair what is wrong, then look again.")
    ] = False,
) -> None:
    """Check that settings, models and every index are in order."""
    from ui.commands import upkeep

    raise typer.Exit(upkeep.doctor(fix=fix))


@commands.command(rich_help_panel=UPKEEP)
def reembed(
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Also if the shelf has these embeddings already.")
    ] = False,
) -> None:
    """Embed every paper anew, with the model that is set."""
    from ui.commands import upkeep

    raise typer.Exit(upkeep.reembed(force=force))


@commands.command(rich_help_panel=UPKEEP)
def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.tar.gz", help="Where to write it.", dir_okay=False)
    ],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write everything that is kept to one file; also while a server runs."""
    from ui.commands import backing_up

    raise typer.Exit(backing_up.backup(file, force=force))


@commands.command(rich_help_panel=UPKEEP)
def restore(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.tar.gz", help="What `backup` wrote.", exists=True, dir_okay=False
        ),
    ],
    *,
    into: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where to; the data folder by default."),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Also if it is not empty; what is there is kept beside."),
    ] = False,
) -> None:
    """Bring back what a backup holds, once every byte and every index was checked."""
    from ui.commands import backing_up

    raise typer.Exit(backing_up.restore(file, into, replace=replace))


@commands.command(name="eval", rich_help_panel=UPKEEP)
def evaluate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH…",
            help=(
                "Folders as BEIR lays them out (corpus.jsonl, queries.jsonl, qrels/), and files "
                "of questions to ask the shelf. Without any, the questions that ship are asked "
                "over the sample shelf and held to the baseline that ships."
            ),
            exists=True,
        ),
    ] = None,
    *,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Compare with what was stored; exit with 1 where a figure fell.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Store the figures as a baseline.", dir_okay=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well papers are found and questions are answered."""
    from ui.commands import evaluating

    code = evaluating.evaluate(paths or (), baseline=baseline, save=save, as_json=as_json)
    raise typer.Exit(code)
