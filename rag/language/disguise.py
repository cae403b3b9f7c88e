"""Undo what hides a word from a pattern: look-alike letters, digits for letters, spaced letters."""

from __future__ import annotations

import re
import unicodedata

_LOOK_ALIKES = str.maketrans(
    "авекмнорстухіјѕԁԛԝӏьԍ" + "αβγεηικνορτυχω" + "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ" + "ıɡɑɩɴ" + "’‘´`",
    "abekmhopctyxijsdqwlbg" + "abyenikvoptuxw" + "abcdefghijklmnoprstuvwyz" + "igain" + "''''",
)
_MIXED = re.compile(r"(?<![a-z0-9@$])(?=[a-z@$]{0,30}[0-9@$])(?=[0-9@$]{0,30}[a-z])[a-z0-9@$]+")
_FOR_LETTERS = str.maketrans("013457@$", "oieastas")
_SPACED = re.compile(r"(?<!\w)(?:\w[ .·*-]){2,}\w(?!\w)")
_BETWEEN_WORDS = re.compile(r"(?<=[a-z])[-_~*+]{1,3}(?=[a-z])")


def undisguised(text: str) -> str:
    """Small plain letters to look for patterns in; not for anybody to read."""
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = _SPACED.sub(_joined, text.translate(_LOOK_ALIKES))
    text = text.replace("you're", "you are").replace("you've", "you have")
    text = _BETWEEN_WORDS.sub(" ", _MIXED.sub(_spelled, text))
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


def _joined(match: re.Match[str]) -> str:
    return re.sub(r"\W", "", match[0])


def _spelled(match: re.Match[str]) -> str:
    return match[0].translate(_FOR_LETTERS)
