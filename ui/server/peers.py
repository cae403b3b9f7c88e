"""Who is really at the other end: the peer itself, or whom a trusted proxy speaks for."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import ConfigError
from ui.server import texts

IPv6_SITE = 64  # bits; a single customer has all addresses below
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Peers:
    """Takes address, scheme and, where `user_header` is set, the user from the trusted alone.

    It sets `scope["state"]["user"]`; what others send in these headers is not read.
    """

    def __init__(
        self, app: ASGIApp, *, trusted: Sequence[Network], user_header: str | None = None
    ) -> None:
        self._app, self._trusted, self._user_header = app, trusted, user_header

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and self._is_trusted(_host(scope)):
            scope = {**scope, "state": dict(scope.get("state", {}))}
            self._believe(scope, Headers(scope=scope))
        await self._app(scope, receive, send)

    def _believe(self, scope: Scope, headers: Headers) -> None:
        scheme = headers.get("x-forwarded-proto", "").strip()
        if scheme in ("http", "https"):
            is_socket = scope["type"] == "websocket"
            scope["scheme"] = scheme.replace("http", "ws") if is_socket else scheme
        client = self._client(headers)
        if client:
            scope["client"] = (client, 0)
        users = headers.getlist(self._user_header) if self._user_header else []
        if len(users) == 1 and users[0].strip():
            scope["state"]["user"] = _as_utf8(users[0].strip())

    def _client(self, headers: Headers) -> str | None:
        """The last address that no trusted proxy has: those before it may be invented."""
        named = ",".join(headers.getlist("x-forwarded-for")).split(",")
        others = (one.strip() for one in reversed(named) if not self._is_trusted(one.strip()))
        client = next(others, None)
        return client if client and _address(client) else None

    def _is_trusted(self, host: str) -> bool:
        address = _address(host)
        return address is not None and any(address in network for network in self._trusted)


def networks(addresses: Sequence[str]) -> tuple[Network, ...]:
    """Raises ConfigError where one is neither an address nor a network."""
    found: list[Network] = []
    for address in addresses:
        try:
            found.append(ipaddress.ip_network(address.strip(), strict=False))
        except ValueError:
            raise ConfigError(texts.NO_ADDRESS.format(address=address)) from None
    return tuple(found)


def site_of(scope: Scope) -> str:
    """The address that attempts are counted by: of IPv6 the network, as anybody has billions."""
    host = _host(scope)
    address = _address(host)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, IPv6_SITE), strict=False))
    return host


def _host(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _as_utf8(name: str) -> str:
    """Headers are read as Latin-1, but proxies write UTF-8."""
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return name
