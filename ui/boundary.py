"""Where every error ends: one clear line for the user, and an exit code."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Callable

DEBUG = "FOOTNOTE_DEBUG"
FAILED = 1
INTERRUPTED = 130


def guarded(command: Callable[[], object]) -> int:
    """Runs a command and returns its exit code; a traceback is shown only on request."""
    try:
        try:
            command()
        finally:
            sys.stdout.flush()
    except SystemExit as leaving:
        return _code(leaving)
    except BrokenPipeError:
        _abandon_output()
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        # Whatever it is, the user gets a sentence; the traceback is for who asks for it.
        if is_debugging():
            raise
        complain(sentence_for(error))
        return FAILED
    return 0


def complain(sentence: str) -> None:
    """One line on standard error."""
    from rich.text import Text

    from ui.terminal import err, print_text

    error = Text("Error: ", style="bold red")
    print_text(err(), error.append(sentence, style="not bold default"))


def sentence_for(error: Exception) -> str:
    """What a person is told of an error."""
    from rag.errors import FootnoteError

    if isinstance(error, FootnoteError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{where}. Check that there is room, and that you may use the path."
    detail = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
    return (
        f"Footnote met something it did not expect ({detail}). "
        f"Run the same command with {DEBUG}=1 and report what it prints."
    )


def quieten() -> None:
    """Keeps what libraries warn of or log from the user, who is told in our own sentences."""
    if is_debugging():
        return
    warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())
    logging.getLogger().setLevel(logging.CRITICAL)


def is_debugging() -> bool:
    return bool(os.environ.get(DEBUG))


def _code(leaving: SystemExit) -> int:
    if leaving.code is None:
        return 0
    return leaving.code if isinstance(leaving.code, int) else FAILED


def _abandon_output() -> None:
    """Nobody reads any more: what is still buffered must not raise again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
