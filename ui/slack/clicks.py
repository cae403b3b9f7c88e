"""What the buttons below an answer do: show evidence, export, say what one thinks of it."""

from __future__ import annotations

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
from ui.slack.escaping import mrkdwn
from ui.slack.rich_text import Json as Block
from ui.slack.workspaces import FAILURES

Json: TypeAlias = Mapping[str, Any]
FILE = "references.bib"


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
    def channel(self) -> str:
        return str(self._container.get("channel_id") or "")

    @property
    def thread(self) -> str | None:
        return self._container.get("thread_ts") or (self.body.get("message") or {}).get("thread_ts")

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
        elif self._container.get("is_ephemeral"):
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
            await self._open(modals.complaint(token))

    async def complain(self) -> None:
        """The reason that somebody gave in the modal."""
        view = self.body["view"]
        values = view["state"]["values"]
        chosen = (values[names.REASON][names.REASON].get("selected_option") or {}).get("value")
        note = str(values[names.NOTE][names.NOTE].get("value") or "")[: modals.LONGEST_NOTE]
        if chosen in get_args(Reason):
            await self._noted(str(view["private_metadata"]), Feedback("down", chosen, note.strip()))

    async def tell(self, sentence: str) -> None:
        """Says something to the one who clicked, and nobody else."""
        try:
            await self.client.chat_postEphemeral(
                channel=self.channel,
                user=str(self.body["user"]["id"]),
                text=mrkdwn(sentence),
                thread_ts=self.thread,
            )
        except FAILURES as error:
            incidents.note(error)

    @property
    def _container(self) -> Json:
        return self.body.get("container") or {}

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
                channel=self.channel,
                thread_ts=self.thread,
                filename=FILE,
                title=FILE,
                content=content,
            )
        except FAILURES as error:
            await self.tell(bot_texts.NOT_EXPORTED.format(reference=incidents.note(error)))


def _bibtex(kept: Remembered) -> str:
    return bibtex.written(works([kept.answer]))
