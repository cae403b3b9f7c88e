"""Clients that ask a server all the time, in a process of their own.

    python -m benchmarks.load < TASK.json

Each keeps one connection, and asks next as soon as it has its answer. They speak HTTP by hand:
the client of any library would take more of the cores than an answer that is remembered.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

PATIENCE = 60  # seconds for an answer
BROKEN = (OSError, EOFError, TimeoutError, ValueError, IndexError)


@dataclass(frozen=True, slots=True)
class Task:
    """So many requests to one path, by so many clients; the bodies in turn, again and again."""

    address: str
    path: str
    bodies: Sequence[str]
    requests: int
    clients: int

    def sent(self) -> Iterator[bytes]:
        """Each request as it is sent."""
        host = urlsplit(self.address).netloc
        head = f"POST {self.path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n"
        for body in itertools.islice(itertools.cycle(self.bodies), self.requests):
            data = body.encode()
            yield f"{head}content-length: {len(data)}\r\n\r\n".encode() + data


@dataclass(slots=True)
class Load:
    """What came of it: seconds until each answer was whole, and how many of which failure."""

    seconds: float = 0.0
    waited: list[float] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    processor: float = 0.0

    def fail(self, why: str) -> None:
        self.failures[why] = self.failures.get(why, 0) + 1


def loaded(task: Task) -> Load:
    """What the clients of another process met."""
    command = [sys.executable, "-m", "benchmarks.load"]
    asked = json.dumps(asdict(task)).encode()
    found = subprocess.run(command, input=asked, stdout=subprocess.PIPE, check=True)
    return Load(**json.loads(found.stdout))


def main() -> None:
    load = asyncio.run(_met(Task(**json.load(sys.stdin))))
    used = resource.getrusage(resource.RUSAGE_SELF)
    load.processor = used.ru_utime + used.ru_stime
    json.dump(asdict(load), sys.stdout)


async def _met(task: Task) -> Load:
    load, requests = Load(), task.sent()
    began = time.perf_counter()
    async with asyncio.TaskGroup() as clients:
        for _ in range(task.clients):
            clients.create_task(_client(task.address, requests, load))
    load.seconds = time.perf_counter() - began
    return load


async def _client(address: str, requests: Iterator[bytes], load: Load) -> None:
    """Asks until no request is left; where its connection breaks, it opens another."""
    place = urlsplit(address)
    connection = None
    for request in requests:
        began = time.perf_counter()
        try:
            connection = connection or await asyncio.open_connection(place.hostname, place.port)
            async with asyncio.timeout(PATIENCE):
                status = await _asked(*connection, request)
        except BROKEN as error:
            load.fail(type(error).__name__)
            connection = None
            continue
        if status == 200:
            load.waited.append(time.perf_counter() - began)
        else:
            load.fail(str(status))
    if connection:
        connection[1].close()


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """The status, once the whole answer is there."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]
    body = await reader.readexactly(int(length))
    json.loads(body[:1] + body[-1:])  # begins and ends as an object does
    return int(head.split(b" ", 2)[1])


if __name__ == "__main__":
    main()
