"""`footnote chat`: a conversation in the terminal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from rich.table import Table
from rich.text import Text

from rag.config import load_settings
from rag.loaders.text import clean
from rag.types import Event, Scope, Turn
from ui import line_editor
from ui.answer_view import print_answer, until_shown
from ui.boundary import FAILED, complain, is_debugging, sentence_for
from ui.chat_commands import COMMANDS, Chat, obey
from ui.conversation import Conversation, Conversations
from ui.hints import EMPTY, tell_of_pending
from ui.options import Filters
from ui.remote.opening import Opened, opened
from ui.render import several
from ui.terminal import err, out, print_text, waiting

RECALL = "chat_history"
LISTED = 20
SHORT_ID = 8  # characters; enough to name a conversation
NONE_KEPT = "No conversation is kept yet; `footnote chat` begins one."


def chat(filters: Filters, *, continued: str | None) -> int:
    """`continued` is the beginning of a conversation's id, or empty for the last one."""
    settings = load_settings()
    with ExitStack() as stack:
        kept = stack.enter_context(Conversations(settings.home))
        earlier = None if continued is None else _earlier(kept, continued)
        with waiting("Opening the shelf …"):
            application = stack.enter_context(opened(settings))
            scope = filters.scope(application.shelf)
        if not application.shelf.statistics().papers:
            print_text(out(), EMPTY)
            return 0
        going_on = Chat(kept)
        if earlier:
            going_on = Chat(kept, earlier.id, kept.kept(earlier.id))
        _greet(application, scope, earlier)
        stack.enter_context(line_editor.recall(settings.home / RECALL, tuple(COMMANDS)))
        runner = stack.enter_context(asyncio.Runner())
        return Session(application.engine, scope, going_on, runner).run()


def list_conversations() -> int:
    """Those that were gone on with last; the shelf is not needed for it."""
    with Conversations(load_settings().home) as kept:
        found = kept.latest(LISTED)
    if not found:
        print_text(out(), NONE_KEPT)
        return 0
    _print_conversations(found)
    return 0


class Answering(Protocol):
    """What a conversation asks of the engine."""

    def stream(
        self, question: str, history: Sequence[Turn] = ..., scope: Scope = ...
    ) -> AsyncIterator[Event]: ...


@dataclass(slots=True)
class Session:
    """Reads lines and answers them, until the end."""

    engine: Answering
    scope: Scope
    chat: Chat
    runner: asyncio.Runner
    was_stopped: bool = False
    has_failed: bool = False

    def run(self) -> int:
        while not self.chat.is_over and self._take_one():
            pass
        return FAILED if self.has_failed and not line_editor.is_typed() else 0

    def _take_one(self) -> bool:
        """One line; False at the end, which a second Ctrl-C in a row is."""
        try:
            line = line_editor.next_line()
        except KeyboardInterrupt:
            out().print()
            return self._was_first_stop("Ctrl-C again, or Ctrl-D, leaves.")
        if line is None:
            return False
        self.was_stopped = False
        return self._tried(lambda: self._answer(clean(line)))

    def _answer(self, line: str) -> None:
        if not line:
            return
        if line.startswith("/"):
            obey(line, self.chat)
        else:
            self._ask(line)
        if not self.chat.is_over:
            out().print()

    def _ask(self, question: str) -> None:
        with waiting("Reading …") as stop:
            events = self.engine.stream(question, self.chat.history, self.scope)
            shown = print_answer(out(), until_shown(events, stop), evidence=False)
            answer = self.runner.run(shown)
        self.chat.keep(answer, self.scope)

    def _tried(self, action: Callable[[], None]) -> bool:
        """Whatever happens to an answer, the conversation goes on."""
        try:
            action()
        except KeyboardInterrupt:
            out().print()
            return self._was_first_stop("Stopped.")
        except BrokenPipeError:
            raise  # nobody reads any more
        except Exception as error:
            if is_debugging():
                raise
            complain(sentence_for(error))
            self.has_failed = True
        return True

    def _was_first_stop(self, said: str) -> bool:
        if self.was_stopped:
            return False
        self.was_stopped = True
        print_text(err(), Text(said, style="dim"))
        return True


def _earlier(kept: Conversations, beginning: str) -> Conversation | None:
    if beginning:
        return kept.find(beginning)
    if found := next(iter(kept.latest(1)), None):
        return found
    print_text(err(), NONE_KEPT)
    return None


def _greet(application: Opened, scope: Scope, earlier: Conversation | None) -> None:
    statistics = application.shelf.statistics()
    tell_of_pending(statistics)
    papers = several(statistics.papers, "paper")
    if not scope.is_empty:
        papers = f"{application.shelf.count(scope):,} of {papers}"
    if not line_editor.is_typed():
        return
    console = out()
    print_text(console, Text(f"{papers}. /help lists commands, Ctrl-D leaves.", style="dim"))
    if earlier:
        asked = several(earlier.answers, "question")
        print_text(console, Text(f"Going on with “{earlier.title}” ({asked}).", style="dim"))
    console.print()


def _print_conversations(found: list[Conversation]) -> None:
    console = out()
    if not console.is_terminal:
        for one in found:
            day, answers = one.changed.strftime("%Y-%m-%d %H:%M"), several(one.answers, "question")
            console.print(f"{one.id}  {day}  {answers}  {one.title}", soft_wrap=True)
        return
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column("id", no_wrap=True, style="cyan")
    table.add_column("last used", no_wrap=True, style="dim")
    table.add_column("asked", no_wrap=True, justify="right", style="dim")
    table.add_column("first question", no_wrap=True, overflow="ellipsis", ratio=1)
    for one in found:
        day = f"{one.changed:%b} {one.changed.day}, {one.changed:%H:%M}"
        table.add_row(one.id[:SHORT_ID], day, str(one.answers), Text(one.title))
    console.print(table)
