"""The parts of a server, one by one: each gives what the part gives that it stands for."""

import asyncio
import io
import json
from contextlib import ExitStack, aclosing, closing, contextmanager

import pytest
from acting import DOUGH, TIDES, Acting, cited
from fastapi import FastAPI, Request
from opened import api_over
from owning import owning
from serving_api import served_api
from starlette.responses import JSONResponse, Response

from rag.errors import FootnoteError, PaperNotFoundError, QuestionError
from rag.ingest import Progress
from rag.types import Completed, Delta, Fault, Published, Range, Retrieved, Scope, Turn
from ui.api.native_application import native_application
from ui.remote import adding, shelf
from ui.remote.checking import RemoteVerifier
from ui.remote.connection import ROOT, Connection
from ui.remote.engine import RemoteEngine
from ui.remote.server import Server
from ui.remote.shelf import RemoteShelf
from ui.server.asking import Recorded
from ui.server.wire import framed

SCOPE = Scope(
    paper_ids=("tides", "dough"),
    since=Published(2025, 10),
    until=Published(2025, 11, 2),
    organization="Harbour",
    source="page.txt",
    dating="possible",
    authors=("Mara Lindqvist",),
    author_count=Range(1, 9),
    upvotes=Range(least=3),
)
TURNS = (Turn("user", "What is it?"), Turn("assistant", "A net. [1]"))


@pytest.fixture
def engine():
    return Acting()


@pytest.fixture
def served(engine):
    """A connection to our own API over an engine that acts, and a shelf of two papers."""
    api = api_over(engine, TIDES, DOUGH)
    with connected(native_application(api)) as connection:
        yield connection


@contextmanager
def connected(app):
    """A connection to an application that stands for our API."""
    with ExitStack() as stack:
        server = Server(stack.enter_context(served_api({ROOT: app})))
        yield stack.enter_context(closing(Connection(server)))


@contextmanager
def beside(home):
    """A connection to a server over a real shelf, and that shelf."""
    with owning(home) as server, closing(Connection(Server(server.address, server.key))) as one:
        yield one, server.application.shelf


async def everything(events):
    return [event async for event in events]


async def test_the_events_are_those_of_the_engine(served, engine):
    assert await everything(RemoteEngine(served).stream("Floods?")) == await everything(
        engine.stream("Floods?")
    )


async def test_the_engine_is_asked_just_what_was_asked_here(served, engine):
    await RemoteEngine(served).ask("Floods?", TURNS, SCOPE)

    assert engine.asked == [("Floods?", TURNS, SCOPE)]


async def test_the_finished_answer_is_the_engines(served):
    assert await RemoteEngine(served).ask("Floods?") == cited("Floods?")


async def test_a_refusal_comes_as_one(served):
    answer = await RemoteEngine(served).ask("Please refuse")

    assert answer.refusal.kind == "not-on-shelf"
    assert answer.refusal.nearest == (DOUGH,)


async def test_a_failure_after_the_first_sentence_is_raised_after_it(served):
    seen = []

    async def listen():
        async for event in RemoteEngine(served).stream("Please fail"):
            seen.append(type(event))

    with pytest.raises(FootnoteError, match="Something went wrong here") as failed:
        await listen()

    assert seen == [Retrieved, Delta]
    assert "sk-123" not in str(failed.value)


async def test_leaving_the_stream_ends_it_on_the_server(served, engine):
    async with aclosing(RemoteEngine(served).stream("Please hang")) as events:
        async for event in events:
            if isinstance(event, Delta):
                break

    async with asyncio.timeout(5):
        while not engine.closed:  # noqa: ASYNC110  (it is closed in another thread)
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        framed(Retrieved(())),
        framed(Delta("Half an")) + b"event: completed\ndata: {",
    ],
)
async def test_a_stream_without_its_end_is_no_answer(body):
    app = FastAPI()

    @app.post("/answers")
    async def answers():
        return Response(body, media_type="text/event-stream")

    broken = pytest.raises(FootnoteError, match="broke off before its end")
    with connected(app) as connection, broken:
        await RemoteEngine(connection).ask("Why?")


