"""Who may come in, under which names and by which proxy, as it was said when serving began."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rag.errors import ConfigError
from ui.server.serving import is_loopback
from ui.web import access_texts as texts

if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.types import ASGIApp

    from ui.web.sign_in import SignIn

Guard: TypeAlias = "Callable[[ASGIApp], ASGIApp]"
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True, slots=True)
class Access:
    """What was said; `upload` is None where nothing was."""

    users: Path | None = None
    proxy_header: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    is_insecure: bool = False
    upload: bool | None = None

    def __post_init__(self) -> None:
        """Raises ConfigError where one thing contradicts another."""
        if self.users and self.proxy_header:
            raise ConfigError(texts.TWO_WAYS)
        if self.proxy_header and not self.trusted_proxies:
            raise ConfigError(texts.PROXY_ALONE)
        if self.proxy_header and not _HEADER.fullmatch(self.proxy_header):
            raise ConfigError(texts.NO_HEADER.format(name=self.proxy_header))

    @property
    def knows_people(self) -> bool:
        """Whether nobody comes in without having said who they are."""
        return self.users is not None or self.proxy_header is not None

    def is_alone(self, host: str) -> bool:
        """Whether nobody else gets in: it is a lone user's, on this machine."""
        return is_loopback(host) and not (self.knows_people or self.trusted_proxies)

    def may_add(self, host: str) -> bool:
        """Whether papers may be added in the browser: unless told otherwise, by a lone user."""
        return self.is_alone(host) if self.upload is None else self.upload


@dataclass(frozen=True, slots=True)
class Entrance:
    """What stands before the application, the outermost first, and the pages that it needs."""

    guards: tuple[Guard, ...] = ()
    routers: tuple[APIRouter, ...] = ()


def entrance(access: Access, host: str, home: Path) -> Entrance:
    """Raises a FootnoteError where accounts, addresses or the key are not in order."""
    sign_in = _sign_in(access.users, home) if access.users else None
    return Entrance(tuple(_guards(access, host, sign_in)), tuple(_routers(sign_in)))


def _guards(access: Access, host: str, sign_in: SignIn | None) -> Iterator[Guard]:
    from ui.server.hosts import Hosts, OwnPagesOnly
    from ui.server.peers import Peers, networks
    from ui.web.sign_in import NamedByProxyOnly, SignedInOnly

    if access.trusted_proxies:
        trusted = networks(access.trusted_proxies)
        yield partial(Peers, trusted=trusted, user_header=access.proxy_header)
    if access.hosts or (is_loopback(host) and not access.knows_people):
        yield partial(Hosts, names=access.hosts)
    yield OwnPagesOnly
    if sign_in:
        yield partial(SignedInOnly, sessions=sign_in.sessions)
    elif access.proxy_header:
        yield NamedByProxyOnly


def _routers(sign_in: SignIn | None) -> Iterator[APIRouter]:
    from ui.web import sign_in as pages

    if sign_in:
        yield pages.router(sign_in)


def _sign_in(users: Path, home: Path) -> SignIn:
    from ui.web.ended_sessions import FILE, EndedSessions
    from ui.web.passwords import Passwords
    from ui.web.sessions import Sessions, key_in
    from ui.web.sign_in import SignIn

    passwords, ended = Passwords(users.expanduser().resolve()), EndedSessions(home / FILE)
    return SignIn(Sessions(passwords, key_in(home), ended=ended))
