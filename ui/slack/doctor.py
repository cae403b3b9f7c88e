"""Examines whether the bot can work: its secrets, its scopes, its events, and where it may speak.

Asks Slack and changes nothing there; no secret is shown, nor what Slack says in its own words.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientSession
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from rag.errors import FootnoteError
from ui.slack import doctor_texts as said
from ui.slack import secret_forms as forms
from ui.slack.channel_check import Places, places
from ui.slack.distributed import Distributed
from ui.slack.findings import Finding, note, right, wrong
from ui.slack.permissions import events, scope_names
from ui.slack.refusals import refusal
from ui.slack.sealing import seal
from ui.slack.socket_check import socket_examined
from ui.slack.token_store import FILE, installations
from ui.slack.workspaces import API, FAILURES, client


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined; `channels` are asked about, and `listen` waits seconds for an event."""

    home: Path
    bot: str = field(default="", repr=False)
    app: str = field(default="", repr=False)
    signing: str = field(default="", repr=False)
    channels: tuple[str, ...] = ()
    listen: int = 0
    base_url: str = API

    @property
    def is_by_http(self) -> bool:
        """A socket comes first; it needs a token of the app's own."""
        return bool(self.signing) and not self.app

    @property
    def secrets(self) -> dict[str, str]:
        """Those that are needed, by the names of their settings."""
        other = {forms.SIGNING: self.signing} if self.is_by_http else {forms.APP: self.app}
        return {forms.BOT: self.bot, **other}


async def examined(patient: Patient, shared: ClientSession) -> AsyncIterator[Finding]:
    """The bot of one workspace: over a socket, or over HTTP where only a signing secret is set."""
    for finding in forms.examined(patient.secrets):
        yield finding
    where = places(patient.home, patient.channels)
    for finding in where.findings:
        yield finding
    if forms.has_form(forms.BOT, patient.bot):
        async for finding in _workspace(patient.bot, patient, shared, where):
            yield finding
    if patient.is_by_http:
        yield _address()
    elif forms.has_form(forms.APP, patient.app):
        web = client(patient.app, shared, patient.base_url)
        async for finding in socket_examined(web, patient.app, shared, patient.listen):
            yield finding


async def examined_for_many(
    patient: Patient, app: Distributed, shared: ClientSession
) -> AsyncIterator[Finding]:
    """The bot as several workspaces install it."""
    secrets = {
        forms.CLIENT_ID: app.client_id,
        forms.CLIENT_SECRET: app.client_secret,
        forms.SIGNING: app.signing_secret,
    }
    for finding in forms.examined(secrets):
        yield finding
    where = places(patient.home, patient.channels, are_many=True)
    for finding in where.findings:
        yield finding
    try:
        async for finding in _installed(patient, app, shared, where):
            yield finding
    except FootnoteError as error:
        yield wrong(str(error))
    yield _address(is_installed_by_many=True)


async def _installed(
    patient: Patient, app: Distributed, shared: ClientSession, where: Places
) -> AsyncIterator[Finding]:
    sealed_by = seal(app.token_keys)
    if not (patient.home / FILE).exists():
        yield note(said.NONE_INSTALLED, said.INSTALL_IT)
        return
    with installations(patient.home, sealed_by) as kept:
        bots = await kept.tokens.bots()
    yield right(said.KEYS)
    if not bots:
        yield note(said.NONE_INSTALLED, said.INSTALL_IT)
    for bot in bots:
        if not app.lets_in(bot.team_id, bot.enterprise_id):
            name = bot.team_name or bot.enterprise_name or "A workspace"
            yield note(said.NOT_LET_IN.format(team=name))
            continue
        async for finding in _workspace(bot.bot_token, patient, shared, where):
            yield finding


async def _workspace(
    token: str, patient: Patient, shared: ClientSession, where: Places
) -> AsyncIterator[Finding]:
    """Whose the token is, what it may do, and whether it is where it is to speak."""
    web = client(token, shared, patient.base_url)
    try:
        found = await web.auth_test()
    except FAILURES as error:
        yield refusal(error, forms.BOT)
        return
    team, name = str(found.get("team_id") or ""), str(found.get("user") or "")
    yield right(said.TEAM.format(name=name, team=found.get("team"), id=team))
    for finding in _scopes(found):
        yield finding
    async for finding in where.examined(web, team, name):
        yield finding


def _scopes(found: AsyncSlackResponse) -> Iterator[Finding]:
    granted = str(found.headers.get("x-oauth-scopes") or "")
    if not granted:
        yield note(said.UNTOLD)
        return
    has = {one.strip() for one in granted.split(",")}
    if lacking := _listed(one for one in scope_names() if one not in has):
        yield wrong(said.LACKING.format(scopes=lacking), said.ADD_SCOPES.format(scopes=lacking))
    else:
        yield right(said.SCOPES.format(count=len(scope_names())))
    if spare := _listed(sorted(has - {*scope_names()})):
        yield note(said.TO_SPARE.format(scopes=spare))


def _address(*, is_installed_by_many: bool = False) -> Finding:
    told = _listed(events(is_installed_by_many=is_installed_by_many))
    return note(said.EVENTS, said.CHECK_ADDRESS.format(events=told))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
