"""The command line: which commands there are and how they are called.

What a command does is imported when it runs, so that `footnote --help` loads none of it.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from ui.boundary import guarded, quieten
from ui.help import Sections
from ui.options import AsJson, Filters, Limit, Only, Organization, Since, Source, Until

Sort: TypeAlias = Literal["added", "published", "title", "upvotes"]
ASK = "Ask"
SHELF = "The shelf"
UPKEEP = "Upkeep"
USERS = "Users"
KEYS = "Keys"
SLACK = "Setting up"

app = typer.Typer(
    name="footnote",
    cls=Sections,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its help would take longer to load than most commands take to run
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="New here? Begin with: footnote demo",
)
users = typer.Typer(
    cls=Sections,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Say who may sign in to the chat.",
)
app.add_typer(users, name="users", rich_help_panel=UPKEEP)
keys = typer.Typer(
    cls=Sections,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Say who may use the API, and what for.",
)
app.add_typer(keys, name="keys", rich_help_panel=UPKEEP)
slack = typer.Typer(
    cls=Sections,
    invoke_without_command=True,
    rich_markup_mode=None,
    help="Answer in Slack.",
)
app.add_typer(slack, name="slack", rich_help_panel=ASK)
UserName: TypeAlias = Annotated[str, typer.Argument(metavar="NAME", help="Whom it is about.")]
UsersFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--users", metavar="FILE", help="The file; by default “users” in the data folder."
    ),
]


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


@app.command(rich_help_panel=ASK)
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


@app.command(rich_help_panel=ASK)
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


@app.command(rich_help_panel=ASK)
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


@app.command(rich_help_panel=ASK)
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


@app.command(rich_help_panel=ASK)
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


@app.command(rich_help_panel=ASK)
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


@app.command(rich_help_panel=ASK)
def mcp() -> None:
    """Offer the shelf as tools to an assistant that starts this (MCP)."""
    from ui.commands import connecting

    raise typer.Exit(connecting.mcp())


@app.command(rich_help_panel=ASK)
def demo(
    *,
    serve: Annotated[bool, typer.Option(help="Open the chat in the browser afterwards.")] = True,
) -> None:
    """Try it with a small shelf of well-known papers."""
    from ui.commands import demonstrating

    raise typer.Exit(demonstrating.demo(serve=serve))


@app.command(rich_help_panel=SHELF)
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


@app.command(rich_help_panel=SHELF)
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


@app.command(rich_help_panel=SHELF)
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


@app.command(rich_help_panel=SHELF)
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


@app.command(rich_help_panel=SHELF)
def stats(*, as_json: AsJson = False) -> None:
    """Count what is on the shelf, by source, year and organization."""
    from ui.commands import looking

    raise typer.Exit(looking.stats(as_json=as_json))


@app.command(rich_help_panel=UPKEEP)
def doctor(
    *,
    fix: Annotated[
        bool, typer.Option("--fix", help="Repair what is wrong, then look again.")
    ] = False,
) -> None:
    """Check that settings, models and every index are in order."""
    from ui.commands import upkeep

    raise typer.Exit(upkeep.doctor(fix=fix))


@app.command(rich_help_panel=UPKEEP)
def reembed(
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Also if the shelf has these embeddings already.")
    ] = False,
) -> None:
    """Embed every paper anew, with the model that is set."""
    from ui.commands import upkeep

    raise typer.Exit(upkeep.reembed(force=force))


@app.command(rich_help_panel=UPKEEP)
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


@app.command(rich_help_panel=UPKEEP)
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


@app.command(name="eval", rich_help_panel=UPKEEP)
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


@slack.callback()
def run_slack(context: typer.Context) -> None:
    """Answer in Slack; needs FOOTNOTE_SLACK_BOT_TOKEN and FOOTNOTE_SLACK_APP_TOKEN."""
    if context.invoked_subcommand is None:
        from ui.commands import slacking

        raise typer.Exit(slacking.slack())


@slack.command(name="manifest", rich_help_panel=SLACK)
def slack_manifest(
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


@slack.command(name="doctor", rich_help_panel=SLACK)
def slack_doctor(
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


@slack.command(name="key", rich_help_panel=SLACK)
def slack_key() -> None:
    """Make a key that the tokens of several workspaces are encrypted with."""
    from ui.commands import slack_setup

    raise typer.Exit(slack_setup.key())


@users.command(name="add", rich_help_panel=USERS)
def add_user(name: UserName, *, file: UsersFile = None) -> None:
    """Let somebody sign in, or give them a new password."""
    from ui.commands import accounts

    raise typer.Exit(accounts.add(name, file))


@users.command(name="remove", rich_help_panel=USERS)
def remove_user(name: UserName, *, file: UsersFile = None) -> None:
    """Let somebody sign in no more."""
    from ui.commands import accounts

    raise typer.Exit(accounts.remove(name, file))


@users.command(name="list", rich_help_panel=USERS)
def list_users(*, file: UsersFile = None) -> None:
    """List who may sign in."""
    from ui.commands import accounts

    raise typer.Exit(accounts.show(file))


@keys.command(name="create", rich_help_panel=KEYS)
def create_key(
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


@keys.command(name="list", rich_help_panel=KEYS)
def list_keys(*, as_json: AsJson = False) -> None:
    """List what is known of each key, but not the key."""
    from ui.commands import keys

    raise typer.Exit(keys.show(as_json=as_json))


@keys.command(name="revoke", rich_help_panel=KEYS)
def revoke_key(
    number: Annotated[str, typer.Argument(metavar="ID", help="Its id, as `keys list` shows it.")],
) -> None:
    """End a key at once, also while the server runs."""
    from ui.commands import keys

    raise typer.Exit(keys.revoke(number))


def _asked(question: str) -> str:
    """The question without what cannot be seen; raises BadParameter where nothing is left."""
    from rag.loaders.text import clean

    asked = clean(sys.stdin.read() if question == "-" else question)
    if not asked:
        raise typer.BadParameter("There is no question.")
    return asked
