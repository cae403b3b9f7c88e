"""Adding papers in the browser: what arrives, what is refused, and what becomes of it."""

import io
import threading
import time
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.testclient import TestClient

from rag.errors import FootnoteError
from rag.ingest import Progress, Report
from rag.loaders import find_sources
from rag.types import Fault
from ui.server import receiving
from ui.server.in_pieces import InPieces
from ui.server.jobs import FOLDER, MOST_OPEN, Jobs, StoppedError
from ui.server.receiving import safe_name, safe_path
from ui.web import add_page
from ui.web.access import Access

PAPER = b'{"title": "Moss", "abstract": "Moss remembers rain."}\n'
JSON = {"accept": "application/json"}


def read(source):
    with source.open() as file:
        return file.read()


class Shelf:
    """Adds whatever it is given, when it is let; notes what it was given."""

    def __init__(self):
        self.lots, self.at_once, self.most_at_once = [], 0, 0
        self.go_on = threading.Event()
        self.go_on.set()
        self.error = None
        self.faults = ()
        self.takes_any = True

    def add(self, paths, listener, check):
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            return self._added(paths, listener)
        finally:
            self.at_once -= 1

    def _added(self, paths, listener):
        self.lots.append([(one.name, read(one)) for one in find_sources(paths)])
        listener(Progress(len(paths), None))
        for fault in self.faults:
            listener(fault)
        while not self.go_on.wait(0.01):
            listener(Progress(0, len(paths)))
        if self.error:
            raise self.error
        new = len(paths) if self.takes_any else 0
        return Report(len(paths), new, 0, 0, 0, tuple(self.faults), 0.1)


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def visited(shelf, tmp_path):
    """A browser, so to speak; who its user is, `x-user` says."""
    jobs = Jobs(shelf.add, tmp_path)

    @asynccontextmanager
    async def lifespan(_):
        async with jobs:
            yield

    app = FastAPI(lifespan=lifespan)
    app.include_router(add_page.router(jobs))

    async def name(request, call_next):
        request.state.user = request.headers.get("x-user")
        return await call_next(request)

    app.add_middleware(BaseHTTPMiddleware, dispatch=name)
    with TestClient(app, follow_redirects=False) as client:
        client.jobs = jobs
        yield client


def send(client, *files, **options):
    parts = [("files", (name, content)) for name, content in files]
    return client.post("/add", files=parts, **options)


def finished(client, response, **headers):
    for _ in range(200):
        job = client.get(response.headers["location"], headers=JSON | headers).json()
        if job["finished"]:
            return job
        time.sleep(0.02)
    raise AssertionError(job)


def kept(tmp_path):
    return list((tmp_path / FOLDER).rglob("*.*"))


def test_files_are_added_under_their_names_and_leave_nothing_behind(visited, shelf, tmp_path):
    response = send(visited, ("a.jsonl", PAPER), ("b/page 1.txt", b"x"), ("a.jsonl", b"other"))

    assert response.status_code == 303
    assert finished(visited, response)["state"] == "done"
    assert shelf.lots == [[("a.jsonl", PAPER), ("b/page 1.txt", b"x"), ("a.jsonl", b"other")]]
    assert kept(tmp_path) == []


def test_the_result_counts_and_tells_each_fault_with_its_line(visited, shelf):
    shelf.faults = (Fault("a.jsonl", 2, "There is no <abstract>."), Fault("b.pdf", None, "A PDF."))
    response = send(visited, ("a.jsonl", PAPER))
    finished(visited, response)

    page = visited.get(response.headers["location"]).text

    assert "<dt>New</dt><dd>1</dd>" in page
    assert "<dt>Rejected</dt><dd>2</dd>" in page
    assert "<li>a.jsonl:2: There is no &lt;abstract&gt;.</li><li>b.pdf: A PDF.</li>" in page
    assert "refresh" not in page


