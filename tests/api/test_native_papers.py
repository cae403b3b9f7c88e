"""Papers over the native API: listed, read, searched, checked, exported, added and removed."""

import asyncio
import json
import threading
import time
from dataclasses import replace

import httpx
import opened
import pytest
from acting import DOUGH, TIDES, Acting
from native_client import client_of, mounted, sentence_of
from serving_api import served_api

from rag.build import build
from rag.config import Settings
from rag.ingest import Progress, Report, add
from rag.models.minilm import MiniLM
from rag.types import Fault, Verdict
from ui.server.jobs import MOST_OPEN, Jobs, adding
from ui.server.keys import Terms
from ui.server.wire import Reader, as_hit

RECORD = {
    "title": "Moss and Memory",
    "abstract": "Moss remembers rain for nine days. We test it.",
    "authors": ["Mara Lindqvist", "Joao Reis"],
    "organization": "Moss Institute",
    "published": "2025-10",
    "upvotes": 3,
    "arxiv": "2510.12345",
}


@pytest.fixture(scope="module")
def shelved(tmp_path_factory, home_with_graphs, sample):
    """A real shelf of six papers, that tests may add to."""
    home = home_with_graphs(tmp_path_factory.mktemp("native") / "home")
    papers = home / "six.jsonl"
    papers.write_text("".join(json.dumps(one) + "\n" for one in sample[:6]))
    with build(Settings(home=home)) as built:
        add([str(papers)], built.shelf, built.encoder, lambda _: None)
        yield built


@pytest.fixture
async def client(shelved, tmp_path):
    async with Jobs(adding(shelved.shelf, shelved.encoder), tmp_path) as jobs:
        api = opened.api_over(shelved.engine, home=tmp_path, jobs=jobs, application=shelved)
        async with client_of(api) as client:
            yield client


class Slow:
    """Adds nothing, for as long as it is held."""

    def __init__(self):
        self.go_on = threading.Event()
        self.faults = ()

    def add(self, paths, listener, check):
        listener(Progress(3, None))
        for fault in self.faults:
            listener(fault)
        while not self.go_on.wait(0.01):
            listener(Progress(1, 3))
        return Report(3, 3, 0, 0, 0, tuple(self.faults), 0.1)


@pytest.fixture
async def slow(tmp_path):
    """What adds slowly, and the API over it, with keys."""
    slow = Slow()
    async with Jobs(slow.add, tmp_path) as jobs:
        slow.gate = opened.OpenGate()
        slow.jobs = jobs
        slow.api = opened.api_over(Acting(), TIDES, DOUGH, gate=slow.gate, jobs=jobs)
        yield slow


def keyed(slow, *scopes):
    _, text = slow.gate.keys.create("a bot", Terms(scopes))
    return client_of(slow.api, headers={"authorization": f"Bearer {text}"})


async def finished(client, job):
    async with asyncio.timeout(20):
        while not job["finished"]:
            await asyncio.sleep(0.02)
            job = (await client.get(f"/jobs/{job['id']}")).json()
    return job


async def test_papers_are_listed_a_page_at_a_time(client, shelved):
    every = [one.id for one in shelved.shelf.find(sort="title")]

    pages = [
        (await client.get("/papers", params={"sort": "title", "limit": 4, "offset": at})).json()
        for at in (0, 4, 100)
    ]

    assert [one["id"] for page in pages for one in page["papers"]] == every
    assert {page["total"] for page in pages} == {len(every)}
    assert pages[2]["papers"] == []


async def test_filters_bar_what_they_should(client, sample):
    first = sample[0]
    listed = (await client.get("/papers")).json()["papers"]
    year = next(one["published"]["year"] for one in listed if one["title"] == first["title"])

    within = (await client.get("/papers", params={"since": year, "until": year})).json()["papers"]
    nobody = (await client.get("/papers", params={"author": ["Nobody At All"]})).json()
    some = (await client.get("/papers", params={"id": [listed[0]["id"], listed[2]["id"]]})).json()

    assert {one["published"]["year"] for one in within} == {year}
    assert (nobody["papers"], nobody["total"]) == ([], 0)
    assert [one["id"] for one in some["papers"]] == [listed[0]["id"], listed[2]["id"]]


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"offset": -1}, "offset"),
        ({"offset": 10**30}, "offset"),
        ({"sort": "newest"}, "sort"),
        ({"since": "soon"}, "soon"),
        ({"since": "2025", "until": "2024"}, "before it begins"),
        ({"organisation": "x"}, "organisation"),
        ({"least_upvotes": "many"}, "least_upvotes"),
        ({"organization": "x" * 201}, "organization"),
    ],
)
async def test_what_cannot_be_listed_is_said_in_a_sentence(client, params, place):
    response = await client.get("/papers", params=params)

    assert response.status_code == 422
    assert place in sentence_of(response)


