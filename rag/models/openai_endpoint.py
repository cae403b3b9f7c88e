"""The connection to an OpenAI-compatible endpoint; one client for each event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
from openai import AsyncOpenAI, AsyncStream

from rag.config import Settings
from rag.models.openai_failure import Asked, EndpointError
from rag.models.openai_incoming import NO_PROTOCOL, Bounds, Incoming, incoming

AT_A_TIME = 8
CONNECT_SECONDS = 5.0
OPENAI = "https://api.openai.com/v1"
# Kept from being collected as garbage, which would drop their connections without closing them.
_LIFETIMES: dict[AsyncGenerator[_Connection], asyncio.AbstractEventLoop] = {}


class Endpoint:
    """The endpoint of the settings.

    Each event loop has a client of its own, which is closed when the loop ends: connections
    outlive a request, but no loop.
    """

    def __init__(self, settings: Settings) -> None:
        key = settings.openai_api_key
        # Local servers ask for no key, but the SDK does.
        self._key = key.get_secret_value() if key else "none"
        self._url = settings.openai_base_url or OPENAI
        self._seconds = settings.llm_timeout
        asked = Asked(settings.llm, has_key=key is not None)
        self._bounds = Bounds(asked, settings.llm_timeout, settings.llm_deadline)
        self._open: dict[asyncio.AbstractEventLoop, _Connection] = {}
        _keep_addresses_out_of_logs()

    @asynccontextmanager
    async def reply(self, body: Mapping[str, object], deadline: float) -> AsyncIterator[Incoming]:
        """Asks for a streamed reply; leaving the block breaks the connection off.

        `deadline` is in the time of the event loop. Raises EndpointError.
        """
        async with self._bounds.until(deadline):
            connection = await self._connection()
            await connection.slots.acquire()
        try:
            async with self._stream(connection.client, body, deadline) as stream:
                yield incoming(stream, self._bounds)
        finally:
            connection.slots.release()

    async def models(self, seconds: float) -> list[Mapping[str, object]]:
        """The models that the endpoint lists; raises EndpointError."""
        async with self._bounds.until(asyncio.get_running_loop().time() + seconds):
            client = (await self._connection()).client
            listed = await client.get("/models", cast_to=object)
        if not isinstance(listed, Mapping):
            raise EndpointError(NO_PROTOCOL)
        data = listed.get("data")
        return [one for one in data if isinstance(one, Mapping)] if isinstance(data, list) else []

    @asynccontextmanager
    async def _stream(
        self, client: AsyncOpenAI, body: Mapping[str, object], deadline: float
    ) -> AsyncIterator[AsyncStream[object]]:
        async with self._bounds.until(deadline):
            stream = await client.post(
                "/chat/completions",
                cast_to=object,
                body=body,
                stream=True,
                stream_cls=AsyncStream[object],
            )
        try:
            yield stream
        finally:
            await stream.close()

    async def _connection(self) -> _Connection:
        loop = asyncio.get_running_loop()
        for lifetime, its_loop in list(_LIFETIMES.items()):
            if its_loop.is_closed():
                _LIFETIMES.pop(lifetime, None)
        if loop not in self._open:
            lifetime = self._lifetime(loop)
            _LIFETIMES[lifetime] = loop
            self._open[loop] = await anext(lifetime)
        return self._open[loop]

    async def _lifetime(self, loop: asyncio.AbstractEventLoop) -> AsyncGenerator[_Connection]:
        """Stops at its one yield until the loop, at its end, closes its generators."""
        timeout = httpx2.Timeout(self._seconds, connect=min(CONNECT_SECONDS, self._seconds))
        client = AsyncOpenAI(api_key=self._key, base_url=self._url, timeout=timeout, max_retries=0)
        try:
            yield _Connection(client, asyncio.Semaphore(AT_A_TIME))
        finally:
            self._open.pop(loop, None)
            await client.close()


@dataclass(frozen=True, slots=True)
class _Connection:
    client: AsyncOpenAI
    slots: asyncio.Semaphore


def _keep_addresses_out_of_logs() -> None:
    """These log requests and headers, and so the address, which may hold a password."""
    for name in ("openai", "httpx2", "httpcore2"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
