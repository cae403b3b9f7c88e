"""What checking adds to the first sentence of a model's answer.

    python -m benchmarks.streaming HOME [--rounds N]

A server on loopback speaks OpenAI's protocol and writes a fixed answer, a word at a time, citing
the first source that it is offered. Measured is the time between the moment at which it has sent
the first sentence, and the one at which the engine gives its first checked text. HOME holds a
shelf with FlashAttention on it, as `footnote demo` makes one; give a copy.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measuring import machine
from rag.build import build
from rag.config import Settings
from rag.engine import Engine
from rag.types import Delta

QUESTION = "How does FlashAttention save memory?"
REPLY = (
    "FlashAttention moves far less data between the slow and the fast memory of a GPU [{id}]. "
    "With it, memory grows linearly with the sequence length [{id}]. "
    "It trains GPT-2 three times faster at a length of 1,024 [{id}]."
)
WORD_SECONDS = 0.02  # fifty words a second
MILLISECONDS = 1000
GOAL = 100  # milliseconds


@dataclass(slots=True)
class Model:
    """The server; notes when the first sentence was on its way."""

    first_sentence: float = 0.0
    last: float = 0.0
    _server: asyncio.Server | None = field(default=None, init=False)

    async def serve(self) -> int:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        if self._server:
            self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = re.search(r"content-length: (\d+)", head)
        body = (await reader.readexactly(int(length[1]))).decode() if length else ""
        found = re.search(r"Source \[(\d+)\]", body)
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
        )
        self.first_sentence = 0.0
        for word in re.findall(r"\S+\s*", REPLY.format(id=found[1] if found else "0")):
            writer.write(_event({"delta": {"content": word}, "index": 0, "finish_reason": None}))
            await writer.drain()
            if "]." in word and not self.first_sentence:
                self.first_sentence = time.perf_counter()
            await asyncio.sleep(WORD_SECONDS)
        self.last = time.perf_counter()
        writer.write(_event({"delta": {}, "index": 0, "finish_reason": "stop"}))
        writer.write(b"data: [DONE]\n\n")
        await writer.drain()
        writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--rounds", type=int, default=12)
    arguments = parser.parse_args()
    asyncio.run(_run(arguments.home, arguments.rounds))


async def _run(home: Path, rounds: int) -> None:
    model = Model()
    url = f"http://127.0.0.1:{await model.serve()}/v1"
    settings = Settings(home=home, llm="scripted-words", OPENAI_BASE_URL=url)
    firsts, ends = [], []
    with build(settings) as application:
        await _ask(application.engine)  # to warm up
        for _ in range(rounds):
            first, end = await _ask(application.engine)
            firsts.append(MILLISECONDS * (first - model.first_sentence))
            ends.append(MILLISECONDS * (end - model.last))
    await model.close()
    print(machine())
    for name, found in (("first sentence", firsts), ("whole answer", ends)):
        middle, most = statistics.median(found), max(found)
        print(
            f"{name:15} later than the model's own by: median {middle:5.0f} ms, most {most:5.0f} ms"
        )
    print(f"goal for the first sentence: {GOAL} ms")


async def _ask(engine: Engine) -> tuple[float, float]:
    first = 0.0
    async for event in engine.stream(QUESTION):
        if isinstance(event, Delta) and not first:
            first = time.perf_counter()
    return first, time.perf_counter()


def _event(choice: dict) -> bytes:
    chunk = {
        "id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m",
        "choices": [choice],
    }  # fmt: skip
    return f"data: {json.dumps(chunk)}\n\n".encode()


if __name__ == "__main__":
    main()
