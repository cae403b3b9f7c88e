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
    own, mapped = resident_bytes("self")
    return own / MEGABYTE, mapped / MEGABYTE


def resident_bytes(process: int | str) -> tuple[int, int]:
    """The same of any process."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    sizes = {line.split()[0]: line.split()[1] for line in status.splitlines() if "kB" in line}
    return int(sizes["RssAnon:"]) * 1024, int(sizes["RssFile:"]) * 1024


def processor_seconds(process: int) -> float:
    """What a process has used of all cores so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def busy_seconds() -> float:
    """What all processes of the machine have used so far."""
    fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    user, nice, system, _, _, interrupts, soft = map(int, fields[:7])
    return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(who: int = resource.RUSAGE_SELF) -> float:
    """The most that this process, or the largest of its children, had in memory."""
    return resource.getrusage(who).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MEGABYTE


def machine() -> str:
    """Cores and load, to be read beside every figure."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
