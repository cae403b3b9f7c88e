"""How payloads reach the app: signed over HTTP, or by socket; again where they are not acked."""

import asyncio
import json
import time
from dataclasses import dataclass, field

import httpx
import signed

EVENTS, INTERACTIVE, COMMAND = "events_api", "interactive", "slash_commands"


@dataclass
class Attempt:
    """One try; `ack_ms` is None where no ack came."""

    at: float
    retry: int = 0
    reason: str = ""
    ack_ms: float | None = None
    status: int = 0
    failed: str = ""


@dataclass(eq=False)
class Delivery:
    """One payload on its way, and how each try went."""

    kind: str
    payload: dict
    attempts: list[Attempt] = field(default_factory=list)
    acked: bool = False
    answer: object = None

    @property
    def event_id(self):
        return self.payload.get("event_id", "")

    @property
    def type(self):
        """The event's or the payload's type, or the command."""
        event = self.payload.get("event") or self.payload
        return event.get("type") or event.get("command", "")

    @property
    def ack_ms(self):
        """From the first try to the first ack."""
        times = [attempt.ack_ms for attempt in self.attempts if attempt.ack_ms is not None]
        return times[0] if times else None


class Wire:
    """Delivers to the app; `retry_delays` are the pauses before each retry of an event."""

    def __init__(self, sockets):
        self.sockets = sockets
        self.url, self.secret = "", signed.SIGNING_SECRET
        self.ack_timeout = 3.0
        self.retry_delays = (0.05, 0.1, 0.2)
        self._client = self._own = None

    def deliver_to(self, url, *, client=None, secret=signed.SIGNING_SECRET):
        """Send over HTTP to this address, through this httpx client where one is given."""
        self.url, self.secret, self._client = url, secret, client

    @property
    def reachable(self):
        """Whether anybody has ever listened."""
        return bool(self.url) or self.sockets.ever

    async def deliver(self, delivery):
        """Try until acked; only events are tried again."""
        reason = ""
        delays = self.retry_delays if delivery.kind == EVENTS else ()
        for number, delay in enumerate((0.0, *delays)):
            await asyncio.sleep(delay)
            attempt = await self.attempt(delivery, number, reason)
            if delivery.acked or attempt.failed == "no_retry":
                break
            reason = attempt.failed
        return delivery

    async def attempt(self, delivery, number=0, reason=""):
        """One try, noted."""
        attempt = Attempt(time.perf_counter(), number, reason)
        delivery.attempts.append(attempt)
        await (self._by_http if self.url else self._by_socket)(delivery, attempt)
        if attempt.ack_ms is not None:
            delivery.acked = True
        return attempt

    async def _by_socket(self, delivery, attempt):
        retry = (attempt.retry, attempt.reason) if attempt.retry else None
        try:
            async with asyncio.timeout(self.ack_timeout):
                ack = await self.sockets.send(delivery.kind, delivery.payload, retry=retry)
                answer = await ack
        except TimeoutError:
            attempt.failed = "timeout"
            return
        attempt.ack_ms = (time.perf_counter() - attempt.at) * 1000
        attempt.status, delivery.answer = 200, answer

    async def _by_http(self, delivery, attempt):
        body, headers = self._request(delivery, attempt)
        try:
            async with asyncio.timeout(self.ack_timeout):
                reply = await self._http().post(self.url, content=body, headers=headers)
        except TimeoutError:
            attempt.failed = "http_timeout"
            return
        except httpx.HTTPError:
            attempt.failed = "connection_failed"
            return
        attempt.status = reply.status_code
        if reply.is_success:
            attempt.ack_ms = (time.perf_counter() - attempt.at) * 1000
            delivery.answer = _answer(reply)
        else:
            attempt.failed = "no_retry" if "x-slack-no-retry" in reply.headers else "http_error"

    def _request(self, delivery, attempt):
        more = {"secret": self.secret}
        if attempt.retry:
            more |= {"x_slack_retry_num": str(attempt.retry)}
            more |= {"x_slack_retry_reason": attempt.reason}
        if delivery.kind == EVENTS:
            return signed.event(delivery.payload, **more)
        if delivery.kind == COMMAND:
            return signed.form(delivery.payload, **more)
        return signed.interaction(delivery.payload, **more)

    def _http(self):
        if self._client is None and self._own is None:
            self._own = httpx.AsyncClient(timeout=None)  # noqa: S113 - the ack has its own
        return self._client or self._own

    async def close(self):
        if self._own is not None:
            await self._own.aclose()


def _answer(reply):
    try:
        return json.loads(reply.text) if reply.text else None
    except ValueError:
        return {"text": reply.text}
