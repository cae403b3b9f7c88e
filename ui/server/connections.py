"""Connections that say too much, or nothing, before there is a request; nobody else sees those."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BYTES: Final = 64 * 1024  # of headers, as h11 has it
PATIENCE: Final = 30.0  # seconds for all of them
TOO_LARGE: Final = b"The headers of the request are larger than 64 kB. Send fewer."
TOO_SLOW: Final = b"The request took longer than 30 seconds to arrive. Send it again."
_ANSWER: Final = (
    b"HTTP/1.1 %s\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n"
    b"connection: close\r\n\r\n%s"
)


class Connection(HttpToolsProtocol):
    """As uvicorn's, which reads headers without an end, and waits for them for ever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (as its base has them)
        super().__init__(*args, **kwargs)
        self._is_awaited, self._is_silent, self._bytes = True, True, 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_silent = False
        self._await()

    def on_headers_complete(self) -> None:
        self._stop()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        headers = self.headers
        super().data_received(data)
        # What begins in a piece of data may follow the end of another request.
        goes_on = self._is_awaited and self.headers is headers
        self._bytes = self._bytes + len(data) if goes_on else 0
        if self._bytes > MOST_BYTES and not self.transport.is_closing():
            self._refuse(b"431 Request Header Fields Too Large", TOO_LARGE)

    def _await(self) -> None:
        self._stop()
        self._is_awaited = True
        self._timer = self.loop.call_later(PATIENCE, self._give_up)

    def _stop(self) -> None:
        self._is_awaited = False
        if self._timer:
            self._timer.cancel()

    def _give_up(self) -> None:
        if self.transport.is_closing():
            return
        is_answering = bool(self.cycle) and not self.cycle.response_complete
        if is_answering:
            self._timer = self.loop.call_later(PATIENCE, self._give_up)
        elif self._is_silent:
            self.transport.close()
        else:
            self._refuse(b"408 Request Timeout", TOO_SLOW)

    def _refuse(self, status: bytes, sentence: bytes) -> None:
        self._stop()
        self.transport.write(_ANSWER % (status, len(sentence), sentence))
        self.transport.close()
