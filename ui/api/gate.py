"""Who may use the API, how often, and how much at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from typing import Annotated, TypeAlias

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from rag.config import Settings
from ui.api import texts
from ui.api.admission import Admission, Limits
from ui.api.callers import WRONG, Caller, Callers, People
from ui.api.errors import ApiError
from ui.server import audit
from ui.server.key_store import Keys
from ui.server.key_use import KeyUse
from ui.server.principals import Permission, Principal

Admitting: TypeAlias = Callable[..., AsyncIterator[Principal]]
# For the description of the API alone: who it is, `Callers` finds out.
DESCRIBED = HTTPBearer(
    bearerFormat="fn_…",
    scheme_name="API key",
    description="A key that `footnote keys create` has shown. A server for this machine alone "
    "asks for none, until the first is created.",
    auto_error=False,
)


@contextmanager
def opened(
    settings: Settings, people: People, *, is_alone: bool = False, local_key: str = ""
) -> Iterator[Gate]:
    """The gate of a data folder; what it has counted is written when the block ends."""
    with Keys(settings.home) as keys, closing(KeyUse(keys)) as use:
        callers = Callers(keys, people, is_alone=is_alone, local_key=local_key)
        yield Gate(callers, Admission(use, Limits.of(settings)))


class Gate:
    """Stands before every route of the API that asks for a permission."""

    def __init__(self, callers: Callers, admission: Admission) -> None:
        self._callers, self._admission = callers, admission
        self._needs: dict[Permission, Admitting] = {}

    def needs(self, permission: Permission) -> Admitting:
        """A dependency that gives whoever asks, and counts the request until its response ended.

        It raises ApiError: 401 where nobody is known, 403 where they may not, 429 where they have
        to wait. Where a request passes several, it is counted once.
        """
        return self._needs.setdefault(permission, self._needing(permission))

    def known(self, request: Request, permission: Permission) -> Principal:
        """Who asks, not counted; raises ApiError as `needs` does, save that one has to wait."""
        principal = self._caller(request).principal
        _check(principal, permission)
        return principal

    def spent(self, principal: Principal, tokens: int) -> None:
        """Counts towards the day's budget of the key."""
        if principal.key_id:
            self._admission.use.spend(principal.key_id, tokens)

    def _needing(self, permission: Permission) -> Admitting:
        async def admitted(
            request: Request,
            _: Annotated[HTTPAuthorizationCredentials | None, Depends(DESCRIBED)],
        ) -> AsyncIterator[Principal]:
            known: Caller | None = getattr(request.state, "caller", None)
            caller = known or self._counted(request)
            _check(caller.principal, permission)
            if known:
                yield caller.principal
                return
            with self._admission.lease(caller):
                request.state.caller = caller
                yield caller.principal

        return admitted

    def _counted(self, request: Request) -> Caller:
        caller = self._caller(request)
        audit.by(caller.principal)
        self._admission.check(request, caller)
        return caller

    def _caller(self, request: Request) -> Caller:
        try:
            return self._callers.of(request)
        except ApiError as error:
            raise self._admission.refuse(request, error) if error.code == WRONG else error from None


def _check(principal: Principal, permission: Permission) -> None:
    if principal.may(permission):
        return
    has = " and ".join(sorted(principal.permissions)) or "nothing"
    sentence = texts.MAY_NOT if principal.key_id else texts.MAY_NOT_SIGNED_IN
    user = principal.name.removeprefix("user ")
    message = sentence.format(has=has, needs=permission, user=user)
    raise ApiError(403, message, code="missing_scope")