def test_a_lot_of_which_nothing_can_be_used_is_not_called_done(visited, shelf):
    shelf.takes_any, shelf.faults = False, (Fault("b.pdf", None, "A PDF."),)
    response = send(visited, ("b.pdf", b"%PDF"))

    assert finished(visited, response)["sentence"] == "Nothing could be added"
    page = visited.get(response.headers["location"]).text
    assert '<p class="state failed" role="status">Nothing could be added</p>' in page
    assert '<a href="/">Ask the shelf</a>' in page


def test_papers_of_one_file_are_asked_about_alone(visited):
    one = send(visited, ("a&b.jsonl", PAPER))
    two = send(visited, ("a.jsonl", PAPER), ("b.jsonl", PAPER))
    finished(visited, one)
    finished(visited, two)

    page = visited.get(one.headers["location"]).text
    assert '<a href="/?source=a%26b.jsonl">Ask about them</a>' in page
    assert '<a href="/">Ask the shelf</a>' in visited.get(two.headers["location"]).text


def test_how_far_it_is_can_be_followed_with_a_script_and_without(visited, shelf):
    shelf.go_on.clear()
    response = send(visited, ("a.jsonl", PAPER))
    where = response.headers["location"]
    for _ in range(100):
        job = visited.get(where, headers=JSON).json()
        if job["state"] == "indexing":
            break
        time.sleep(0.02)

    assert job["sentence"] == "Indexing … 0 of 1 indexed"
    page = visited.get(where)
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page.text
    assert page.headers["cache-control"] == "no-store"
    shelf.go_on.set()
    assert finished(visited, response)["sentence"] == "Done"


def test_one_lot_is_added_after_the_other(visited, shelf):
    shelf.go_on.clear()
    responses = [send(visited, (f"{number}.jsonl", PAPER)) for number in range(3)]
    states = [
        visited.get(one.headers["location"], headers=JSON).json()["state"] for one in responses
    ]
    shelf.go_on.set()

    assert states[1:] == ["waiting", "waiting"]
    assert {finished(visited, one)["state"] for one in responses} == {"done"}
    assert [lot[0][0] for lot in shelf.lots] == ["0.jsonl", "1.jsonl", "2.jsonl"]
    assert shelf.most_at_once == 1


def test_a_full_queue_says_so(visited, shelf):
    shelf.go_on.clear()
    responses = [send(visited, ("a.jsonl", PAPER)) for _ in range(MOST_OPEN)]

    refused = send(visited, ("a.jsonl", PAPER))

    assert refused.status_code == 503
    assert "Others are adding papers" in refused.text
    shelf.go_on.set()
    assert {finished(visited, one)["state"] for one in responses} == {"done"}
    assert send(visited, ("a.jsonl", PAPER)).status_code == 303


def test_nobody_sees_what_another_adds(visited):
    response = send(visited, ("a.jsonl", PAPER), headers={"x-user": "mara"})
    where = response.headers["location"]

    assert visited.get(where, headers={"x-user": "joao"}).status_code == 404
    assert visited.get(where).status_code == 404
    assert finished(visited, response, **{"x-user": "mara"})["state"] == "done"
    assert "not known any more" in visited.get("/add/no-such-lot").text


@pytest.mark.parametrize("is_told", [True, False])
def test_too_much_is_refused_with_a_sentence_and_nothing_is_kept(
    visited, shelf, tmp_path, monkeypatch, is_told
):
    monkeypatch.setattr(receiving, "MOST_BYTES", 2 << 20)
    body = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
    body += b"x" * (3 << 20) + b"\r\n--b--\r\n"
    content = body if is_told else iter([body[: 1 << 20], body[1 << 20 :]])

    response = visited.post(
        "/add", content=content, headers={"content-type": "multipart/form-data; boundary=b"}
    )

    assert response.status_code == 413
    assert "That is more than 2 MB together." in response.text
    assert shelf.lots == kept(tmp_path) == []
    assert send(visited, ("a.jsonl", PAPER)).status_code == 303, "its place is free again"


