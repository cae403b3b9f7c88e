"""A server that was told to end is gone within seconds, whatever its threads still do."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import Final

LONGEST: Final = 4.5  # seconds; who stops a server often kills it after 10
CUT_OFF: Final = (
    "What was under way does not end; it is cut off, and nothing that was kept is lost."
)
_log = logging.getLogger("footnote.server")
Leaving = Callable[[int], object]


def end_within(seconds: float = LONGEST, leave: Leaving = os._exit) -> None:
    """Ends the process after so long, if it has not ended by itself; safe in a signal handler.

    Threads cannot be stopped, and a model that is being loaded or asked may take a minute. What
    is kept survives this as it survives `kill -9`.
    """

    def cut_off() -> None:
        _log.warning(CUT_OFF)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        leave(0)

    timer = threading.Timer(seconds, cut_off)
    timer.daemon = True
    timer.start()
