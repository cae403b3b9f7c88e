"""Timings of single calls, and how busy the machine was meanwhile."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

MEGABYTE = 1_000_000


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def resident_megabytes() -> tuple[float, float]:
    """What this process has in memory now: of its own, and of files that the system may drop."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    sizes = {line.split()[0]: line.split()[1] for line in status.splitlines() if "kB" in line}
    own, mapped = int(sizes["RssAnon:"]), int(sizes["RssFile:"])
    return own * 1024 / MEGABYTE, mapped * 1024 / MEGABYTE


def peak_megabytes(who: int = resource.RUSAGE_SELF) -> float:
    """The most that this process, or the largest of its children, had in memory."""
    return resource.getrusage(who).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MEGABYTE


def machine() -> str:
    """Cores and load, to be read beside every figure."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
