"""`footnote demo`: a first answer, from a small shelf of well-known papers that ships."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing
from functools import partial
from importlib.resources import as_file, files

from rich.text import Text

from rag import ingest
from rag.build import Application, build
from rag.config import load_settings
from ui.answer_view import print_answer
from ui.commands.adding import summary
from ui.commands.serving import serve_alone
from ui.progress import listen, reporting
from ui.remote.opening import alone
from ui.server.serving import HOST, PORT, AddressError, listening
from ui.terminal import err, out, print_text

QUESTION = "How many trainable parameters does LoRA save?"
NEXT = (
    ("several papers at once", 'footnote ask "Which papers compress language models to 4 bits?"'),
    ("what the shelf cannot answer", 'footnote ask "How many GPUs did training GPT-4 take?"'),
    ("the chat in the browser", "footnote serve"),
    ("what is on the shelf", "footnote papers"),
    ("papers of your own", "footnote add FILE"),
)
COMMANDS = "More in the terminal: uv run footnote --help"


def demo(*, serve: bool) -> int:
    """A first answer, then the chat, or without it what to type next."""
    settings = load_settings()
    with alone(settings, "demo"), build(settings) as application, asyncio.Runner() as runner:
        _add_sample(application)
        console = out()
        console.print()
        print_text(console, Text(QUESTION, style="bold cyan"))
        console.print()
        events = application.engine.stream(QUESTION)
        runner.run(print_answer(console, events, evidence=True))
        console.print()
        if not serve:
            _say_what_is_next()
            return 0
        print_text(console, Text(COMMANDS, style="dim"))
        with closing(_listening()) as bound:
            serve_alone(application, bound, runner)
    return 0


def _say_what_is_next() -> None:
    console = out()
    console.print("Go on with", style="bold")
    for purpose, command in NEXT:
        console.print(f"  # {purpose}", style="dim")
        console.print(f"  uv run {command}", soft_wrap=True)


def _listening() -> socket.socket:
    """On the usual port, or on any that is free: whoever tries it out need not choose one."""
    try:
        return listening(HOST, PORT)
    except AddressError:
        return listening(HOST, 0)


def _add_sample(application: Application) -> None:
    sample = files("rag.sample").joinpath("footnote-sample.jsonl")
    with as_file(sample) as path, reporting(err()) as bar:
        report = ingest.add(
            [str(path)], application.shelf, application.encoder, partial(listen, bar)
        )
    print_text(out(), Text(f"Sample shelf: {summary(report)}", style="dim"))
