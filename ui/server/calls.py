"""Calls that block, in threads that the end of a server does not wait for."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, TypeAlias

MOST = min(32, (os.cpu_count() or 1) + 4)  # as many as asyncio has by itself
ENDS_WITHIN = 0.5  # seconds
Call: TypeAlias = Callable[[], None]


class Calls(ThreadPoolExecutor):
    """For `loop.set_default_executor`; a model that is still being built ends with the process.

    What is short, as a record that is being written, is waited for. It has threads of its own:
    those of the class that it extends, which asyncio insists on, are joined whatever they do.
    """

    def __init__(self, *, most: int = MOST, ends_within: float = ENDS_WITHIN) -> None:
        super().__init__(most)
        self._most, self._ends_within = most, ends_within
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        self._opening = threading.Lock()
        self._workers: list[threading.Thread] = []
        self._is_over = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        """Raises RuntimeError after the end."""
        done: Future[Any] = Future()
        with self._opening:
            if self._is_over:
                raise RuntimeError("no call is taken after the end")
            self._calls.put(lambda: _run(done, lambda: fn(*args, **kwargs)))
            if len(self._workers) < self._most:
                self._begin()
        return done

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Waits a moment, and leaves what has not come to its end by then."""
        with self._opening:
            if not self._is_over:
                self._is_over = True
                for _ in self._workers:
                    self._calls.put(None)
        until = time.monotonic() + self._ends_within
        for worker in self._workers if wait else ():
            worker.join(max(0, until - time.monotonic()))

    def _begin(self) -> None:
        worker = threading.Thread(target=self._work, name="a call that blocks", daemon=True)
        self._workers.append(worker)
        worker.start()

    def _work(self) -> None:
        while call := self._calls.get():
            call()
            del call  # what it holds is not needed while nothing is called


def _run(done: Future[Any], call: Callable[[], Any]) -> None:
    if not done.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001  (it is raised where it is waited for)
        done.set_exception(error)
    else:
        done.set_result(result)
