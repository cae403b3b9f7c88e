"""Which workspaces have installed the app, each with a token, encrypted, in an SQLite file."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.fernet import InvalidToken, MultiFernet
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation

from rag.errors import ConfigError
from rag.store.database import Connection, Database
from ui.private_file import private
from ui.slack import sdk_log
from ui.slack.state_store import TABLE as STATES
from ui.slack.state_store import StateStore

FILE: Final = "slack.sqlite"
MIGRATIONS = (
    (
        "CREATE TABLE installations (place TEXT PRIMARY KEY, sealed BLOB NOT NULL)",
        # An organization installs the app for its workspaces, which later name only themselves.
        "CREATE TABLE members (team TEXT PRIMARY KEY, organization TEXT NOT NULL)",
        STATES,
    ),
)
KEPT = (
    *("enterprise_id", "enterprise_name", "team_id", "team_name", "app_id", "bot_token", "bot_id"),
    *("bot_user_id", "bot_scopes", "bot_refresh_token", "bot_token_expires_at", "installed_at"),
    "is_enterprise_install",
)
OTHER_KEY: Final = (
    "The tokens in {path} were encrypted with another key than FOOTNOTE_SLACK_TOKEN_KEY. Put that "
    "one behind the new one, with a comma between; if it is lost, remove the file and have each "
    "workspace install the app again."
)


class TokenStore(AsyncInstallationStore):
    """Tokens of bots, and of nobody else; `place` is the id of a workspace or an organization."""

    def __init__(self, database: Database, sealed_by: MultiFernet) -> None:
        """Encrypts with the first key whatever an older one has encrypted; raises ConfigError."""
        self._database, self._seal = database, sealed_by
        self._reseal()

    @property
    def logger(self) -> logging.Logger:
        return sdk_log.silent()

    async def async_save(self, installation: Installation) -> None:
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        """In place of what the workspace had before."""
        await asyncio.to_thread(self._save, bot)

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """The workspace's own, or else that of its organization."""
        return await asyncio.to_thread(self._find, team_id or "", enterprise_id or "")

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """The workspace's own; that of an organization only where no workspace is named."""
        await asyncio.to_thread(self._delete, team_id or enterprise_id or "")

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """No person's token is kept."""

    async def delete_bot_user(self, team: str, organization: str, bot_users: list[str]) -> None:
        """Whichever token of the workspace is of one of these bots."""
        found = await asyncio.to_thread(self._find, team, organization)
        if found and found.bot_user_id in bot_users:
            await asyncio.to_thread(self._delete, _place(found))

    async def bots(self) -> list[Bot]:
        """All of them, the oldest first."""
        return sorted(await asyncio.to_thread(self._all), key=lambda bot: bot.installed_at)

    def _save(self, bot: Bot) -> None:
        content = bot.to_dict_for_copying() | {
            "bot_token_expires_at": bot.bot_token_expires_at,
            "installed_at": bot.installed_at,
        }
        kept = json.dumps({name: content[name] for name in KEPT})
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO installations VALUES (?, ?) "
                "ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
                (_place(bot), self._seal.encrypt(kept.encode())),
            )

    def _find(self, team: str, organization: str) -> Bot | None:
        with self._database.reading() as db:
            if own := self._at(db, team):
                return own
            known = db.execute("SELECT organization FROM members WHERE team = ?", (team,))
            row = known.fetchone()
            found = self._at(db, organization or (row[0] if row else ""))
        if found and team and organization and row is None:
            self._remember(team, organization)
        return found

    def _at(self, db: Connection, place: str) -> Bot | None:
        row = db.execute("SELECT sealed FROM installations WHERE place = ?", (place,)).fetchone()
        bot = self._opened(row[0]) if row else None
        # Whoever can write to the file could give one workspace the token of another.
        return bot if bot and _place(bot) == place else None

    def _all(self) -> list[Bot]:
        with self._database.reading() as db:
            rows = db.execute("SELECT sealed FROM installations").fetchall()
        return [self._opened(row[0]) for row in rows]

    def _opened(self, sealed: bytes) -> Bot:
        try:
            return Bot(**json.loads(self._seal.decrypt(sealed)))
        except InvalidToken:
            raise self._other_key() from None

    def _remember(self, team: str, organization: str) -> None:
        with self._database.writing() as db:
            db.execute("INSERT OR REPLACE INTO members VALUES (?, ?)", (team, organization))

    def _delete(self, place: str) -> None:
        with self._database.writing() as db:
            db.execute("DELETE FROM installations WHERE place = ?", (place,))
            db.execute("DELETE FROM members WHERE ? IN (team, organization)", (place,))

    def _reseal(self) -> None:
        with self._database.writing() as db:
            rows = db.execute("SELECT place, sealed FROM installations").fetchall()
            try:
                renewed = [(self._seal.rotate(sealed), place) for place, sealed in rows]
            except InvalidToken:
                raise self._other_key() from None
            db.executemany("UPDATE installations SET sealed = ? WHERE place = ?", renewed)

    def _other_key(self) -> ConfigError:
        return ConfigError(OTHER_KEY.format(path=self._database.path))


@dataclass(frozen=True, slots=True)
class Installations:
    """What is kept of the workspaces that have installed the app, or are about to."""

    tokens: TokenStore
    states: StateStore


@contextmanager
def installations(home: Path, sealed_by: MultiFernet) -> Iterator[Installations]:
    """Open until the block ends; raises ConfigError where the keys are others."""
    database = Database(private(home / FILE, what="The tokens of workspaces"), MIGRATIONS)
    try:
        yield Installations(TokenStore(database, sealed_by), StateStore(database))
    finally:
        database.close()


def _place(bot: Bot) -> str:
    is_organizations = bot.is_enterprise_install or not bot.team_id
    return (bot.enterprise_id if is_organizations else bot.team_id) or ""
