"""How many answers a second the HTTP API gives, and how long its clients wait.

    python -m benchmarks.api HOME QUESTIONS.jsonl [--requests 10000] [--clients 16]

A real `footnote serve`, asked by clients in a process of their own: first every question once,
each of them new, then so many requests with the same questions again and again. Baseline in the
same run: llama-index behind FastAPI over the same papers. What FOOTNOTE_… sets holds for the
server, as FOOTNOTE_REMEMBER=0. HOME is a shelf that nobody uses; give a copy.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Load, Task, loaded
from benchmarks.measuring import (
    MEGABYTE,
    busy_seconds,
    machine,
    percentile,
    processor_seconds,
    resident_bytes,
)
from benchmarks.serving import served

GOAL = (60, 0.5)  # answers a second, and seconds of the 95th percentile
EVERY = 0.5  # seconds between two looks at the memory
PLAIN_REQUESTS = 1000
WARM = (
    "How many papers are there?",
    "What limits the length of the context?",
    "Which papers compare two optimizers?",
)


@dataclass(frozen=True, slots=True)
class Surface:
    """A way to ask: a server's path, and how each question is put to it."""

    name: str
    path: str
    bodies: tuple[str, ...]
    warm: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """One load: processor seconds of the server and of all else, and its memory meanwhile."""

    load: Load
    server: float
    others: float
    memory: Sequence[float]

    @property
    def rate(self) -> float:
        return len(self.load.waited) / self.load.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("home", type=Path, help="folder of a shelf that nobody uses")
    parser.add_argument("questions", type=Path)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=16)
    options = parser.parse_args()
    home, questions = options.home.resolve(), _questions(options.questions)
    chat, native, plain = _surfaces(questions)
    footnote = [str(Path(sys.executable).with_name("footnote")), "serve", "--port"]
    print(f"{home}; {len(questions)} questions, {options.clients} clients; {machine()}")
    ours = [_measured(home, footnote, one, options) for one in (chat, native)]
    command = [sys.executable, "-m", "benchmarks.plain_server"]
    options.requests = min(options.requests, PLAIN_REQUESTS)
    theirs = _measured(home, command, plain, options)
    for surface, found in zip((chat, native), ours, strict=True):
        _compare(surface, found, theirs)
    print(f"goal: {GOAL[0]} answers a second, p95 {GOAL[1]:.1f} s, no failure; {machine()}")


def _questions(path: Path) -> list[dict]:
    """Each question once, with what was said before it."""
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    asked = {json.dumps([_said(one), one["question"]]): one for one in rows}
    return list(asked.values())


def _said(one: dict) -> list[dict]:
    return one.get("history") or []


def _surfaces(questions: Sequence[dict]) -> tuple[Surface, Surface, Surface]:
    warm = [{"question": one} for one in WARM]

    def surface(name: str, path: str, body: Callable[[dict], dict]) -> Surface:
        bodies, first = ([json.dumps(body(one)) for one in some] for some in (questions, warm))
        return Surface(name, path, tuple(bodies), tuple(first))

    return (
        surface("POST /v1/chat/completions", "/v1/chat/completions", _chat),
        surface("POST /api/v1/answers", "/api/v1/answers", _native),
        surface("llama-index", "/answers", lambda one: {"question": one["question"]}),
    )


def _chat(one: dict) -> dict:
    messages = [*_said(one), {"role": "user", "content": one["question"]}]
    return {"model": "footnote", "messages": messages}


def _native(one: dict) -> dict:
    return {"question": one["question"], "history": _said(one)}


def _measured(
    home: Path, command: Sequence[str], surface: Surface, options: argparse.Namespace
) -> tuple[Measured, Measured]:
    """Every question new, then all of them again and again."""
    with served(home, command, "/healthz") as (address, process):

        def load(bodies: Sequence[str], requests: int, clients: int = options.clients) -> Measured:
            return _under(Task(address, surface.path, bodies, requests, clients), process)

        load(surface.warm, len(surface.warm), 1)
        new = load(surface.bodies, len(surface.bodies))
        again = load(surface.bodies, options.requests)
    _report(surface.name, "new", new)
    _report(surface.name, "again", again)
    return new, again


def _under(task: Task, process: int) -> Measured:
    """What clients meet, and what the server takes meanwhile."""
    server, busy = processor_seconds(process), busy_seconds()
    with _watched(process) as memory:
        load = loaded(task)
    server, busy = processor_seconds(process) - server, busy_seconds() - busy
    return Measured(load, server, max(0.0, busy - server - load.processor), memory)


@contextmanager
def _watched(process: int) -> Iterator[list[float]]:
    """The megabytes that a process has in memory, from the beginning to the end."""
    seen, over = [_megabytes(process)], threading.Event()

    def watch() -> None:
        while not over.wait(EVERY):
            seen.append(_megabytes(process))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        over.set()
        watching.join()
        seen.append(_megabytes(process))


def _megabytes(process: int) -> float:
    return sum(resident_bytes(process)) / MEGABYTE


def _report(name: str, kind: str, found: Measured) -> None:
    load, memory = found.load, found.memory
    failed = ", ".join(f"{number} {why}" for why, number in load.failures.items())
    print(f"{name} {kind}: {len(load.waited)} answered, failed: {failed or 'none'}")
    if not load.waited:
        return
    shown = "  ".join(f"p{one} {_milliseconds(load, one):.0f} ms" for one in (50, 95, 99))
    print(f"  {found.rate:6.1f} answers/s  {shown}  longest {1000 * max(load.waited):.0f} ms")
    each = 1000 / len(load.waited)
    print(
        f"  processor, ms an answer: server {found.server * each:.1f}, "
        f"clients {load.processor * each:.2f}; cores that others took: "
        f"{found.others / load.seconds:.2f}"
    )
    print(
        f"  memory, MB: at first {memory[0]:.0f}, halfway {memory[len(memory) // 2]:.0f}, "
        f"at last {memory[-1]:.0f}, most {max(memory):.0f}"
    )


def _milliseconds(load: Load, share: int) -> float:
    if share == 50:
        return 1000 * statistics.median(load.waited)
    return 1000 * percentile(load.waited, share / 100)


def _compare(
    surface: Surface, ours: tuple[Measured, Measured], theirs: tuple[Measured, Measured]
) -> None:
    for kind, our, their in zip(("new", "again"), ours, theirs, strict=True):
        if our.load.waited and their.load.waited:
            p95 = _milliseconds(their.load, 95) / _milliseconds(our.load, 95)
            print(
                f"{surface.name} {kind} against llama-index behind FastAPI: "
                f"{our.rate / their.rate:.2f} times the answers a second; its p95 is "
                f"{p95:.2f} times ours"
            )


if __name__ == "__main__":
    main()
