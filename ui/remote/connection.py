"""Requests to our own API, and what becomes of them; the only module that knows httpx."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Final, TypeAlias

import httpx

from rag.errors import FootnoteError
from ui.remote.failures import BROKEN_OFF, NOT_OURS, TOO_SLOW, UNREACHABLE, RemoteError, failure
from ui.remote.server import Server
from ui.server.wire import Reader

ROOT: Final = "/api/v1"
TIMEOUT: Final = httpx.Timeout(300, connect=10, pool=None)
MOST_WAITED: Final = 120.0  # seconds, where a server says that it will take more only later
Body: TypeAlias = Mapping[str, Any] | None
Event: TypeAlias = tuple[str, str]
File: TypeAlias = tuple[str, BinaryIO]


class Connection:
    """To one server, for as long as its block; may be used from several threads.

    Where a server says for how long it takes no more, that is waited for, up to a limit. Whatever
    else fails is raised as a FootnoteError in the server's own words.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self._options: dict[str, Any] = {
            "base_url": server.address + ROOT,
            "headers": {"authorization": f"Bearer {server.key}"} if server.key else {},
            "timeout": TIMEOUT,
            # What is on this machine is not asked for through a proxy.
            "trust_env": not server.is_own,
            # Certificates take a while to load, and are of no use here.
            "verify": server.address.startswith("https:"),
        }
        self._client = httpx.Client(**self._options)

    def close(self) -> None:
        self._client.close()

    def call(self, method: str, path: str, json: Body = None, params: Body = None) -> Any:  # noqa: ANN401  (of whatever the API says)
        """The JSON of the response."""
        given = {name: value for name, value in (params or {}).items() if value is not None}
        with self._told():
            response = self._sent(method, path, json=json, params=given)
            return self._json(response)

    def send_files(self, path: str, files: list[tuple[str, File]]) -> Any:  # noqa: ANN401
        """The JSON of the response to a form with these files, which are read as they are sent."""
        with self._told():
            return self._json(self._sent("POST", path, files=files))

    def events(self, path: str) -> Generator[Event, None, None]:
        """Server-sent events, until they end or the generator is closed."""
        reader = Reader()
        with self._told(), self._client.stream("GET", path) as response:
            if response.is_error:
                raise failure(response.status_code, response.read(), self.server)
            for line in response.iter_lines():
                yield from reader.line(line)

    def pieces(self, method: str, path: str) -> Generator[bytes, None, None]:
        """The bytes of a response as they come; raises where it is broken off."""
        with self._told(), self._client.stream(method, path) as response:
            if response.is_error:
                raise failure(response.status_code, response.read(), self.server)
            yield from response.iter_bytes()

    async def answer_events(self, path: str, json: Body) -> AsyncGenerator[Event, None]:
        """The same of a question; closing the generator ends the work on the server, too."""
        with self._told():
            async with httpx.AsyncClient(**self._options) as client:
                waited = 0.0
                while True:
                    async with client.stream("POST", path, json=json) as response:
                        if not response.is_error:
                            async for event in _read(response):
                                yield event
                            return
                        body = await response.aread()
                    pause = _pause(response)
                    waited += pause
                    if not pause or waited > MOST_WAITED:
                        raise failure(response.status_code, body, self.server)
                    await asyncio.sleep(pause)

    def _sent(self, method: str, path: str, **what: Any) -> httpx.Response:  # noqa: ANN401
        waited = 0.0
        while True:
            for _, (_, file) in what.get("files", ()):
                file.seek(0)
            response = self._client.request(method, path, **what)
            pause = _pause(response)
            waited += pause
            if not pause or waited > MOST_WAITED:
                return response
            time.sleep(pause)

    def _json(self, response: httpx.Response) -> Any:  # noqa: ANN401
        if response.is_error:
            raise failure(response.status_code, response.content, self.server)
        if response.status_code == httpx.codes.NO_CONTENT:
            return None
        try:
            return response.json()
        except ValueError:
            raise self._error(NOT_OURS, status=response.status_code) from None

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Says in a sentence what became of a connection; none of httpx's own words get out."""
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol):
            raise self._error(UNREACHABLE) from None
        except httpx.TimeoutException:
            raise self._error(TOO_SLOW) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            raise self._error(BROKEN_OFF) from None

    def _error(self, sentence: str, **more: object) -> FootnoteError:
        return RemoteError(sentence.format(address=self.server.shown, **more))


async def _read(response: httpx.Response) -> AsyncGenerator[Event, None]:
    reader = Reader()
    async for line in response.aiter_lines():
        for event in reader.line(line):
            yield event


def _pause(response: httpx.Response) -> float:
    """How long the server asks to wait, in seconds; 0 where waiting does not mend anything."""
    told = response.headers.get("retry-after", "")
    is_full = response.status_code in (httpx.codes.TOO_MANY_REQUESTS, 503)
    return float(told) if is_full and told.isdecimal() else 0.0
