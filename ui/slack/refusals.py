"""What the doctor says where Slack does not take a token: why, and where to click."""

from __future__ import annotations

from typing import Final

from ui.slack import doctor_texts as said
from ui.slack.findings import Finding, wrong
from ui.slack.secret_forms import BOT, WHERE
from ui.slack.workspaces import code_of, refused

CLICKS: Final = {"socket_mode_not_enabled": said.ENABLE_SOCKET}


def refusal(error: BaseException, setting: str) -> Finding:
    """Of the token in this setting; where Slack was not reached, nothing is said against it."""
    sentence = str(refused(error, "bot's" if setting == BOT else "app's"))
    code, it_stands = code_of(error), said.IT_STANDS.format(where=WHERE[setting])
    return wrong(sentence, CLICKS.get(code, it_stands) if code else said.PROXY)
