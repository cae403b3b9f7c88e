"""Start-up: whole processes of the command line, beside an empty Python and a plain import."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.measuring import MEGABYTE, machine

BASELINE = "import llama_index.core, chromadb"
QUESTION = "How does low-rank adaptation change what is trained?"


def main() -> None:
    options = _options()
    environment = {**os.environ, "FOOTNOTE_HOME": str(options.home.resolve())}
    footnote = str(Path(sys.executable).with_name("footnote"))
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "footnote --help": [footnote, "--help"],
        "footnote papers": [footnote, "papers", "--limit", "1"],
        "footnote search": [footnote, "search", options.question],
        "footnote ask": [footnote, "ask", options.question],
        BASELINE: [sys.executable, "-c", BASELINE],
    }
    print(f"{options.home}; {options.rounds} rounds; {machine()}")
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for number in range(options.rounds + 1):
        for name, command in commands.items():
            measured = _run(command, environment)
            if number:  # the first round fills the disk cache and writes byte code
                runs[name].append(measured)
    _report(runs)
    print(machine())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="folder of a shelf that nobody uses")
    parser.add_argument("--question", default=QUESTION)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def _run(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds, and the most megabytes it had in memory."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        said = process.stderr.read() if process.stderr else ""
        raise SystemExit(f"{' '.join(command)} failed: {said}")
    if process.stderr:
        process.stderr.close()
    process.returncode = 0
    return seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MEGABYTE


def _report(runs: dict[str, list[tuple[float, float]]]) -> None:
    baseline = min(seconds for seconds, _ in runs[BASELINE])
    print(f"{'':34} {'best s':>7} {'median s':>9} {'peak MB':>8} {'baseline / best':>16}")
    for name, measured in runs.items():
        seconds = [one for one, _ in measured]
        peak = max(megabytes for _, megabytes in measured)
        print(
            f"{name:34} {min(seconds):7.2f} {median(seconds):9.2f} {peak:8.0f} "
            f"{baseline / min(seconds):15.1f}x"
        )


if __name__ == "__main__":
    main()
