"""Whether somebody known may ask just now: rates, requests under way, tokens of the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from fastapi import Request
from limits import RateLimitItem, parse

from rag.config import Settings
from ui.api import texts
from ui.api.callers import Caller
from ui.api.errors import ApiError
from ui.server.hosts import READING
from ui.server.key_use import KeyUse, seconds_left_today
from ui.server.peers import site_of
from ui.server.rates import FAILURES, Leases, Rates, Window

RATE: Final = "60/minute"
CONCURRENCY: Final = 8
PER_ADDRESS: Final = 10  # times what one key may: offices share an address


@dataclass(frozen=True, slots=True)
class Limits:
    """For each key and each who signed in; the lone user of this machine has none unless set."""

    rate: str = RATE
    concurrency: int = CONCURRENCY
    rate_alone: str | None = None
    concurrency_alone: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        rate, concurrency = settings.api_rate, settings.api_concurrency
        return cls(rate or RATE, concurrency or CONCURRENCY, rate, concurrency)

    def rate_of(self, caller: Caller) -> RateLimitItem | None:
        own = caller.key.terms.rate if caller.key else None
        rate = self.rate_alone if caller.is_alone else own or self.rate
        return _parsed(rate) if rate else None

    def concurrency_of(self, caller: Caller) -> int | None:
        return self.concurrency_alone if caller.is_alone else self.concurrency


@dataclass(frozen=True, slots=True)
class Admission:
    """Counts in memory, but tokens, which `use` keeps."""

    use: KeyUse
    limits: Limits = Limits()
    rates: Rates = field(default_factory=Rates)
    leases: Leases = field(default_factory=Leases)

    def check(self, request: Request, caller: Caller) -> None:
        """Counts the request; raises ApiError 429 where it has to wait."""
        self._check_rate(request, caller)
        if caller.principal.tokens_per_day is not None:
            self._check_budget(request, caller)
        if caller.key:
            self.use.used(caller.key)

    @contextmanager
    def lease(self, caller: Caller) -> Iterator[None]:
        """One of the requests that are under way; raises ApiError 429 where there are too many."""
        most, whose = self.limits.concurrency_of(caller), caller.principal.name
        if most is None:
            yield
            return
        if not self.leases.take(whose, most):
            sentence = texts.TOO_MANY.format(most=most)
            raise _too_much(sentence, 1)
        try:
            yield
        finally:
            self.leases.give_back(whose)

    def refuse(self, request: Request, error: ApiError) -> ApiError:
        """The error itself, or that too many wrong keys came from there; right ones always pass."""
        window = self.rates.hit(FAILURES, f"wrong {site_of(request.scope)}")
        if not window.wait:
            return error
        return _too_much(texts.TOO_MANY_WRONG.format(wait=window.wait), window.wait)

    def _check_rate(self, request: Request, caller: Caller) -> None:
        rate = self.limits.rate_of(caller)
        if rate is None:
            return
        window = self.rates.hit(rate, caller.principal.name)
        tell(request, _requests(window))
        around = type(rate)(rate.amount * PER_ADDRESS, rate.multiples)
        wait = window.wait or self.rates.hit(around, f"from {site_of(request.scope)}").wait
        if wait:
            sentence = texts.TOO_OFTEN.format(amount=rate.amount, span=_span(rate), wait=wait)
            raise _too_much(sentence, wait, request)

    def _check_budget(self, request: Request, caller: Caller) -> None:
        budget = caller.principal.tokens_per_day or 0
        left = max(0, budget - self.use.spent(caller.principal.key_id))
        wait = seconds_left_today()
        tell(request, _tokens(budget, left, wait))
        if not left and request.method not in READING:
            sentence = texts.TOKENS_SPENT.format(budget=budget)
            raise _too_much(sentence, wait, request, code="insufficient_quota")


@cache
def _parsed(rate: str) -> RateLimitItem:
    return parse(rate)


def _span(rate: RateLimitItem) -> str:
    """What a rate counts over: "each minute", "in 5 minutes"."""
    unit = rate.GRANULARITY.name
    return f"in {rate.multiples} {unit}s" if rate.multiples > 1 else f"each {unit}"


def tell(request: Request, headers: Mapping[str, str]) -> None:
    """Has the response carry them, whatever it will be; `ui.api.surroundings` puts them there."""
    request.state.limits = {**told(request), **headers}


def told(request: Request) -> Mapping[str, str]:
    found: Mapping[str, str] = getattr(request.state, "limits", {})
    return found


def _too_much(
    sentence: str, wait: int, request: Request | None = None, *, code: str = "rate_limit_exceeded"
) -> ApiError:
    headers = {"retry-after": str(wait), **(told(request) if request else {})}
    return ApiError(429, sentence, code=code, headers=headers)


def _requests(window: Window) -> dict[str, str]:
    return {
        "x-ratelimit-limit-requests": str(window.limit),
        "x-ratelimit-remaining-requests": str(window.left),
        "x-ratelimit-reset-requests": _lasting(window.free_in),
    }


def _tokens(budget: int, left: int, wait: int) -> dict[str, str]:
    return {
        "x-ratelimit-limit-tokens": str(budget),
        "x-ratelimit-remaining-tokens": str(left),
        "x-ratelimit-reset-tokens": _lasting(wait),
    }


def _lasting(seconds: float) -> str:
    """As OpenAI writes it: 8h9m0s, 6m0s, 12s."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h" * bool(hours) + f"{minutes}m" * bool(hours or minutes) + f"{rest}s"
