"""Who a request comes from: a key's holder, somebody who signed in, or this machine's lone user."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from ui.api import texts
from ui.api.errors import ApiError
from ui.server.hosts import READING, comes_from_us
from ui.server.key_store import Keys
from ui.server.keys import PREFIX, Key
from ui.server.peers import site_of
from ui.server.principals import EVERYTHING, Permission, Principal
from ui.server.same_origin import is_same_origin

WRONG = "invalid_api_key"
LOCAL = Principal("this machine", "", EVERYTHING)


@dataclass(frozen=True, slots=True)
class People:
    """How the pages tell people apart, for requests without a key.

    An operator is somebody named where people sign in, else whoever sits at the machine itself.
    """

    owner_of: Callable[[Request], str]
    is_operator: Callable[[Request], bool]


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody known, with the key that they showed; nobody limits the machine's lone user."""

    principal: Principal
    key: Key | None = None
    is_alone: bool = False


class Callers:
    """`is_alone` where the server is a lone user's: on this machine, without sign-in or proxy."""

    def __init__(
        self, keys: Keys, people: People, *, is_alone: bool = False, local_key: str = ""
    ) -> None:
        self._keys, self._people = keys, people
        self._is_alone, self._local_key = is_alone, local_key

    def of(self, request: Request) -> Caller:
        """Raises ApiError: 401 where nobody is known, 403 where another site's page asks."""
        token = _bearer(request)
        if token.startswith(PREFIX):
            return self._holder(token)
        caller = self._signed_in(request) or self._lone_user(request)
        if caller is None:
            raise _unknown(texts.NO_KEY_OF_OURS) if token else _unknown(texts.NO_KEY, code=None)
        return caller

    def _holder(self, token: str) -> Caller:
        # Both are compared in any case.
        is_local = hmac.compare_digest(token, self._local_key or " ")
        key = self._keys.owning(token)
        if is_local:
            return Caller(LOCAL, is_alone=True)
        if key is None:
            raise _unknown(texts.WRONG_KEY)
        if key.standing == "revoked":
            raise _unknown(texts.REVOKED_KEY.format(id=key.id))
        if key.standing == "expired":
            raise _unknown(texts.EXPIRED_KEY.format(id=key.id, day=key.terms.expires))
        return Caller(_principal(key), key)

    def _signed_in(self, request: Request) -> Caller | None:
        user = getattr(request.state, "user", None)
        if not user:
            return None
        # What a browser sends along by itself proves nothing of who wanted it.
        _check(_is_only_read(request) or is_same_origin(request))
        may: set[Permission] = {"ask"}
        if self._people.is_operator(request):
            may.add("admin")
        owner = self._people.owner_of(request)
        return Caller(Principal(f"user {user}", owner, frozenset(may)))

    def _lone_user(self, request: Request) -> Caller | None:
        is_open = self._is_alone and not self._keys.has_any()
        if not (is_open and self._people.is_operator(request)):
            return None
        _check(_is_only_read(request) or comes_from_us(request.headers))
        name, owner = f"address {site_of(request.scope)}", self._people.owner_of(request)
        return Caller(Principal(name, owner, EVERYTHING), is_alone=True)


def _bearer(request: Request) -> str:
    """The bearer token; empty where there is none, as with another scheme."""
    sent = request.headers.getlist("authorization")
    if len(sent) > 1:
        raise _unknown(texts.TWO_KEYS)
    scheme, _, token = " ".join(sent).strip().replace("\t", " ").partition(" ")
    if scheme.lower() != "bearer":
        return ""
    token = token.strip()
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise _unknown(texts.BROKEN_KEY)
    return token


def _is_only_read(request: Request) -> bool:
    """Also by a link on another site; but not by a script there, which could read it."""
    if request.method not in READING:
        return False
    return comes_from_us(request.headers) or request.headers.get("sec-fetch-mode") == "navigate"


def _check(is_ours: bool) -> None:
    if not is_ours:
        raise ApiError(403, texts.OTHER_SITE, code="other_site")


def _unknown(sentence: str, *, code: str | None = WRONG) -> ApiError:
    challenge = 'Bearer realm="footnote"' + (', error="invalid_token"' if code else "")
    headers = {"www-authenticate": challenge}
    return ApiError(401, sentence, code=code or "missing_api_key", headers=headers)


def _principal(key: Key) -> Principal:
    terms = key.terms
    may = frozenset(terms.scopes)
    return Principal(f"key {key.id}", f"key:{key.id}", may, key.id, terms.tokens_per_day)
