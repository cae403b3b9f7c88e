"""An API that everybody may use, over an engine that acts or a real one."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

from rag.build import Application
from rag.config import Settings
from ui.answer_log import AnswerLog
from ui.api.admission import Admission
from ui.api.callers import Callers, People
from ui.api.gate import Gate
from ui.api.services import Api
from ui.conversation import Conversations
from ui.server.audit import Audit
from ui.server.key_store import Keys
from ui.server.key_use import KeyUse
from ui.server.recording import Recorder
from ui.server.services import Services

# pytest makes the doubles of another folder known only where that folder's tests run as well.
sys.path.append(str(Path(__file__).parents[1] / "web"))
from acting import Papers

LEFT_OPEN = ExitStack()  # closed when a module's tests have run
EVERYBODY = People(owner_of=lambda _: "", is_operator=lambda _: True)


class OpenGate(Gate):
    """A real one of a lone user, who is whoever asks: no keys were created, nothing is limited."""

    def __init__(self, home=None):
        self.keys = Keys(Path(home or tempfile.mkdtemp(prefix="footnote-keys-")))
        LEFT_OPEN.callback(self.keys.close)
        super().__init__(Callers(self.keys, EVERYBODY, is_alone=True), Admission(KeyUse(self.keys)))


def api_over(engine, *papers, home=None, gate=None, jobs=None, application=None):
    """Everything the routers take, with records and conversations in a folder of their own.

    Without an `application` its shelf is the double of `tests/web/acting.py`, so that what adds
    and removes papers needs a real one.
    """
    home = Path(home or tempfile.mkdtemp(prefix="footnote-api-"))
    shelf = application.shelf if application else Papers(*papers)
    log, conversations = AnswerLog(home), Conversations(home)
    LEFT_OPEN.callback(log.close)
    LEFT_OPEN.callback(conversations.close)
    recorder = Recorder(log, keeps_texts=True)
    services = Services(engine, shelf, conversations=conversations, recorder=recorder)
    whole = application or Application(Settings(home=home), shelf, None, None, engine, None)
    jobs, audit = jobs or SimpleNamespace(), Audit(home)
    return Api(services, gate or OpenGate(home), whole, log, jobs, audit)
