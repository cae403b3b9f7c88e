"""The English texts of who may come in, and of adding papers; in braces is what is filled in."""

from __future__ import annotations

from typing import Final

SIGN_IN: Final = "Sign in"
SIGN_OUT: Final = "Sign out"
SIGN_OUT_LEAD: Final = "You are signed in as {user}. Conversations stay on the server."
SIGN_IN_LEAD: Final = "This shelf is for people who have an account on it."
USER: Final = "Name"
PASSWORD: Final = "Password"  # noqa: S105  (the word, not one)
WRONG: Final = "That name and password do not belong together. Try again."
TOO_OFTEN: Final = "Too many attempts. Wait {wait}, then try again."
NOT_SIGNED_IN: Final = "Nobody is signed in here. Open {address} in a browser first."
NOT_BY_PROXY: Final = "The proxy in front of this page did not say who you are. Sign in there."

NO_USERS_FILE: Final = (
    "{path} cannot be read: {reason}. `footnote users add NAME --users {path}` makes it."
)
NO_USERS: Final = "{path} names nobody. Add somebody with `footnote users add NAME --users {path}`."
WRONG_LINE: Final = (
    "{path}:{line}: a line has to be NAME:HASH, as `footnote users add NAME` writes it."
)
WRONG_HASH: Final = "{path}:{line}: what stands after the name is no argon2 hash."
TWICE: Final = "{path}:{line}: {user} stands in line {first} already; that one counts."
NOT_UTF8: Final = "{path} is not UTF-8 text."
NOT_WRITTEN: Final = "{path} cannot be written: {reason}."
WRONG_NAME: Final = (
    "{name!r} cannot be a name: use up to {most} letters, digits and the signs . _ - + @"
)
SHORT_PASSWORD: Final = "A password has {least} characters at least, and {most} at most."  # noqa: S105
UNKNOWN_USER: Final = "{path} does not name {user}."
PROXY_ALONE: Final = (
    "--proxy-header needs --trusted-proxy ADDRESS: anybody else could send that header as well."
)
TWO_WAYS: Final = "Give either --users or --proxy-header: who is it that says who people are?"
NO_HEADER: Final = "--proxy-header {name!r} is not the name of a header."
ADDED_USER: Final = "{user} may sign in now, with `footnote serve --users {path}`."
CHANGED_USER: Final = "{user} has a new password; whoever was signed in with the old one is not."
REMOVED_USER: Final = "{user} may not sign in any more, and is signed out."
NO_USERS_YET: Final = "{path} names nobody yet."
ASK_PASSWORD: Final = "Password: "  # noqa: S105
ASK_AGAIN: Final = "The same again: "
NOT_THE_SAME: Final = "The two passwords are not the same. Nothing was changed."
NO_KEY: Final = "{path}, which signs sign-ins, cannot be read or written: {reason}."

ADD: Final = "Add papers"
ADD_LINK: Final = "Add"
ADD_LEAD: Final = (
    "Saved Daily Papers pages, JSON, JSON Lines, CSV or TSV with the columns title and abstract. "
    "Each paper is checked; what cannot be used is told with its line, and the rest is added."
)
FILES: Final = "Files"
LIMITS: Final = "Up to {files} files, {size} together."
SEND: Final = "Add to the shelf"
SENDING: Final = "Sending …"
LOST: Final = "The server could not be reached. What it has is kept; try again."
QUEUE_FULL: Final = "Others are adding papers at this moment. Wait a little, then try again."
GONE: Final = "This is not known any more; papers that were added are on the shelf."
STATES: Final = {
    "waiting": "Waiting: others are adding papers …",
    "reading": "Reading …",
    "indexing": "Indexing …",
    "done": "Done",
    "failed": "Not finished",
    "stopped": "Stopped",
}
NOTHING_ADDED: Final = "Nothing could be added"
READ_SO_FAR: Final = "{records} read"
INDEXED_SO_FAR: Final = "{done} of {total} indexed"
COUNTS: Final = {
    "new": "New",
    "changed": "Changed",
    "unchanged": "Unchanged",
    "duplicates": "Duplicates",
    "rejected": "Rejected",
}
REJECTED: Final = "What was rejected, and why"
MORE_FAULTS: Final = "and {count} more"
ASK_THEM: Final = "Ask about them"
ASK_NOW: Final = "Ask the shelf"
ADD_MORE: Final = "Add more"
RELOAD: Final = "This page looks again by itself."
FILES_SENT: Final = "From"
