"""Socket Mode: tickets, hello, envelopes and their acks, and connections that end."""

import asyncio
import json
from contextlib import suppress

from aiohttp import WSMsgType, web

from fake.world import mint

MOST_CONNECTIONS = 10


class Sockets:
    """The open WebSockets of the app, and the envelopes that wait for an ack."""

    def __init__(self, app_id, faults):
        self._app_id, self._faults = app_id, faults
        self._tickets, self._waiting, self._known = set(), {}, set()
        self._next = 0
        self.address = ""
        self.open = []
        self._transports = {}
        self.ever = False
        self._some = asyncio.Event()

    def new_address(self):
        """A WebSocket address that takes one connection."""
        ticket = mint("ticket-")
        self._tickets.add(ticket)
        return f"{self.address}/link/?ticket={ticket}&app_id={self._app_id}"

    async def serve(self, request):
        """One connection, from hello to its end."""
        ticket = request.query.get("ticket")
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=None)
        await socket.prepare(request)
        if len(self.open) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self.open.append(socket)
        self._transports[socket] = request.transport
        await socket.send_json(self._hello())
        self.ever = True
        self._some.set()
        try:
            await self._hear(socket)
        finally:
            self._forget(socket)
        return socket

    def _hello(self):
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "debug_info": {"host": "applink-fake", "approximate_connection_time": 3600},
            "connection_info": {"app_id": self._app_id},
        }

    async def _hear(self, socket):
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                self._acked(message.data)

    def _acked(self, raw):
        try:
            answer = json.loads(raw)
            envelope = answer["envelope_id"]
        except (ValueError, KeyError, TypeError):
            self._faults.append(f"not an ack: {raw[:200]}")
            return
        if envelope not in self._known:
            self._faults.append(f"ack of an unknown envelope: {envelope}")
        waiting = self._waiting.pop(envelope, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload"))

    def _forget(self, socket):
        if socket in self.open:
            self.open.remove(socket)
        if not self.open:
            self._some.clear()

    async def send(self, kind, payload, *, retry=None):
        """Send an envelope; gives the future of its ack. Waits for a connection."""
        await self._some.wait()
        envelope = {
            "envelope_id": mint("envelope-"),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry[0] if retry else 0}
            envelope |= {"retry_reason": retry[1] if retry else ""}
        future = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = future
        self._known.add(envelope["envelope_id"])
        socket = self.open[self._next % len(self.open)]
        self._next += 1
        # One that has just died takes the envelope with it; a retry follows.
        with suppress(ConnectionError):
            await socket.send_json(envelope)
        return future

    async def connected(self, within=5.0):
        """Wait until the app has opened a socket."""
        await asyncio.wait_for(self._some.wait(), within)

    async def disconnect(self, reason="refresh_requested"):
        """Ask for a new connection, as Slack does every hour or so."""
        for socket in list(self.open):
            # Slack sends nothing more on a connection that it has asked to be replaced.
            self._forget(socket)
            await socket.send_json({"type": "disconnect", "reason": reason})

    def drop(self):
        """Cut every connection without a word."""
        for socket in list(self.open):
            self._forget(socket)
            self._transports.pop(socket).abort()
