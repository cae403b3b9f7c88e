"""The log of a server, on standard error: a line each request, and what went wrong."""

from __future__ import annotations

import logging
import sys
from typing import Final, Literal, TypeAlias

from ui.server.redacting import redact_logs
from ui.server.requests import Seen

Format: TypeAlias = Literal["text", "json"]
NAME: Final = "footnote"
REQUESTS: Final = f"{NAME}.requests"
# Nobody but machines asks for these, every few seconds.
QUIET: Final = frozenset(("/healthz", "/readyz", "/metrics"))
QUIET_BELOW: Final = ("/assets/", "/static/", "/gradio_api/heartbeat/")
_TEXT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"
_FIELDS: Final = {"asctime": "time", "levelname": "level", "name": "logger"}
_log = logging.getLogger(REQUESTS)


def log_to_stderr(form: Format = "text") -> None:
    """From now on, for the whole process; keys are cut out, and the rest of logging stays quiet."""
    redact_logs()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(form))
    logger = logging.getLogger(NAME)
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    # Who looks on is shown what went wrong; a line for each picture of a page would hide it.
    is_watched = form == "text" and sys.stderr.isatty()
    _log.setLevel(logging.WARNING if is_watched else logging.NOTSET)


def requested(seen: Seen) -> None:
    """A line; it names the route, never the path nor what was asked for."""
    route, milliseconds = seen.route or "-", round(seen.seconds * 1000, 1)
    _log.log(
        _level(seen),
        "%s %s %s %s ms %s%s",
        seen.method,
        route,
        seen.status,
        milliseconds,
        seen.principal or "-",
        "" if seen.is_whole else " (left)",
        extra={
            "method": seen.method,
            "route": route,
            "status": seen.status,
            "ms": milliseconds,
            "principal": seen.principal,
            "surface": seen.surface,
            "whole": seen.is_whole,
        },
    )


def _level(seen: Seen) -> int:
    if seen.status >= 500:
        return logging.WARNING
    is_quiet = seen.route in QUIET or seen.route.startswith(QUIET_BELOW)
    return logging.DEBUG if is_quiet else logging.INFO


def _formatter(form: Format) -> logging.Formatter:
    if form == "text":
        return _Text(_TEXT)
    from pythonjsonlogger.json import JsonFormatter

    return JsonFormatter(
        "%(asctime)s %(levelname)s %(name)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S%z",
        rename_fields=_FIELDS,
    )


class _Text(logging.Formatter):
    """Ends with the request that a line is of, where it is of one."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever is in it."""
        line = super().format(record).replace("\r", "\\r").replace("\n", "\\n")
        request = getattr(record, "request_id", "")
        return f"{line} [{request}]" if request else line
