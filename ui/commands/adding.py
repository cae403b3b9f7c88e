"""`footnote add`: papers from files onto the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from rag.config import load_settings
from rag.ingest import Report
from ui.boundary import FAILED, INTERRUPTED
from ui.progress import listen, reporting
from ui.remote.opening import opened
from ui.render import Json, several
from ui.terminal import err, out, print_text, write_json

KEPT = "Stopped. What was read so far is kept; run the same command again to go on."


def add(paths: Sequence[str], *, as_json: bool) -> int:
    try:
        report = _add(paths)
    except KeyboardInterrupt:
        print_text(err(), KEPT)
        return INTERRUPTED
    if as_json:
        write_json(report_json(report))
    else:
        print_text(out(), summary(report))
    return FAILED if report.rejected else 0


def summary(report: Report) -> str:
    """What a run did, in one line."""
    counts = (
        f"{report.new:,} new",
        f"{report.changed:,} changed",
        f"{report.unchanged:,} unchanged",
        several(report.duplicates, "duplicate"),
        f"{report.rejected:,} rejected",
    )
    return f"{several(report.records, 'record')}: {', '.join(counts)} ({report.seconds:.1f} s)"


def report_json(report: Report) -> Json:
    return {
        "records": report.records,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "duplicates": report.duplicates,
        "rejected": report.rejected,
        "faults": [
            {"source": fault.source, "line": fault.line, "reason": fault.reason}
            for fault in report.faults
        ],
        "seconds": round(report.seconds, 3),
    }


def _add(paths: Sequence[str]) -> Report:
    with opened(load_settings()) as application, reporting(err()) as reporter:
        reporter.advance("Reading", 0)
        return application.add(paths, partial(listen, reporter))
