"""Keeps keys out of every log: no handler, whosever it is, sees one."""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any

from ui.server import request_ids

SHOWN = "…"
_SECRETS = re.compile(
    r"\b(?P<ours>fn_[0-9a-z]+_)[A-Za-z0-9]{8,}|\b(?P<broken>fn_)[A-Za-z0-9_-]{12,}"
    r"|\b(?P<others>sk-|xox[a-z]-|xapp-)[A-Za-z0-9_-]{4,}"
    r"|\b(?P<scheme>Bearer\s+)[^\s\"',;]{6,}",
    re.IGNORECASE,
)


def redacted(text: str) -> str:
    """The text without API keys, ours and others', and without what was sent as one."""
    return _SECRETS.sub(lambda found: found[found.lastindex or 0] + SHOWN, text)


class RedactedRecord(logging.LogRecord):
    """A record that never holds a key, and knows the request that it is of, as `request_id`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (as its base has them)
        super().__init__(*args, **kwargs)
        if isinstance(self.msg, str):
            self.msg, self.args = redacted(_message(self)), ()
        self.request_id = request_ids.current()
        if self.exc_info and self.exc_info[0]:
            # A formatter takes this text where there is one.
            self.exc_text = redacted("".join(traceback.format_exception(*self.exc_info)).rstrip())
            self.exc_info = None


def _message(record: logging.LogRecord) -> str:
    """What it says; where its arguments do not fit, what was to be said, as nobody else is told."""
    try:
        return logging.LogRecord.getMessage(record)
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args!r}"


def redact_logs() -> None:
    """From now on, for the whole process."""
    logging.setLogRecordFactory(RedactedRecord)
