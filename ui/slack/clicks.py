"""What the buttons below an answer do: show evidence, export, say what one thinks of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args

from slack_sdk.web.async_client import AsyncWebClient

from ui.answer_log import Feedback, Reason
from ui.bot import texts as bot_texts
from ui.bot.attending import Desk
from ui.bot.memory import Remembered
from ui.exports import bibtex
from ui.exports.works import works
from ui.server import incidents
from ui.slack import modals, names
from ui.slack.blocks import spoken
from ui.slack.escaping import mrkdwn
from ui.slack.responding import WhisperedReply
from ui.slack.rich_text import Json as Block
from ui.slack.workspaces import FAILURES

Json: TypeAlias = Mapping[str, Any]
FILE = "references.bib"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a button stands; with an address where only one person sees it."""

    channel: str
    thread: str | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Click:
    """Somebody clicked, somewhere; `tenant` is their workspace."""

    desk: Desk
    client: AsyncWebClient
    tenant: str
    body: Json

    @property
    def value(self) -> str:
        return str(self.body["actions"][0].get("value") or "")

    @property
    def place(self) -> Place:
        """Of the message; a modal is at the place of the click that opened it."""
        if "view" in self.body:
            return Place(*self._kept[1:])
        at = self.body.get("container") or {}
        thread = at.get("thread_ts") or (self.body.get("message") or {}).get("thread_ts")
        address = self.body.get("response_url") if at.get("is_ephemeral") else ""
        return Place(str(at.get("channel_id") or ""), thread, str(address or ""))

    async def show_evidence(self) -> None:
        """A modal with the abstract of a source."""
        token, _, number = self.value.partition(":")
        kept = await self.desk.notebook.memory.by(token, self.tenant)
        view = modals.evidence(kept.answer, int(number)) if kept and number.isdecimal() else None
        await self._open(view) if view else await self.tell(bot_texts.FORGOTTEN)

    async def export(self) -> None:
        """The cited papers as a file in the thread; where only one sees the answer, as a modal."""
        kept = await self.desk.notebook.memory.by(self.value, self.tenant)
        if kept is None or not kept.answer.citations:
            await self.tell(bot_texts.NOTHING_CITED if kept else bot_texts.FORGOTTEN)
        elif self.place.address:
            await self._open(modals.bibliography(_bibtex(kept)))
        else:
            await self._attach(_bibtex(kept))

    async def rate(self) -> None:
        """Thumbs up are noted; down as well, and then the reason is asked for."""
        thumb, _, token = self.value.partition(":")
        is_up = thumb == "up"
        if not await self._noted(token, Feedback("up" if is_up else "down")):
            await self.tell(bot_texts.NOT_NOTED)
        elif is_up:
            await self.tell(bot_texts.THANKS)
        else:
            at = self.place
            kept = json.dumps([token, at.channel, at.thread, at.address])
            await self._open(modals.complaint(kept))

    async def complain(self) -> None:
        """The reason that somebody gave in the modal."""
        values = self.body["view"]["state"]["values"]
        chosen = (values[names.REASON][names.REASON].get("selected_option") or {}).get("value")
        note = str(values[names.NOTE][names.NOTE].get("value") or "")[: modals.LONGEST_NOTE]
        if chosen in get_args(Reason):
            said = Feedback("down", chosen, note.strip())
            is_noted = await self._noted(self._kept[0], said)
            await self.tell(bot_texts.THANKS if is_noted else bot_texts.NOT_NOTED)

    async def tell(self, sentence: str) -> None:
        """Says something to the one who clicked, and nobody else."""
        at = self.place
        if at.address:  # the bot need not be in a channel where somebody gives a command
            await WhisperedReply(at.address).say(sentence, spoken(sentence))
            return
        try:
            await self.client.chat_postEphemeral(
                channel=at.channel,
                user=str(self.body["user"]["id"]),
                text=mrkdwn(sentence),
                thread_ts=at.thread,
            )
        except FAILURES as error:
            incidents.note(error)

    @property
    def _kept(self) -> list[Any]:
        """What the modal that asks for a reason was given: a token, and the parts of a place."""
        kept: list[Any] = json.loads(self.body["view"]["private_metadata"])
        return kept

    async def _noted(self, token: str, feedback: Feedback) -> bool:
        kept = await self.desk.notebook.memory.by(token, self.tenant)
        return bool(kept) and await self.desk.backing.rate(kept.record if kept else "", feedback)

    async def _open(self, view: Block) -> None:
        """Slack takes it for three seconds after the click."""
        try:
            await self.client.views_open(trigger_id=self.body["trigger_id"], view=view)
        except FAILURES as error:
            incidents.note(error)

    async def _attach(self, content: str) -> None:
        try:
            await self.client.files_upload_v2(
                channel=self.place.channel,
                thread_ts=self.place.thread,
                filename=FILE,
                title=FILE,
                content=content,
            )
        except FAILURES as error:
            await self.tell(bot_texts.NOT_EXPORTED.format(reference=incidents.note(error)))


def _bibtex(kept: Remembered) -> str:
    return bibtex.written(works([kept.answer]))
