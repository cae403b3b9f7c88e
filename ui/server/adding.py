"""Adding papers beside whatever else the server does, ready to stop at any moment."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeAlias

from rag import ingest
from rag.ingest import Listener, Report, Store
from rag.ports import Encoder
from ui.server.in_pieces import InPieces

Check: TypeAlias = Callable[[], None]
Adding: TypeAlias = Callable[[list[str], Listener, Check], Report]


class StoppedError(Exception):
    """The server ends, or somebody does not want the papers any more, while they are added."""


def adding(store: Store, encoder: Encoder) -> Adding:
    """As `footnote add` does it, but ready to stop at any moment."""

    def add(paths: list[str], listener: Listener, check: Check) -> Report:
        return ingest.add(paths, store, InPieces(encoder, check), listener)

    return add


async def in_thread(call: Callable[[], Report]) -> Report:
    """In a thread that nothing waits for at the end: a model that is asked may take minutes."""
    done: Future[Report] = Future()

    def run() -> None:
        try:
            done.set_result(call())
        except BaseException as error:  # noqa: BLE001  (it is raised where it is waited for)
            done.set_exception(error)

    threading.Thread(target=run, name="adding papers", daemon=True).start()
    return await asyncio.shield(asyncio.wrap_future(done))
