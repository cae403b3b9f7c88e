"""Somebody's message, sentence by sentence beside the papers that may be looked at there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.bot import texts
from ui.bot.attending import Desk, sentence_for
from ui.bot.checking import MOST, Checked, statements
from ui.bot.heard import Heard


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found, or in `note` why nothing was, or what was left out."""

    checked: Sequence[Checked] = ()
    note: str = ""


async def examined(desk: Desk, heard: Heard) -> Examined:
    """Never raises; counts as a question of the one who wants to know."""
    try:
        return (
            Examined(note=why) if (why := await desk.refused(heard)) else await _read(desk, heard)
        )
    except Exception as error:  # noqa: BLE001  (whatever it is, they are told that it failed)
        return Examined(note=sentence_for(error))


async def _read(desk: Desk, heard: Heard) -> Examined:
    if desk.backing.checker is None:
        return Examined(note=texts.CANNOT_CHECK)
    said = statements(heard.text)
    if not said:
        return Examined(note=texts.NOTHING_TO_CHECK)
    scope = desk.rules.of(heard.spot).shelf.scope
    note = texts.MORE_SENTENCES.format(most=MOST) if len(said) > MOST else ""
    return Examined(await desk.backing.checker.check(heard.text, scope), note)
