"""What both APIs need of the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.build import Application
from ui.answer_log import AnswerLog
from ui.api.gate import Gate
from ui.server.audit import Audit
from ui.server.services import Services

if TYPE_CHECKING:
    from ui.server.jobs import Jobs


@dataclass(frozen=True, slots=True)
class Api:
    """Handed to both applications.

    `services` is what the chat is served with as well, so that all wait in one queue; the
    `application` is there for what changes the shelf.
    """

    services: Services
    gate: Gate
    application: Application
    log: AnswerLog
    jobs: Jobs
    audit: Audit
