"""Commands for the bot in Slack."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.help import Sections

SLACK = "Setting up"
commands = typer.Typer(
    cls=Sections,
    invoke_without_command=True,
    rich_markup_mode=None,
    help="Answer in Slack.",
)


@commands.callback()
def run(context: typer.Context) -> None:
    """Answer in Slack; needs FOOTNOTE_SLACK_BOT_TOKEN and FOOTNOTE_SLACK_APP_TOKEN."""
    if context.invoked_subcommand is None:
        from ui.commands import slacking

        raise typer.Exit(slacking.slack())


@commands.command(name="manifest", rich_help_panel=SLACK)
def manifest(
    *,
    url: Annotated[
        str,
        typer.Option(
            "--url",
            metavar="ADDRESS",
            help="Where Slack reaches `footnote serve`, as https://papers.example.org; without it "
            "no address is needed.",
        ),
    ] = "",
    name: Annotated[str, typer.Option(metavar="NAME", help="What the bot is to be called.")] = "",
    as_yaml: Annotated[
        bool, typer.Option("--yaml/--json", help="In which form; by default JSON.")
    ] = False,
) -> None:
    """Show what Slack has to know of the app, to be pasted on api.slack.com/apps."""
    from ui.commands import slack_setup

    raise typer.Exit(slack_setup.manifest(name, url, as_yaml=as_yaml))


@commands.command(name="doctor", rich_help_panel=SLACK)
def doctor(
    *,
    channel: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Also see whether the bot is in this channel; may be repeated."
        ),
    ] = None,
    listen: Annotated[
        int,
        typer.Option(
            min=0, max=600, metavar="SECONDS", help="Also wait that long for an event to come."
        ),
    ] = 0,
) -> None:
    """Examine tokens, scopes, the connection and slack.toml, and say what to click."""
    from ui.commands import slack_setup

    raise typer.Exit(slack_setup.doctor(channel or [], listen))


@commands.command(name="key", rich_help_panel=SLACK)
def key() -> None:
    """Make a key that the tokens of several workspaces are encrypted with."""
    from ui.commands import slack_setup

    raise typer.Exit(slack_setup.key())
