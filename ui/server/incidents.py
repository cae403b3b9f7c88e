"""What went wrong on the server: noted there, with a reference that a person can pass on."""

from __future__ import annotations

import logging
import secrets
import traceback
from dataclasses import dataclass

NAME = "footnote.web"


@dataclass(frozen=True, slots=True)
class Incident:
    """What went wrong and where; goes with the log record as `incident`."""

    reference: str
    kind: str
    place: str


def note(error: BaseException) -> str:
    """Logs what happened and where, and returns the reference.

    The message is left out: it may hold a question, a key or a provider's words.
    """
    reference = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "nowhere"
    happened = Incident(reference, type(error).__name__, where)
    logging.getLogger(NAME).error(
        "%s: %s at %s", reference, happened.kind, where, extra={"incident": happened}
    )
    return reference


def log_to_stderr() -> None:
    """Shows what is noted, although the rest of logging is kept quiet."""
    from ui.server import logs

    logs.log_to_stderr()
