"""Lines that a person types, with editing and recall where the terminal can; or that are piped."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

from ui.terminal import err, out

RECALLED = 1000  # lines
PROMPT = "› "
PLAIN_PROMPT = "> "


def is_typed() -> bool:
    """Whether a person sits at both ends; otherwise lines are piped in or answers out."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def next_line() -> str | None:
    """The next line, None at the end; raises KeyboardInterrupt where the person stops."""
    if is_typed():
        try:
            return input(_prompt())
        except EOFError:
            out().print()
            return None
    if sys.stdin.isatty():
        err().print(PLAIN_PROMPT, end="")
    line = sys.stdin.readline()
    if line.strip():
        out().print(f"{PLAIN_PROMPT}{line.strip()}", soft_wrap=True)
    return line or None


@contextmanager
def recall(path: Path, words: Sequence[str]) -> Iterator[None]:
    """Within the block lines can be edited, recalled from earlier times, and words completed."""
    # A byte that is no UTF-8 must not end a conversation.
    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
    readline = _readline() if is_typed() else None
    if readline is None:
        yield
        return
    with suppress(OSError):
        readline.read_history_file(path)
    readline.set_history_length(RECALLED)
    _complete(readline, words)
    try:
        yield
    finally:
        with suppress(OSError):  # a full disk must not spoil the end
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            readline.write_history_file(path)


def _readline() -> ModuleType | None:
    try:
        import readline
    except ImportError:
        return None  # Windows edits lines by itself
    return readline


def _complete(readline: ModuleType, words: Sequence[str]) -> None:
    def fitting(beginning: str, place: int) -> str | None:
        found = [word for word in words if word.startswith(beginning)] if beginning else []
        return f"{found[place]} " if place < len(found) else None

    readline.set_completer(fitting)
    readline.set_completer_delims(" ")
    is_libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")


def _prompt() -> str:
    console = out()
    shown = PROMPT if console.encoding.lower().startswith("utf") else PLAIN_PROMPT
    if console.color_system is None:
        return shown
    # Between \1 and \2 stands what takes no room on the line.
    return f"\1\x1b[1;36m\2{shown}\1\x1b[0m\2"
