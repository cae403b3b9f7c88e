"""Sentences that say what to do next."""

from __future__ import annotations

from rag.store.counting import Statistics
from ui.render import several
from ui.terminal import err, print_text

EMPTY = "The shelf is empty. Add papers with `footnote add FILE…`, or try `footnote demo`."


def tell_of_pending(statistics: Statistics) -> None:
    """Papers that an interrupted run left unindexed are not found; say so."""
    if statistics.pending:
        waiting = several(statistics.pending, "paper")
        print_text(err(), f"{waiting} not indexed yet; run `footnote doctor --fix`.")
