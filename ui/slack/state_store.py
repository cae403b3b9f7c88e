"""The states of installations under way: each was given out here, counts once, and not for long."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from typing import Final

from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from rag.store.database import Database
from ui.slack import sdk_log

TABLE: Final = "CREATE TABLE states (state TEXT PRIMARY KEY, until REAL NOT NULL)"
LASTS: Final = 600  # seconds
MOST: Final = 1000  # anybody may begin an installation


class StateStore(AsyncOAuthStateStore):
    """In the file of the installations, so that a restart in between breaks none off."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def logger(self) -> logging.Logger:
        return sdk_log.silent()

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        state = secrets.token_urlsafe(24)
        await asyncio.to_thread(self._issue, state)
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether it was given out, not long ago, and never used before."""
        return await asyncio.to_thread(self._consume, state)

    def _issue(self, state: str) -> None:
        with self._database.writing() as db:
            db.execute("DELETE FROM states WHERE until < ?", (time.time(),))
            db.execute(
                "DELETE FROM states WHERE state IN "
                "(SELECT state FROM states ORDER BY until DESC LIMIT -1 OFFSET ?)",
                (MOST - 1,),
            )
            db.execute("INSERT INTO states VALUES (?, ?)", (state, time.time() + LASTS))

    def _consume(self, state: str) -> bool:
        with self._database.writing() as db:
            used = db.execute("DELETE FROM states WHERE state = ? RETURNING until", (state,))
            row = used.fetchone()
        return row is not None and row[0] >= time.time()
