"""The log of Slack's SDK, which is kept silent: it holds what people write, and codes that open."""

from __future__ import annotations

import logging
from typing import Final

# Also the app's name: Bolt sets the logger of that name to the level of this one.
NAME: Final = "footnote.slack.bolt"


def silent() -> logging.Logger:
    """A logger that says nothing, whatever the rest does."""
    logger = logging.getLogger(NAME)
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return logger
