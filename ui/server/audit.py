"""Who asked what when, a line each in a file that is only added to; texts and keys stay out."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.types import Answer, Usage
from ui.server import incidents, request_ids
from ui.server.principals import Principal

FILE = "audit.jsonl"
MOST_BYTES = 16 * 1024 * 1024
KEPT = 8  # older files, audit.jsonl.1 being the last that was filled
DIGITS = 16
Outcome: TypeAlias = Literal["answered", "refused", "failed", "left", "none"]


@dataclass(slots=True)
class Noted:
    """What is known so far of a request that goes on."""

    surface: str
    principal: str = ""
    question: str = ""
    answer: Answer | None = None
    status: int = 0
    has_ended: bool = False
    request: str = field(default_factory=request_ids.current)
    began: float = field(default_factory=time.perf_counter)

    @property
    def outcome(self) -> Outcome:
        """`left` where the client broke off, `none` where nothing was asked."""
        if self.answer:
            return "refused" if self.answer.refusal else "answered"
        if not self.question:
            return "none"
        return "failed" if self.has_ended else "left"


_CURRENT: ContextVar[Noted | None] = ContextVar("noted", default=None)


def by(principal: Principal) -> None:
    """Who the request is from that is answered here; outside of one nothing happens."""
    if noted := _CURRENT.get():
        noted.principal = principal.name


def asked(question: str) -> None:
    """What it asks."""
    if noted := _CURRENT.get():
        noted.question = question


def answered(answer: Answer) -> None:
    """What came of it."""
    if noted := _CURRENT.get():
        noted.answer = answer


class Audit:
    """Adds lines to the file of a data folder, which its owner alone reads."""

    def __init__(self, home: Path, *, keeps_texts: bool = False, most: int = MOST_BYTES) -> None:
        self._path, self._keeps_texts, self._most = home / FILE, keeps_texts, most
        self._writing = threading.Lock()

    @contextmanager
    def noting(self, noted: Noted) -> Iterator[None]:
        """Adds its line when the block ends; one that is broken off has not ended."""
        try:
            yield
        except Exception:
            noted.has_ended = True
            raise
        else:
            noted.has_ended = True
        finally:
            self.note(noted)

    def note(self, noted: Noted) -> None:
        """What cannot be written is an incident, and the request goes on."""
        line = json.dumps(self._entry(noted)) + "\n"
        try:
            with self._writing:
                self._turn(len(line))
                _append(self._path, line.encode())
        except OSError as error:
            incidents.note(error)

    def _entry(self, noted: Noted) -> dict[str, object]:
        return {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "request": noted.request,
            "surface": noted.surface,
            "principal": _hashed(noted.principal),
            "question": _hashed(noted.question),
            **({"text": noted.question} if self._keeps_texts and noted.question else {}),
            **_told_of(noted.answer),
            "seconds": round(time.perf_counter() - noted.began, 3),
            "outcome": noted.outcome,
            "status": noted.status,
        }

    def _turn(self, size: int) -> None:
        """Begins a new file where this one is full, and forgets the oldest."""
        if not self._path.exists() or self._path.stat().st_size + size <= self._most:
            return
        for number in range(KEPT - 1, 0, -1):
            older = self._path.with_name(f"{FILE}.{number}")
            if older.exists():
                older.replace(self._path.with_name(f"{FILE}.{number + 1}"))
        self._path.replace(self._path.with_name(f"{FILE}.1"))


class Audited:
    """Notes every request to an application, also those that are turned away."""

    def __init__(self, app: ASGIApp, *, audit: Audit, surface: str) -> None:
        self._app, self._audit, self._surface = app, audit, surface

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        noted = Noted(self._surface)

        async def send_and_see(message: Message) -> None:
            if message["type"] == "http.response.start":
                noted.status = message["status"]
            noted.has_ended = message["type"] == "http.response.body" and not message.get(
                "more_body"
            )
            await send(message)

        token = _CURRENT.set(noted)
        try:
            await self._app(scope, receive, send_and_see)
        finally:
            _CURRENT.reset(token)
            self._audit.note(noted)


def _told_of(answer: Answer | None) -> dict[str, object]:
    usage = answer.usage if answer else Usage()
    return {
        "cited": list(dict.fromkeys(one.paper.id for one in answer.citations)) if answer else [],
        "model": answer.model if answer else None,
        "tokens": usage.prompt_tokens + usage.completion_tokens,
    }


def _append(path: Path, line: bytes) -> None:
    """In one go, so that lines of two processes do not mix."""
    number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(number, line)
    finally:
        os.close(number)


def _hashed(text: str) -> str:
    """Tells things apart and names none."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:DIGITS] if text else ""
