"""What Slack calls the parts of this app; the app's manifest says the same."""

from __future__ import annotations

from typing import Final

PLATFORM: Final = "slack"
COMMAND: Final = "/footnote"
CHECK: Final = "check_message"  # the shortcut of a message
EVIDENCE: Final = "evidence"  # a button; its number follows behind a colon
EXPORT: Final = "export_bibtex"
FEEDBACK: Final = "feedback"
COMPLAINT: Final = "complaint"  # the modal that asks for a reason
REASON: Final = "reason"
NOTE: Final = "note"
EVENTS_ADDRESS: Final = "/slack/events"
RULES_FILE: Final = "slack.toml"
