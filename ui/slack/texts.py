"""The English texts of the bot's messages on Slack; in braces is what is filled in."""

from __future__ import annotations

from typing import Final

from ui.answer_log import Reason

SOURCES: Final = "Sources"
NEAREST: Final = "The nearest papers"
MORE_SOURCES: Final = "and {papers}, which the exported file names"
RECORD: Final = "The paper’s record says so."
LABELS: Final = {
    "supported": "✓ supported",
    "weak": "◐ weakly supported",
    "unsupported": "✗ not supported",
}
SHOW_EVIDENCE: Final = "Show evidence [{number}]"
EXPORT: Final = "Export BibTeX"
EVIDENCE: Final = "Evidence [{number}]"
NO_ABSTRACT: Final = "There is no abstract."
OPEN_PAPER: Final = "Open the paper"
BIBTEX: Final = "BibTeX"
CLOSE: Final = "Close"
GOOD: Final = "Good answer"
BAD: Final = "Bad answer"
WHAT_IS_WRONG: Final = "What is wrong with it?"
REASONS: Final[dict[Reason, str]] = {
    "wrong-citation": "A source does not say that",
    "not-answered": "It does not answer my question",
    "out-of-date": "It is out of date",
    "other": "Something else",
}
IN_OTHER_WORDS: Final = "In your words"
SEND: Final = "Send"
CANCEL: Final = "Cancel"
REST: Final = "… The whole answer is in the file below."
REST_LOST: Final = "… The rest was too long to be shown."
CHECKING: Final = "Checking each sentence against the shelf …"
NEAREST_TO_IT: Final = " · the nearest paper is "
CHECKED: Final = "Checked against the shelf: {counts}"
ANSWER: Final = "Footnote’s answer"
SEVERAL: Final = {
    "supported": "{n} supported",
    "weak": "{n} weak",
    "unsupported": "{n} not supported",
}
SOMEBODY: Final = "somebody"
SOME_CHANNEL: Final = "a channel"
NO_TOKENS: Final = (
    "There is no {missing}. Set the bot's token (xoxb-…) as FOOTNOTE_SLACK_BOT_TOKEN and the "
    "app's (xapp-…) as FOOTNOTE_SLACK_APP_TOKEN; `footnote slack doctor` says where they stand."
)
IS_SERVED: Final = (
    "With FOOTNOTE_SLACK_SIGNING_SECRET and without FOOTNOTE_SLACK_APP_TOKEN the bot answers over "
    "HTTP: start `footnote serve`."
)
HALF_SET: Final = (
    "FOOTNOTE_SLACK_SIGNING_SECRET is set, and FOOTNOTE_SLACK_BOT_TOKEN is not. Set the bot's "
    "token (xoxb-…) as well, or take the secret away: without it nothing is listened to."
)
NOT_INSTALLED: Final = (
    "The bot needs parts that are not installed. Install them with `uv sync --extra slack`, or "
    "`pip install 'footnote[slack]'`."
)
NOT_INSTALLED_THERE: Final = (
    "Footnote is not installed in this workspace any more, or this workspace may not use it. Ask "
    "whoever runs it."
)
NO_SLACK: Final = "Slack could not be reached: {reason}. Check the connection and try again."
REFUSED: Final = {
    "invalid_auth": "Slack does not know the {what} token; copy it again from the app's page.",
    "not_authed": "Slack does not know the {what} token; copy it again from the app's page.",
    "token_revoked": "The {what} token was revoked; install the app again and copy the new one.",
    "token_expired": "The {what} token has expired; install the app again and copy the new one.",
    "account_inactive": "The app is no longer installed in this workspace; install it again.",
    "not_allowed_token_type": (
        "That is another kind of token. The bot's begins with xoxb-, the app's with xapp-."
    ),
    "missing_scope": "The {what} token lacks a scope that the bot needs; see the setup page.",
    "socket_mode_not_enabled": "Turn Socket Mode on, on the app's page under Settings.",
}
REFUSED_OTHERWISE: Final = "Slack refused the {what} token: {error}."
NO_ANSWER: Final = "it did not answer in time"
NO_NAME: Final = "its name was not found"
NO_CERTIFICATE: Final = "its certificate is not trusted here"
NO_CONNECTION: Final = "no connection came about"
IN_TROUBLE: Final = "it had trouble of its own"
AT_WORK: Final = "The bot is at work in {team} as @{name}. Stop it with Ctrl-C."
NOT_GENUINE: Final = "This request was not signed by Slack."
TOO_LARGE: Final = "That is too large for an event."
NO_REQUEST: Final = "That is no request of Slack that can be read."