async def test_a_paper_is_read_by_its_id_and_found_by_what_it_is_called(client, shelved):
    paper = shelved.shelf.find(limit=1)[0]

    read = await client.get(f"/papers/{paper.id}")
    meant = await client.get("/papers/meant", params={"name": paper.title.upper()})

    assert read.json() == meant.json()
    assert (read.json()["id"], read.json()["abstract"]) == (paper.id, paper.abstract)


@pytest.mark.parametrize(
    "odd", ["none", "%00", "a%2Fb", "%F0%9F%90%99", "..%2f..%2fetc", "x" * 200]
)
async def test_an_odd_id_is_no_paper(client, odd):
    for method, path in (("GET", ""), ("GET", "/export"), ("DELETE", "")):
        response = await client.request(method, f"/papers/{odd}{path}")
        assert response.status_code == 404
        assert sentence_of(response)


async def test_the_search_gives_hits_as_the_engine_does(client, shelved):
    paper = shelved.shelf.find(limit=1)[0]
    asked = {"query": paper.title, "limit": 3, "scope": {"paper_ids": [paper.id]}}

    found = (await client.post("/search", json=asked)).json()
    expected = await shelved.engine.search(paper.title, limit=3)

    assert [as_hit(one).paper for one in found["hits"]] == [paper]
    unscoped = (await client.post("/search", json={"query": paper.title, "limit": 3})).json()
    assert [as_hit(one) for one in unscoped["hits"]] == expected


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"query": " \n "}, "empty"),
        ({"query": "x" * 4001}, "4,000"),
        ({"query": "x", "limit": 1001}, "limit"),
        ({"query": "x", "top": 3}, "top"),
    ],
)
async def test_what_cannot_be_searched_for_is_said_in_a_sentence(client, asked, place):
    response = await client.post("/search", json=asked)

    assert response.status_code == 422
    assert place in sentence_of(response)


class Checker:
    """Finds whatever stands there word for word."""

    def check(self, sentence, papers):
        return [
            Verdict("supported" if sentence in one.abstract else "unsupported", probability=0.5)
            for one in papers
        ]


async def test_sentences_are_checked_beside_papers_of_the_shelf_and_beside_any_abstract(
    shelved, tmp_path
):
    paper = shelved.shelf.find(limit=1)[0]
    asked = [
        {"sentence": paper.abstract[:20], "paper_id": paper.id},
        {"sentence": "Moss sings.", "abstract": "Moss is silent.", "title": "Moss"},
    ]

    api = opened.api_over(
        shelved.engine, home=tmp_path, application=replace(shelved, verifier=Checker())
    )
    async with client_of(api) as client:
        found = (await client.post("/check", json={"sentences": asked})).json()

    assert [one["label"] for one in found["verdicts"]] == ["supported", "unsupported"]
    assert found["verdicts"][1] == {
        "label": "unsupported",
        "probability": 0.5,
        "reasons": [],
        "span": None,
        "sentence": "",
    }


def test_sentences_are_checked_by_the_models_that_answer(shelved):
    paper = shelved.shelf.find(limit=1)[0]
    asked = "Moss remembers rain for nine days."
    shelved.encoder.encode([(paper, ())])

    statements = shelved.encoder.for_statements()

    assert statements._model is shelved.encoder._model
    alone = MiniLM(shelved.settings.models, of_statements=True)
    assert (statements.encode_question(asked).vector == alone.encode_question(asked).vector).all()


async def test_the_real_verifier_says_why(client):
    abstract = "Moss remembers rain for nine days. We test it in a cold greenhouse."
    sentences = ["Moss remembers rain for nine days.", "Moss remembers rain for 30 days."]
    asked = [{"sentence": one, "abstract": abstract} for one in sentences]

    right, wrong = (await client.post("/check", json={"sentences": asked})).json()["verdicts"]

    assert (right["label"], right["sentence"]) == ("supported", sentences[0])
    assert wrong["label"] != "supported"
    assert wrong["reasons"]


