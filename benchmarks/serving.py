"""Many people who ask at once: how long each waits for the whole answer, and what it costs.

    python -m benchmarks.serving HOME [QUESTIONS.jsonl] [--people N] [--rounds N]

Real servers in processes of their own, asked as browsers ask them: Gradio's queue and its stream
of events. Baselines in the same run: one person alone, and the chat that Gradio makes by itself
over the same engine. HOME is a shelf that nobody uses; give a copy.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import httpx

from benchmarks.measuring import machine, percentile, processor_seconds

PEOPLE = 20
GOAL = 2.0  # seconds, the 95th percentile
PATIENCE = 60  # seconds for an answer
STARTING = 240  # seconds for a server, which may have to encode every paper
ALONE = 12  # questions of one person
SEED = 7
WARM = 3  # questions before the clock runs
SETTLED = 5  # seconds for what servers do after they have begun


@dataclass(frozen=True, slots=True)
class Chat:
    """A server, and how its box is submitted: the event's number and how many values it takes."""

    address: str
    process: int
    event: int
    values: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds until each answer was whole, None where none came; processor seconds for one."""

    alone: Sequence[float | None]
    together: Sequence[float | None]
    processor: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("home", type=Path, help="folder of a shelf that nobody uses")
    parser.add_argument("questions", type=Path, nargs="?")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    questions = mixed_questions(options.questions)
    home = options.home.resolve()
    print(f"{home}; {options.people} people, {options.rounds} rounds; {machine()}")
    footnote = str(Path(sys.executable).with_name("footnote"))
    with served(home, [footnote, "serve", "--port"]) as (address, process):
        ours = asyncio.run(_measured(_found(address, process, "#box"), questions, options))
    _report("Footnote", ours)
    with served(home, [sys.executable, "-m", "benchmarks.plain_chat"]) as (address, process):
        plain = asyncio.run(_measured(_found(address, process, "/answer"), questions, options))
    _report("gr.ChatInterface", plain)
    _compare(ours, plain)
    print(f"goal for {PEOPLE} at once: p95 {GOAL} s on two idle cores; {machine()}")


def mixed_questions(path: Path | None) -> list[str]:
    """Those that need no conversation before them, in a mixed order that is always the same."""
    text = path.read_text() if path else files("rag.sample").joinpath("questions.jsonl").read_text()
    asked = [json.loads(line) for line in text.splitlines() if line.strip()]
    alone = [one["question"] for one in asked if not one.get("history")]
    random.Random(SEED).shuffle(alone)  # noqa: S311
    return alone


@contextmanager
def served(home: Path, command: Sequence[str], ready: str = "/config") -> Iterator[tuple[str, int]]:
    """The address and the number of a server's own process, once it answers at `ready`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "GRADIO_ANALYTICS_ENABLED": "False"}
    address = f"http://127.0.0.1:{port}"
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # a line a request
    server = subprocess.Popen([*command, port], env=environment, **silent)
    try:
        _wait_for(f"{address}{ready}", server)
        yield address, server.pid
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTING
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(address, timeout=PATIENCE).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit(f"The server at {address} did not start. Start it by hand to see why.")


def _found(address: str, process: int, name: str) -> Chat:
    """The event that a box submits, `#` before its element's id, or the one with a public name."""
    config = httpx.get(f"{address}/config", timeout=PATIENCE).json()
    boxes = [[one["id"], "submit"] for one in config["components"] if _is(one, name)]
    for event in config["dependencies"]:
        is_named = event.get("api_name") == name.strip("/")
        if is_named or any(list(target) in boxes for target in event["targets"]):
            return Chat(address, process, event["id"], len(event["inputs"]))
    raise SystemExit(f"{address} has no event {name}.")


def _is(component: dict, name: str) -> bool:
    return name == f"#{component['props'].get('elem_id')}"


async def _measured(chat: Chat, questions: Sequence[str], options: argparse.Namespace) -> Measured:
    """One person alone, question after question; then all people at once, several times."""
    async with httpx.AsyncClient(base_url=chat.address, timeout=PATIENCE) as client:
        for question in questions[:WARM]:
            await _asked(client, chat, question)
        await asyncio.sleep(SETTLED)
        alone = [await _asked(client, chat, one) for one in questions[WARM : WARM + ALONE]]
        together: list[float | None] = []
        used = processor_seconds(chat.process)
        for number in range(options.rounds):
            first = WARM + ALONE + number * options.people
            asked = [questions[at % len(questions)] for at in range(first, first + options.people)]
            together += await asyncio.gather(*(_asked(client, chat, one) for one in asked))
        used = processor_seconds(chat.process) - used
    return Measured(alone, together, used / len(together))


async def _asked(client: httpx.AsyncClient, chat: Chat, question: str) -> float | None:
    """Seconds until the answer was whole."""
    began = time.perf_counter()
    session = uuid.uuid4().hex
    values = [question, *[None] * (chat.values - 1)]
    body = {"data": values, "fn_index": chat.event, "session_hash": session}
    await client.post("/gradio_api/queue/join", json=body)
    is_answered = False
    address = f"/gradio_api/queue/data?session_hash={session}"
    async with client.stream("GET", address) as events:
        async for line in events.aiter_lines():
            said = line.removeprefix("data: ")
            if '"process_completed"' in said:
                is_answered = _is_answer(json.loads(said))
            if '"close_stream"' in said:
                break
    return time.perf_counter() - began if is_answered else None


def _is_answer(event: dict) -> bool:
    """Whether an event went well, and did not end with an apology of ours."""
    return bool(event["success"]) and 'role=\\"alert\\"' not in json.dumps(event)


def _report(name: str, found: Measured) -> None:
    for kind, waited in (("alone", found.alone), ("together", found.together)):
        times = _times(waited)
        shown = f"{name:17} {kind:9} answered {len(times)} of {len(waited)}"
        if times:
            shown += (
                f"  p50 {statistics.median(times):6.2f} s  p95 {percentile(times, 0.95):6.2f} s"
            )
        print(shown)
    print(f"{name:17} {found.processor:.3f} processor seconds an answer")


def _compare(ours: Measured, plain: Measured) -> None:
    alone, together, theirs = map(_times, (ours.alone, ours.together, plain.together))
    if not (alone and together and theirs):
        return
    p95, other = percentile(together, 0.95), percentile(theirs, 0.95)
    print(f"p95 together: {p95 / statistics.median(alone):.1f} times the median alone; ", end="")
    print(f"that of gr.ChatInterface is {other / p95:.2f} times ours")


def _times(waited: Sequence[float | None]) -> list[float]:
    return [one for one in waited if one is not None]


if __name__ == "__main__":
    main()