async def test_an_answer_without_a_record_is_an_answer():
    whole = Completed(cited("Why?"))
    app = FastAPI()

    @app.post("/answers")
    async def answers(request: Request):
        assert (await request.json())["stream"] is True
        return Response(b": ping\n\n" + framed(whole) + framed(Recorded("", 0.1)))

    with connected(app) as connection:
        assert await RemoteEngine(connection).ask("Why?") == whole.answer


def test_a_question_that_cannot_be_asked_is_a_question_error(home):
    too_long = pytest.raises(QuestionError, match="4,000 is the most")
    with beside(home) as (connection, _), too_long:
        asyncio.run(RemoteEngine(connection).ask("why " * 2000))


def test_more_papers_than_a_page_holds_are_listed(home, monkeypatch):
    monkeypatch.setattr(shelf, "PAGE", 2)
    with beside(home) as (connection, theirs):
        ours = RemoteShelf(connection)

        assert ours.find() == theirs.find()
        assert ours.find(limit=3, offset=1, sort="title") == theirs.find(
            limit=3, offset=1, sort="title"
        )
        assert ours.find(Scope(organization="harbour")) == theirs.find(
            Scope(organization="harbour")
        )
        assert ours.find(limit=0) == []
        ids = [paper.id for paper in reversed(theirs.find())]
        assert ours.papers(["nothing", *ids]) == theirs.papers(["nothing", *ids])
        assert ours.count() == theirs.count() == 6
        assert ours.statistics() == theirs.statistics()
        assert ours.embedding() == str(theirs.embedding())


def test_papers_are_found_by_what_people_call_them_and_removed(home):
    with beside(home) as (connection, theirs):
        ours = RemoteShelf(connection)

        paper = ours.resolve("slow-dough")
        assert paper == theirs.resolve("slow-dough")
        assert ours.remove([paper.id, "a/b c?d", "nothing"]) == [paper.id]
        with pytest.raises(PaperNotFoundError, match="is called 'slow-dough'"):
            ours.resolve("slow-dough")


def test_a_filter_that_cannot_be_asked_for_is_not_left_out(served):
    with pytest.raises(FootnoteError, match="cannot list papers by this filter"):
        RemoteShelf(served).find(Scope(dating="none"))


def test_a_sentence_is_checked_beside_any_paper(home):
    with beside(home) as (connection, _):
        verdicts = RemoteVerifier(connection).check("TideNet looks 36 hours ahead.", [TIDES, DOUGH])

    assert [one.label for one in verdicts] == ["supported", "unsupported"]


class Taking:
    """A server that takes files and says that it has added them."""

    def __init__(self, **finished):
        self.lots, self.app, self.is_full = [], FastAPI(), False
        counts = {"records": 1, "new": 1, "changed": 0, "unchanged": 0, "duplicates": 0}
        self.job = {
            "id": "a-job",
            "state": "done",
            "done": 1,
            "total": None,
            "rejected": 0,
            "faults": [],
            "counts": counts,
            "error": "",
            **finished,
        }
        self.app.post("/papers/upload")(self.take)
        self.app.get("/jobs/a-job/events")(self.events)

    async def take(self, request: Request):
        if self.is_full:
            self.is_full = False
            body = {"error": {"message": "Later.", "code": "busy"}}
            return JSONResponse(body, 503, headers={"retry-after": "1"})
        async with request.form() as form:
            self.lots.append([(one.filename, await one.read()) for one in form.getlist("files")])
        return JSONResponse(self.job, 202)

    async def events(self):
        going = json.dumps(self.job | {"state": "reading"})
        over = json.dumps(self.job)
        text = f"event: progress\ndata: {going}\n\nevent: finished\ndata: {over}\n\n"
        return Response(text, media_type="text/event-stream")


