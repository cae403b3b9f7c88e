"""Commands that let others ask: people in a browser, programs, assistants."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.help import ASK

commands = typer.Typer()


@commands.command(rich_help_panel=ASK)
def serve(  # noqa: PLR0913  (a parameter is an option)
    *,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="0 takes a free one.")
    ] = 7860,
    users: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Only for those in it; `footnote users add` makes it."),
    ] = None,
    proxy_header: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The header in which a trusted proxy names the user."),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="A proxy to believe; may be repeated."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Another name to be served under; may be repeated."),
    ] = None,
    allow_upload: Annotated[
        bool | None,
        typer.Option(
            "--allow-upload/--no-upload",
            help="Add papers in the browser; by default only where nobody else gets in.",
        ),
    ] = None,
    insecure: Annotated[
        bool,
        typer.Option("--insecure", help="Also where others can reach it, without any sign-in."),
    ] = False,
) -> None:
    """Open the chat in the browser."""
    from ui.commands import serving
    from ui.web.access import Access

    trusted, hosts = tuple(trusted_proxy or ()), tuple(allow_host or ())
    access = Access(users, proxy_header, trusted, hosts, insecure, allow_upload)
    raise typer.Exit(serving.serve(host, port, access))


@commands.command(rich_help_panel=ASK)
def mcp() -> None:
    """Offer the shelf as tools to an assistant that starts this (MCP)."""
    from ui.commands import connecting

    raise typer.Exit(connecting.mcp())


@commands.command(rich_help_panel=ASK)
def demo(
    *,
    serve: Annotated[bool, typer.Option(help="Open the chat in the browser afterwards.")] = True,
) -> None:
    """Try it with a small shelf of well-known papers."""
    from ui.commands import demonstrating

    raise typer.Exit(demonstrating.demo(serve=serve))
