"""What can be typed in `footnote chat` besides questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import shorten

from rich.text import Text

from rag.types import Answer, Scope, Turn
from ui import exports, render
from ui.answer_view import print_past, print_sources
from ui.conversation import Conversations, Kept, turns
from ui.terminal import out, print_text

NOTHING_YET = "Nothing has been answered in this conversation yet."
LONGEST_NAME = 40  # characters of a question in the name of a file


@dataclass(slots=True)
class Chat:
    """A conversation that goes on: what was said, where it is kept, and whether it is over."""

    conversations: Conversations
    conversation_id: str | None = None
    said: list[Kept] = field(default_factory=list)
    is_over: bool = False

    @property
    def answers(self) -> list[Answer]:
        return [one.answer for one in self.said]

    @property
    def history(self) -> list[Turn]:
        return turns(self.answers)

    def keep(self, answer: Answer, scope: Scope = Scope()) -> None:
        """The answer, and what it was confined to."""
        self.said.append(Kept(answer, scope))
        if self.conversation_id is None:
            self.conversation_id = self.conversations.begin(answer.question)
        self.conversations.keep(self.conversation_id, self.said[-1])


@dataclass(frozen=True, slots=True)
class Command:
    """How a command is typed, what it does in a sentence, and doing it."""

    usage: str
    sentence: str
    run: Callable[[Chat, str], None]


def obey(line: str, chat: Chat) -> None:
    """Does what a line that begins with a slash says."""
    name, _, rest = line.partition(" ")
    if command := COMMANDS.get(name):
        command.run(chat, rest.strip())
    else:
        print_text(out(), f"There is no command {name}. /help lists those that there are.")


def _sources(chat: Chat, number: str) -> None:
    """The last answer that cites something counts: one may have said thanks since."""
    cited = next((answer for answer in reversed(chat.answers) if answer.citations), None)
    if cited is None:
        print_text(out(), "No answer of this conversation cites anything yet.")
        return
    number = number.strip("[]")
    if number and number not in (str(one.number) for one in render.references(cited)):
        print_text(out(), f"There is no [{number}] in the last answer.")
        return
    print_sources(out(), cited, number=int(number) if number else None)


def _export(chat: Chat, name: str) -> None:
    if not chat.answers:
        print_text(out(), NOTHING_YET)
        return
    path = Path(name).expanduser() if name else _free(chat.answers[0].question)
    exports.export(path, chat.said)
    print_text(out(), f"Written to {path}.")


def _free(question: str) -> Path:
    """A name that no file here has."""
    words = shorten(" ".join(re.findall(r"\w+", question.lower())), LONGEST_NAME, placeholder="")
    stem, number = f"footnote-{words.replace(' ', '-') or 'chat'}", 1
    while (path := Path(f"{stem}{f'-{number}' if number > 1 else ''}.md")).exists():
        number += 1
    return path


def _new(chat: Chat, _: str) -> None:
    chat.said, chat.conversation_id = [], None
    print_text(out(), "A new conversation. The former one is kept.")


def _history(chat: Chat, _: str) -> None:
    if not chat.answers:
        print_text(out(), NOTHING_YET)
    for place, answer in enumerate(chat.answers):
        if place:
            out().print()
        print_text(out(), Text(answer.question, style="bold cyan"))
        print_past(out(), answer)


def _help(chat: Chat, _: str) -> None:
    width = max(len(command.usage) for command in COMMANDS.values()) + 2
    for command in COMMANDS.values():
        first = Text(command.usage.ljust(width), style="cyan")
        print_text(out(), command.sentence, first=first)
    print_text(out(), Text("Ctrl-C stops an answer, Ctrl-D leaves.", style="dim"))


def _quit(chat: Chat, _: str) -> None:
    chat.is_over = True


COMMANDS: Mapping[str, Command] = {
    "/sources": Command(
        "/sources [N]", "Show what the last answer cites, each sentence in its abstract.", _sources
    ),
    "/export": Command(
        "/export [FILE]",
        "Write the conversation to a file: .md, or what it cites as .bib, .ris or .json.",
        _export,
    ),
    "/history": Command("/history", "Show the conversation from its beginning.", _history),
    "/new": Command("/new", "Begin a new conversation; this one is kept.", _new),
    "/help": Command("/help", "Show this list.", _help),
    "/quit": Command("/quit", "Leave; `footnote chat --continue` goes on.", _quit),
}
