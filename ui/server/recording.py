"""Keeps a record of each answer that a page has shown."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rag.errors import FootnoteError
from rag.language.words import whole
from rag.types import Answer
from ui.answer_log import DAY, KEEP_DAYS, AnswerLog, Given
from ui.scope_in_words import within
from ui.server import incidents
from ui.server.exchange import Exchange

OWNER_DIGITS = 12


class Recorder:
    """Notes what was answered; without `keeps_texts` neither question nor refusal."""

    def __init__(self, log: AnswerLog, *, keeps_texts: bool = True) -> None:
        self._log, self._keeps_texts = log, keeps_texts

    async def noted(self, exchange: Exchange, owner: str = "") -> Exchange:
        """The exchange with the id of its record; without one where it could not be kept.

        What was stopped is no answer and is left out.
        """
        if exchange.state not in ("done", "failed") or exchange.id:
            return exchange
        given = self._given(exchange, owner)
        try:
            return replace(exchange, id=await asyncio.to_thread(self._log.note, given))
        except FootnoteError as error:
            incidents.note(error)
            return exchange

    def _given(self, exchange: Exchange, owner: str) -> Given:
        answer = exchange.answer
        given = _answered(answer) if answer else Given("failed", reason=exchange.notice)
        return replace(
            given,
            question=whole(exchange.question) if self._keeps_texts else None,
            within=within(exchange.scope) if self._keeps_texts else None,
            reason=given.reason if self._keeps_texts else None,
            seconds=exchange.seconds,
            owner=_hashed(owner),
        )


class IncidentKeeper(logging.Handler):
    """Keeps what `incidents` notes, for the operator's page."""

    def __init__(self, log: AnswerLog) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        happened = getattr(record, "incident", None)
        if not isinstance(happened, incidents.Incident):
            return
        try:
            self._log.notice(happened.reference, happened.kind, happened.place)
        except FootnoteError:
            self.handleError(record)


@contextmanager
def answer_log(
    home: Path, *, keep_days: int = KEEP_DAYS, tidied_every: float = DAY
) -> Iterator[AnswerLog]:
    """The log of a data folder, in which incidents are kept as well until the block ends.

    Once a day what has become too old is deleted, whether or not anybody asks anything.
    """
    logger = logging.getLogger(incidents.NAME)
    with AnswerLog(home, keep_days=keep_days) as log, _tidied(log, tidied_every):
        keeper = IncidentKeeper(log)
        logger.addHandler(keeper)
        try:
            yield log
        finally:
            logger.removeHandler(keeper)


@contextmanager
def _tidied(log: AnswerLog, every: float) -> Iterator[None]:
    over = threading.Event()

    def tidy() -> None:
        while not over.wait(every):
            try:
                log.tidy()
            except FootnoteError as error:
                incidents.note(error)  # the next day it is tried again

    tidying = threading.Thread(target=tidy, name="tidy the record of answers", daemon=True)
    tidying.start()
    try:
        yield
    finally:
        over.set()
        tidying.join()


def _answered(answer: Answer) -> Given:
    labels = Counter(one.verdict.label for one in answer.citations)
    return Given(
        "refused" if answer.refusal else "answered",
        kind=answer.refusal.kind if answer.refusal else "",
        reason=answer.refusal.reason if answer.refusal else None,
        cited=tuple(dict.fromkeys(one.paper.id for one in answer.citations)),
        verdicts=(labels["supported"], labels["weak"], labels["unsupported"]),
        model=answer.model,
        failure=answer.failure,
    )


def _hashed(owner: str) -> str:
    """Tells people apart and names nobody."""
    return hashlib.sha256(owner.encode()).hexdigest()[:OWNER_DIGITS] if owner else ""