@pytest.mark.parametrize(
    ("sentences", "status", "place"),
    [
        ([], 422, "sentences"),
        ([{"sentence": "x", "abstract": "y"}] * 101, 422, "sentences"),
        ([{"sentence": "x"}], 422, "either a paper_id or an abstract"),
        ([{"sentence": "x", "abstract": "y", "paper_id": "z"}], 422, "either a paper_id"),
        ([{"sentence": " ", "abstract": "y"}], 422, "sentences.0.sentence"),
        ([{"sentence": "x", "abstract": "y" * 50_001}], 422, "sentences.0.abstract"),
        ([{"sentence": "x", "paper_id": "no'such"}], 404, "no'such"),
    ],
)
async def test_what_cannot_be_checked_is_said_in_a_sentence(client, sentences, status, place):
    response = await client.post("/check", json={"sentences": sentences})

    assert response.status_code == status
    assert place in sentence_of(response)


async def test_papers_are_exported_for_reference_managers(client, shelved):
    first, second = shelved.shelf.find(limit=2)

    bibtex = await client.post("/exports", json={"paper_ids": [first.id, second.id, first.id]})
    ris = await client.get(f"/papers/{first.id}/export", params={"format": "ris"})
    csl = await client.post("/exports", json={"paper_ids": [second.id], "format": "json"})

    assert bibtex.text.count("\n@") + bibtex.text.startswith("@") == 2
    assert bibtex.headers["content-type"] == "application/x-bibtex; charset=utf-8"
    assert 'filename="papers.bib"' in bibtex.headers["content-disposition"]
    assert ris.text.startswith("TY  - ")
    assert [one["title"] for one in csl.json()] == [second.title]
    missing = await client.post("/exports", json={"paper_ids": [first.id, "none"]})
    assert missing.status_code == 404
    assert "'none'" in sentence_of(missing)


async def test_records_are_added_by_a_job_and_removed_again(client, shelved):
    asked = {"records": [RECORD, {"title": " ", "abstract": "x"}], "source": "../moss"}
    response = await client.post("/papers", json=asked)

    job = response.json()
    assert response.status_code == 202
    assert response.headers["location"] == f"/api/v1/jobs/{job['id']}"
    done = await finished(client, job)
    assert (done["state"], done["names"]) == ("done", ["moss"])
    assert (done["counts"]["new"], done["counts"]["rejected"]) == (1, 1)
    assert done["faults"] == [{"source": "moss", "line": 2, "reason": "The title is empty."}]
    [paper] = (await client.get("/papers", params={"source": "moss"})).json()["papers"]
    assert paper["authors"] == RECORD["authors"]
    assert paper["published"] == {"year": 2025, "month": 10, "day": None}
    assert ["arxiv", "2510.12345"] in paper["identifiers"]
    assert (await client.get("/stats")).json()["shelf"]["papers"] == 7

    removed = await client.delete(f"/papers/{paper['id']}")

    assert (removed.status_code, removed.content) == (204, b"")
    assert (await client.delete(f"/papers/{paper['id']}")).status_code == 404
    assert (await client.get(f"/papers/{paper['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"title": ""}, "records.0.title"),
        ({"abstract": "x" * 50_001}, "records.0.abstract"),
        ({"colour": "green"}, "records.0.colour"),
        ({"upvotes": -1}, "records.0.upvotes"),
        ({"authors": "Mara"}, "records.0.authors"),
    ],
)
async def test_a_record_that_is_none_is_said_to_be(client, change, place):
    response = await client.post("/papers", json={"records": [RECORD | change]})

    assert response.status_code == 422
    assert place in sentence_of(response)


async def test_files_are_added_by_a_job(client):
    files = [("files", ("moss.jsonl", json.dumps(RECORD) + "\nno json\n"))]

    response = await client.post("/papers/upload", files=files)
    done = await finished(client, response.json())

    assert response.status_code == 202
    assert (done["names"], done["rejected"]) == (["moss.jsonl"], 1)
    await client.delete("/papers/2510.12345")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"nonsense", "multipart/form-data; boundary=b"),
        (b"nonsense", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"", "multipart/form-data; boundary=b"),
    ],
)
async def test_what_is_no_form_is_refused_at_once(client, content, kind):
    began = time.monotonic()
    response = await client.post("/papers/upload", content=content, headers={"content-type": kind})

    assert response.status_code == 400
    assert sentence_of(response)
    assert time.monotonic() - began < 2


