"""The log: a line a request, with a reference for what went wrong, and no texts or keys."""

import io
import json
import logging
import sys

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ui.server import incidents, logs
from ui.server.request_ids import RequestIds
from ui.server.requests import Observed, Routed, Seen

SECRET = "fn_0a1b2c3d_" + "aB3" * 13 + "x"


class Written:
    """Everything so far."""

    def __init__(self, capsys):
        self.capsys, self.text = capsys, ""

    def getvalue(self):
        self.text += self.capsys.readouterr().err
        return self.text


@pytest.fixture
def stderr(capsys):
    """What is written there; logging is as before afterwards."""
    names = (logs.NAME, logs.REQUESTS, incidents.NAME)
    before = logging.getLogRecordFactory()
    kept = {name: (list(logging.getLogger(name).handlers), logging.getLogger(name).propagate,
                   logging.getLogger(name).level) for name in names}  # fmt: skip
    for name in names:
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = [], True
    yield Written(capsys)
    logging.setLogRecordFactory(before)
    for name, (handlers, propagates, level) in kept.items():
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = handlers, propagates
        logger.setLevel(level)


def client():
    app = FastAPI()

    @app.get("/papers/{paper_id}")
    async def paper(paper_id: str):
        return paper_id

    @app.get("/healthz")
    async def healthz():
        return {}

    @app.get("/breaks")
    async def breaks():
        incidents.note(ValueError(f"{SECRET} of Mara"))
        raise RuntimeError

    app.add_middleware(Routed)
    app.add_middleware(Observed, told=(logs.requested,))
    app.add_middleware(RequestIds)
    return TestClient(app, raise_server_exceptions=False)


def lines(stderr):
    return [json.loads(line) for line in stderr.getvalue().splitlines()]


def test_a_request_is_one_line_of_json(stderr):
    logs.log_to_stderr("json")
    response = client().get("/papers/otters?q=why+do+they+swim", headers={"x-request-id": "abc"})

    (line,) = lines(stderr)
    assert response.status_code == 200
    assert line["level"] == "INFO"
    assert line["logger"] == "footnote.requests"
    assert line["request_id"] == "abc"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/papers/{paper_id}", 200)
    assert (line["surface"], line["principal"], line["whole"]) == ("pages", "", True)
    assert 0 < line["ms"] < 5000
    assert line["time"].startswith("20")


@pytest.mark.parametrize("form", ["text", "json"])
def test_neither_paths_nor_what_is_asked_are_written(stderr, form):
    logs.log_to_stderr(form)
    client().get("/papers/otters?q=why+do+they+swim")
    client().get("/nowhere/otters", headers={"authorization": f"Bearer {SECRET}"})

    written = stderr.getvalue()
    assert len(written.splitlines()) == 2
    assert "otters" not in written
    assert "swim" not in written
    assert SECRET[12:] not in written


def test_a_line_of_text_says_the_same(stderr):
    logs.log_to_stderr()
    client().get("/papers/otters", headers={"x-request-id": "abc"})

    assert "INFO footnote.requests GET /papers/{paper_id} 200 " in stderr.getvalue()
    assert stderr.getvalue().endswith(" ms - [abc]\n")


@pytest.mark.parametrize(("form", "shown"), [("text", 1), ("json", 2)])
def test_on_a_terminal_what_went_well_is_not_shown(stderr, monkeypatch, form, shown):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    logs.log_to_stderr(form)
    client().get("/papers/otters")
    logs.requested(Seen("GET", "pages", "/readyz", status=503, is_whole=True))

    written = sys.stderr.getvalue().splitlines()
    assert len(written) == shown
    assert "503" in written[-1]


def test_an_incident_is_a_line_with_its_reference_and_its_request(stderr):
    logs.log_to_stderr("json")
    client().get("/breaks", headers={"x-request-id": "abc"})

    incident, request = lines(stderr)
    assert incident["level"] == "ERROR"
    assert len(incident["incident"]["reference"]) == 8
    assert incident["incident"]["kind"] == "ValueError"
    assert incident["request_id"] == request["request_id"] == "abc"
    assert request["status"] == 500
    assert "Mara" not in stderr.getvalue()
    assert "Traceback" not in stderr.getvalue()


def test_a_key_in_any_line_of_ours_is_cut_out(stderr):
    logs.log_to_stderr("json")
    logging.getLogger("footnote.anything").error("sent with %s", SECRET)

    assert lines(stderr)[0]["message"] == "sent with fn_0a1b2c3d_…"


def test_checks_by_machines_are_not_written_unless_they_fail(stderr):
    logs.log_to_stderr("json")
    client().get("/healthz")
    logs.requested(Seen("GET", "pages", "/readyz", status=503, is_whole=True))

    assert [line["route"] for line in lines(stderr)] == ["/readyz"]


def test_who_leaves_early_is_marked(stderr):
    logs.log_to_stderr()
    logs.requested(Seen("GET", "chat", "/", principal="user mara", status=200))

    assert stderr.getvalue().endswith("user mara (left)\n")


def test_a_name_cannot_begin_a_line_of_its_own(stderr):
    logs.log_to_stderr()
    logs.requested(Seen("GET", "chat", "/", principal="user a\nERROR b\r", status=200))

    assert len(stderr.getvalue().splitlines()) == 1


def test_beginning_twice_writes_each_line_once(stderr):
    logs.log_to_stderr()
    incidents.log_to_stderr()
    logs.log_to_stderr("json")
    incidents.note(ValueError())

    assert len(lines(stderr)) == 1
