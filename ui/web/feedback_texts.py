"""Every English text about feedback; what stands in braces is filled in."""

from __future__ import annotations

from typing import Final

HELPFUL: Final = "Good answer"
UNHELPFUL: Final = "Bad answer"
WHY: Final = "What is wrong with it?"
REASONS: Final = {
    "wrong-citation": "A citation does not say this",
    "not-answered": "It does not answer the question",
    "out-of-date": "It is out of date",
    "other": "Something else",
}
NOTE: Final = "More, if you like (whoever runs this page reads it)"
SEND: Final = "Send"
SKIP: Final = "Skip"
THANKS: Final = "Thank you."
TAKEN_BACK: Final = "Taken back."
NOT_KEPT: Final = "That could not be kept. Try again."

NOT_FROM_HERE: Final = "Feedback is taken from this page alone."
NO_JSON: Final = "Feedback is JSON: content-type application/json."
TOO_LONG: Final = "Feedback has {most} bytes at most."
WRONG: Final = "Feedback has an id, a thumb (up, down or null), a reason and a note: {why}."
UNKNOWN: Final = "There is no such answer."
# For the page's script.
NAMES: Final = {
    "helpful": HELPFUL,
    "unhelpful": UNHELPFUL,
    "why": WHY,
    "reasons": REASONS,
    "note": NOTE,
    "send": SEND,
    "skip": SKIP,
    "thanks": THANKS,
    "takenBack": TAKEN_BACK,
    "notKept": NOT_KEPT,
}