async def test_too_many_files_are_refused(client):
    files = [("files", (f"{number}.txt", b"x")) for number in range(51)]

    response = await client.post("/papers/upload", files=files)

    assert response.status_code == 413
    assert "50 files" in sentence_of(response)


async def test_jobs_are_their_owners_and_an_operators(slow):
    async with (
        keyed(slow, "write") as one,
        keyed(slow, "write") as other,
        keyed(slow, "admin") as operator,
    ):
        job = (await one.post("/papers", json={"records": [RECORD]})).json()

        assert [each["id"] for each in (await one.get("/jobs")).json()["jobs"]] == [job["id"]]
        assert (await other.get("/jobs")).json()["jobs"] == []
        for method, path in (("GET", ""), ("GET", "/events"), ("DELETE", "")):
            response = await other.request(method, f"/jobs/{job['id']}{path}")
            assert response.status_code == 404
            assert "among yours" in sentence_of(response)
        assert (await operator.get("/jobs")).json()["total"] == 1

        stopped = (await operator.delete(f"/jobs/{job['id']}")).json()
        assert (await finished(one, stopped))["state"] == "stopped"


async def test_a_job_is_watched_as_events(slow):
    slow.faults = (Fault("api", 1, "No title."),)
    async with client_of(slow.api) as client:
        job = (await client.post("/papers", json={"records": [RECORD]})).json()
        threading.Timer(0.3, slow.go_on.set).start()

        response = await client.get(f"/jobs/{job['id']}/events")

    reader = Reader()
    found = [one for line in response.text.split("\n") for one in reader.line(line)]
    *progress, last = [(name, json.loads(data)) for name, data in found]
    assert response.headers["content-type"].startswith("text/event-stream")
    assert {name for name, _ in progress} == {"progress"}
    assert ("indexing", 1, 3) in [(one["state"], one["done"], one["total"]) for _, one in progress]
    assert last[0] == "finished"
    assert (last[1]["state"], last[1]["rejected"]) == ("done", 1)


async def test_watchers_that_leave_stop_nothing(slow):
    with served_api({"/": mounted(slow.api)}) as address:
        async with httpx.AsyncClient(base_url=f"{address}/api/v1") as client:
            job = (await client.post("/papers", json={"records": [RECORD]})).json()
            async with client.stream("GET", f"/jobs/{job['id']}/events") as response:
                async for line in response.aiter_lines():
                    if '"indexing"' in line:
                        break
            slow.go_on.set()
            assert (await finished(client, job))["state"] == "done"


async def test_a_full_queue_is_told_with_when_to_try_again(slow):
    async with client_of(slow.api) as client:
        for _ in range(MOST_OPEN):
            assert (await client.post("/papers", json={"records": [RECORD]})).status_code == 202
        full = await client.post("/papers", json={"records": [RECORD]})
        upload = await client.post("/papers/upload", files=[("files", ("a.jsonl", b"{}"))])
        slow.go_on.set()

    assert (full.status_code, upload.status_code) == (503, 503)
    assert full.headers["retry-after"] == "5"
    assert "Others are adding" in sentence_of(full)


ASKING = [("GET", "/papers"), ("GET", "/stats"), ("POST", "/search"), ("GET", "/conversations")]
WRITING = [
    ("POST", "/papers"),
    ("POST", "/papers/upload"),
    ("DELETE", "/papers/x"),
    ("GET", "/jobs"),
    ("GET", "/jobs/x"),
]


@pytest.mark.parametrize(("method", "path"), ASKING + WRITING)
async def test_each_route_asks_for_the_permission_that_it_needs(slow, method, path):
    none, asked, written = [
        await one.request(method, path)
        for one in (keyed(slow), keyed(slow, "ask"), keyed(slow, "write"))
    ]

    assert none.status_code == 403
    assert "may nothing" in sentence_of(none)
    assert (asked.status_code == 403) is ((method, path) in WRITING)
    assert (written.status_code == 403) is ((method, path) in ASKING)


async def test_answers_are_counted_for_whoever_administers_alone(slow):
    slow.api.application.shelf.embedding = lambda: None  # the double of a shelf has none
    async with keyed(slow, "ask") as asker, keyed(slow, "admin") as operator:
        counts = [await one.get("/stats") for one in (asker, operator)]

    assert [one.status_code for one in counts] == [200, 200]
    assert counts[0].json()["answers"] is None
    assert counts[1].json()["answers"] == {
        "all": 0,
        "refused": 0,
        "failed": 0,
        "thumbs_down": 0,
    }
