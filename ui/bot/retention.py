"""How long a bot keeps what was said: no longer than the settings say, and no workspace's after it.

Only claims know how old they are. An answer lives as long as the claim on its message does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rag.errors import FootnoteError
from rag.store.database import Connection, Database
from ui.answer_log import DAY, KEEP_DAYS
from ui.server import incidents


class Retention:
    """Deletes messages that were taken on, with their answers."""

    def __init__(self, database: Database, keep_days: int = KEEP_DAYS) -> None:
        self._database = database
        # What is delivered again comes within hours: a claim younger than a day still has a use.
        self._keep = max(keep_days, 1) * DAY

    async def tidy(self) -> None:
        """Deletes what is too old."""
        await asyncio.to_thread(self._tidy)

    async def forget(self, platform: str, tenant: str) -> None:
        """Deletes everything that was said in a workspace."""
        await asyncio.to_thread(self._forget, platform, tenant)

    def _tidy(self) -> None:
        with self._database.writing() as db:
            db.execute("DELETE FROM claims WHERE at < ?", (time.time() - self._keep,))
            _delete_unclaimed(db)

    def _forget(self, platform: str, tenant: str) -> None:
        with self._database.writing() as db:
            db.execute(
                "DELETE FROM claims WHERE platform = ? "
                "AND json_extract(heard, '$.spot.tenant') = ?",
                (platform, tenant),
            )
            _delete_unclaimed(db)


@asynccontextmanager
async def tidied(retention: Retention, every: float = DAY) -> AsyncIterator[None]:
    """At once and then each day, whether or not anybody asks anything, until the block ends."""
    tidying = asyncio.create_task(_tidy_for_ever(retention, every))
    try:
        yield
    finally:
        tidying.cancel()
        await asyncio.gather(tidying, return_exceptions=True)


async def _tidy_for_ever(retention: Retention, every: float) -> None:
    while True:
        try:
            await retention.tidy()
        except FootnoteError as error:
            incidents.note(error)  # the next day it is tried again
        await asyncio.sleep(every)


def _delete_unclaimed(db: Connection) -> None:
    db.execute(
        "DELETE FROM answers WHERE NOT EXISTS (SELECT 1 FROM claims WHERE "
        "claims.platform = answers.platform AND claims.channel = answers.channel "
        "AND claims.message = answers.message)"
    )
