"""What the bot says, in English; in braces is what is filled in."""

from __future__ import annotations

from typing import Final

READING: Final = "is searching the shelf …"
FOUND: Final = "is reading {papers} …"
AGAIN: Final = "The question was changed; reading again …"

HELP: Final = (
    "Ask me about the papers on the shelf, and every sentence I answer comes with its source."
)
TRY: Final = "{help} For example: {example}"
BUSY: Final = (
    "So many questions are being answered that there is no place left. Ask again in a minute."
)
TOO_FAST: Final = "That was a lot of questions in a short time. Ask again in {seconds}."
TOO_FAST_HERE: Final = "There were many questions in this channel just now. Ask again in {seconds}."
NOT_ALLOWED: Final = (
    "I answer direct messages only of those who are on my list. Ask me in a channel, or ask "
    "whoever runs me to add you."
)
NOT_HERE: Final = "I am not to answer in this place. Ask me in another channel, or directly."
PRIVATE: Final = (
    "The papers that I would look at here are private, so I do not answer where others may read "
    "along. Ask me in a direct message or in a private channel."
)
FAILED: Final = (
    "Something went wrong, and there is no answer. Ask again; if it stays, tell whoever runs me "
    "the reference {reference}."
)
AWAY: Final = (
    "The server that has the papers is not there, or broke off. Ask again in a minute; if it stays "
    "away, tell whoever runs me the reference {reference}."
)
INTERRUPTED: Final = "I was interrupted while I answered this. Ask again if you still want to know."
THANKS: Final = "Thank you, that is noted."
NOT_NOTED: Final = "That cannot be noted: the record of this answer is gone, or out of reach."
FORGOTTEN: Final = "I do not remember that answer any more. Ask again to see its evidence."
NOTHING_CITED: Final = "That answer cites no paper, so there is nothing to export."
NOT_EXPORTED: Final = "The file could not be put here (reference {reference})."
NOTHING_TO_CHECK: Final = "There is no sentence in that message that a paper could support."
CANNOT_CHECK: Final = "Sentences cannot be checked here."
CHECKED: Final = "Checked against the shelf: {counts}."
MORE_SENTENCES: Final = "Only the first {most} sentences were checked."
NO_PAPER: Final = "No paper on the shelf comes near to this."
ONLY_ONE: Final = (
    "Another bot works in {home} already. Stop it first, or give this one a data folder of its "
    "own with FOOTNOTE_HOME."
)
NOTHING: Final = "The papers here have no answer to that."