def added(taking, *paths):
    heard = []
    with connected(taking.app) as connection:
        return adding.add(connection, [str(one) for one in paths], heard.append), heard


def test_many_files_are_sent_by_the_lot(tmp_path, monkeypatch):
    monkeypatch.setattr(adding, "MOST_FILES", 2)
    monkeypatch.setattr(adding, "MOST_BYTES", 10)
    for name, size in (("a", 1), ("b", 1), ("c", 1), ("d", 9), ("e", 2), ("f", 11)):
        (tmp_path / name).write_bytes(b"x" * size)
    taking = Taking()

    report, heard = added(taking, tmp_path)

    assert [[name for name, _ in lot] for lot in taking.lots] == [["a", "b"], ["c", "d"], ["e"]]
    assert taking.lots[1] == [("c", b"x"), ("d", b"x" * 9)]
    assert report.records == report.new == 3
    (fault,) = report.faults
    assert fault.source == "f"
    assert "a running server takes 99 MB at once" in fault.reason
    assert [one for one in heard if isinstance(one, Progress)] == [
        Progress(1, None),
        Progress(2, None),
        Progress(3, None),
    ]


def test_a_name_in_any_script_arrives_whole(tmp_path):
    (tmp_path / "Übersicht 论文.jsonl").write_text("x")
    taking = Taking()

    added(taking, tmp_path)

    assert taking.lots[0][0][0] == "Übersicht 论文.jsonl"


def test_a_server_that_is_full_gets_the_whole_files_later(tmp_path):
    (tmp_path / "a").write_bytes(b"whole")
    taking = Taking()
    taking.is_full = True

    report, _ = added(taking, tmp_path)

    assert taking.lots == [[("a", b"whole")]]
    assert report.new == 1


def test_a_fault_is_told_once_and_those_that_are_not_told_are_counted(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    fault = {"source": "a", "line": 3, "reason": "There is no title."}

    report, heard = added(Taking(faults=[fault], rejected=12), tmp_path)

    assert heard.count(Fault("a", 3, "There is no title.")) == 1
    assert report.faults == (Fault("a", 3, "There is no title."),)
    assert report.rejected == 12


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("failed", "It broke."), ("stopped", "Somebody called this off on the server. It broke.")],
)
def test_a_job_that_does_not_come_to_its_end_is_told_why(tmp_path, state, sentence):
    (tmp_path / "a").write_bytes(b"x")

    with pytest.raises(FootnoteError) as failed:
        added(Taking(state=state, error="It broke.", counts=None), tmp_path)

    assert str(failed.value) == sentence


def test_a_server_that_ends_meanwhile_is_told_to_go_on_later(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    taking = Taking()
    taking.job["state"] = "reading"
    taking.events = None
    app = FastAPI()
    app.post("/papers/upload")(taking.take)

    @app.get("/jobs/a-job/events")
    async def events():
        return Response(f"event: progress\ndata: {json.dumps(taking.job)}\n\n")

    taking.app = app
    with pytest.raises(FootnoteError, match="goes on by itself when it is started again"):
        added(taking, tmp_path)


def test_a_file_that_cannot_be_read_is_a_fault_and_the_others_are_sent(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"x")
    taking = Taking()

    report, heard = added(taking, tmp_path / "missing", tmp_path / "a")

    assert [fault.reason for fault in report.faults] == [
        "There is no such file or folder; check the path."
    ]
    assert report.faults[0] in heard
    assert len(taking.lots) == 1


def test_nothing_is_sent_where_there_is_nothing_to_send(tmp_path):
    taking = Taking()

    report, _ = added(taking, tmp_path / "missing")

    assert taking.lots == []
    assert (report.records, report.rejected) == (0, 1)


def test_a_connection_reads_what_standard_input_held(monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"lines")))
    taking = Taking()

    added(taking, "-")

    assert taking.lots == [[("standard input", b"lines")]]