def test_too_many_files_are_refused(visited, shelf):
    response = send(visited, *((f"{number}.txt", b"x") for number in range(51)))

    assert response.status_code == 413
    assert "more than 50 files at once" in response.text
    assert shelf.lots == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"nonsense", "multipart/form-data; boundary=b"),
        (b"nonsense", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=b"),
    ],
)
def test_what_is_no_form_is_refused_with_a_sentence(visited, shelf, content, kind):
    response = visited.post("/add", content=content, headers={"content-type": kind})

    assert response.status_code == 400
    assert 'role="alert"' in response.text
    assert shelf.lots == []


def test_a_form_without_a_file_says_so(visited):
    response = visited.post("/add", files=[("files", ("", b""))])

    assert response.status_code == 400
    assert "No file was chosen." in response.text


def test_an_error_is_told_and_what_was_read_is_kept(visited, shelf, tmp_path):
    shelf.error = FootnoteError("The embedding model cannot be reached.")
    response = send(visited, ("a.jsonl", PAPER))

    assert finished(visited, response)["state"] == "failed"
    page = visited.get(response.headers["location"]).text
    assert "The embedding model cannot be reached. What was read so far is kept" in page
    assert kept(tmp_path) == []


def test_an_unforeseen_error_is_a_sentence_with_a_reference_and_the_next_lot_is_added(
    visited, shelf
):
    shelf.error = RuntimeError("a secret sk-123")
    response = send(visited, ("a.jsonl", PAPER))
    finished(visited, response)

    page = visited.get(response.headers["location"]).text
    shelf.error = None

    assert "sk-123" not in page
    assert "reference" in page
    assert finished(visited, send(visited, ("b.jsonl", PAPER)))["state"] == "done"


def test_encoding_stops_between_a_few_papers_and_encodes_all_in_order():
    class Encoder:
        def encode(self, papers):
            assert len(papers) <= 4
            return [f"encoded {one}" for one in papers]

    calls = []
    assert InPieces(Encoder(), lambda: calls.append(1)).encode(list("abcdefghi")) == [
        f"encoded {one}" for one in "abcdefghi"
    ]
    assert len(calls) == 3

    def stop():
        raise StoppedError

    with pytest.raises(StoppedError):
        InPieces(Encoder(), stop).encode(["a"])


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("a.jsonl", "a.jsonl"),
        ("../../etc/passwd", "passwd"),
        ("C:\\papers\\a.csv", "a.csv"),
        ("a\x00b\n.txt", "ab.txt"),
        ("\u202etxt.exe", "txt.exe"),
        ("", "file"),
        (None, "file"),
        ("..", "file"),
        ("é" * 200 + ".jsonl", "é" * 60 + ".jsonl"),
    ],
)
def test_a_name_is_only_a_name(sent, name):
    assert safe_name(sent) == name


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ("2025/october/a.jsonl", "2025/october/a.jsonl"),
        ("a.jsonl", "a.jsonl"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("a/./b//c\x00/d.csv", "a/b/d.csv"),
        ("C:\\papers/.hidden/a.csv", "a.csv"),
        ("papers/.a.csv", ".a.csv"),
        ("/".join("abcdefghijk"), "c/d/e/f/g/h/i/j/k"),
        ("", "file"),
    ],
)
def test_a_name_tells_of_plain_folders_and_leads_nowhere_else(sent, path):
    assert str(safe_path(sent)) == path


@pytest.mark.parametrize(
    ("said", "host", "may"),
    [
        (Access(), "127.0.0.1", True),
        (Access(), "0.0.0.0", False),  # noqa: S104
        (Access(upload=False), "127.0.0.1", False),
        (Access(upload=True), "0.0.0.0", True),  # noqa: S104
        (Access(proxy_header="X", trusted_proxies=("::1",)), "127.0.0.1", False),
    ],
)
def test_papers_are_added_where_the_operator_allows_it(said, host, may):
    assert said.may_add(host) is may


def test_a_large_file_arrives_as_it_was_sent(visited, shelf):
    content = bytes(range(256)) * 20_000
    response = visited.post("/add", files=[("files", ("a.bin", io.BytesIO(content)))])

    finished(visited, response)

    assert shelf.lots == [[("a.bin", content)]]
