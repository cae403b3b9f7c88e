"""`footnote mcp`: the shelf as tools for an assistant that starts it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import chdir
from importlib.util import find_spec
from pathlib import Path

from rag.config import load_settings
from rag.errors import FootnoteError
from ui.server import incidents
from ui.terminal import err, print_text

MISSING = (
    "`footnote mcp` needs the package mcp, which is not installed. Install it with "
    "`uv sync --extra mcp`, or `pip install 'footnote[mcp]'`."
)
BY_HAND = (
    "An assistant starts this command and talks to it over standard input; see docs/mcp.md for "
    "what to write into its configuration. Ctrl-D ends it."
)


class MissingExtraError(FootnoteError):
    """A package is missing that only this command needs."""


def mcp() -> int:
    """Serves until the assistant that started it closes standard input."""
    if find_spec("mcp") is None:
        raise MissingExtraError(MISSING)
    incidents.log_to_stderr()
    # An assistant starts it in the folder that is worked on, which may be anybody's: its .env
    # must not choose where questions and keys go.
    with chdir(Path.cwd().anchor):
        settings = load_settings()
    if sys.stdin is not None and sys.stdin.isatty():
        print_text(err(), BY_HAND)
    from ui.mcp.server import serve

    asyncio.run(serve(settings))
    return 0
