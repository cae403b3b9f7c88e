"""What is counted: every answer and request, once, under labels that nobody can make up."""

import asyncio
import sys
from contextlib import aclosing
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from rag.errors import QuestionError
from rag.store.tally import Catalogued, Tally
from rag.types import Answer, Completed, Delta, Dropped, Refusal, Retrieved, Timing, Usage
from ui.server.job import Job
from ui.server.measured import Measured
from ui.server.metrics import Metrics
from ui.server.places import Places
from ui.server.requests import LEFT, Observed, Routed
from ui.server.tallies import Tallies

sys.path.extend(str(Path(__file__).parents[1] / one) for one in ("web", "api"))
from acting import TIDES, Acting, cited, hit
from gated import door, signed_in
from opened import api_over

from ui.api import metrics as page

WRITTEN = Usage(120, 30, cost=0.002)
STAGES = (Timing("retrieve", 0.02), Timing("write", 1.5))


def read(metrics):
    """Every sample by its name and labels."""
    text = metrics.page("")[0].decode()
    return {
        (sample.name.removeprefix("footnote_"), *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


class Engine(Acting):
    """May raise, as the question says."""

    async def stream(self, question, history=(), scope=None):
        if "raise" in question:
            raise QuestionError("There is no question.")
        async with aclosing(super().stream(question, history, scope)) as events:
            async for event in events:
                yield event

    async def search(self, question, *, scope=None, limit=10):
        return [hit(TIDES)]


def written(question):
    dropped = (Dropped("Bees swim.", ("No source says so.",)),)
    answer = cited(question)
    return Answer(
        question, answer.text, answer.citations, timings=STAGES, usage=WRITTEN, dropped=dropped
    )


@pytest.fixture
def metrics():
    return Metrics("1.2.3")


@pytest.fixture
def engine(metrics):
    return Measured(Engine(written), metrics.answers)


async def test_an_answer_is_counted_with_what_it_took_and_what_came_of_it(metrics, engine):
    answer = await engine.ask("How far ahead?")

    found = read(metrics)
    assert answer == written("How far ahead?")
    assert found["answers_total", "answered"] == 1
    assert found["answer_seconds_count",] == found["first_sentence_seconds_count",] == 1
    assert found["stage_seconds_sum", "write"] == 1.5
    assert found["stage_seconds_sum", "retrieve"] == pytest.approx(0.02)
    assert found["tokens_total", "prompt"] == 120
    assert found["tokens_total", "completion"] == 30
    assert found["cost_dollars_total",] == pytest.approx(0.002)
    assert found["verdicts_total", "supported"] == found["verdicts_total", "weak"] == 1
    assert found["dropped_sentences_total",] == 1


async def test_events_go_through_unchanged_and_in_order(metrics):
    plain = [event async for event in Engine(written).stream("How far ahead?")]
    measured = Measured(Engine(written), metrics.answers).stream("How far ahead?")

    assert [event async for event in measured] == plain
    assert [type(one) for one in plain] == [Retrieved, Delta, Delta, Completed]


async def test_a_refusal_is_counted_by_its_kind(metrics, engine):
    await engine.ask("Please refuse")

    found = read(metrics)
    assert found["answers_total", "refused"] == found["refusals_total", "not-on-shelf"] == 1
    assert found["refusals_total", "off-topic"] == 0


async def test_what_fails_is_no_answer(metrics, engine):
    with pytest.raises(RuntimeError):
        await engine.ask("It will fail")
    with pytest.raises(QuestionError):
        await engine.ask("It will raise")

    found = read(metrics)
    assert found["answers_total", "failed"] == found["answers_total", "invalid"] == 1
    assert found["answers_total", "answered"] == found["answer_seconds_count",] == 0


async def test_who_leaves_is_counted_and_ends_the_work(metrics):
    acting = Engine(written)
    async with aclosing(Measured(acting, metrics.answers).stream("hang")) as events:
        async for event in events:
            if isinstance(event, Delta):
                break

    found = read(metrics)
    assert found["answers_total", "left"] == 1
    assert found["first_sentence_seconds_count",] == 1
    assert acting.closed == 1


async def test_a_search_is_timed(metrics, engine):
    assert await engine.search("floods", limit=3) == [hit(TIDES)]
    assert read(metrics)["search_seconds_count",] == 1


def test_two_servers_in_one_process_count_for_themselves(metrics):
    other = Metrics("1.2.3")
    metrics.answers.ended("answered")

    assert read(metrics)["answers_total", "answered"] == 1
    assert read(other)["answers_total", "answered"] == 0
    assert read(other)["info", "1.2.3"] == 1


def test_stages_cannot_be_made_up_without_end(metrics):
    for number in range(100):
        stages = (Timing(f"stage {number}", 0.1),)
        metrics.answers.answered(Answer("?", "!", timings=stages), 0.1)

    named = [key for key in read(metrics) if key[0] == "stage_seconds_count"]
    assert len(named) == 33
    assert read(metrics)["stage_seconds_count", "other"] == 68


def test_a_refusal_of_every_kind_shows_as_0_before_it_comes(metrics):
    kinds = get_args(get_type_hints(Refusal)["kind"])

    assert all(read(metrics)["refusals_total", kind] == 0 for kind in kinds)


async def test_the_queue_and_the_shelf_are_read_when_somebody_looks(metrics):
    class Shelf:
        def tally(self):
            return Tally(Catalogued(41, 90, 2, 0), 90, 41, 41)

    places, tallies = Places(running=1, waiting=4), Tallies(Shelf())
    metrics.watch(places, tallies)
    await tallies.current()
    held = [asyncio.create_task(_hold(places)) for _ in range(3)]
    await asyncio.sleep(0.01)

    found = read(metrics)
    assert found["questions", "running"] == 1
    assert found["questions", "waiting"] == 2
    assert found["papers", "ready"] == 41
    assert found["papers", "pending"] == 2
    for one in held:
        one.cancel()
    await asyncio.gather(*held, return_exceptions=True)
    assert read(metrics)["questions", "waiting"] == 0


async def _hold(places):
    async with places.one():
        await asyncio.sleep(10)


def observed(metrics, told=()):
    """Our way to see requests, around an application with another mounted inside it."""
    inner, outer = FastAPI(), FastAPI()

    @inner.get("/papers/{paper_id}")
    async def paper(paper_id: str):
        return paper_id

    @outer.get("/healthz")
    async def healthz():
        return {}

    @outer.get("/breaks")
    async def breaks():
        raise RuntimeError("sk-secret")

    outer.mount("/api/v1", _copying(Routed(inner)))
    outer.add_middleware(Routed)
    outer.add_middleware(Observed, told=(metrics.requested, *told))
    return outer


def _copying(app):
    """As what stands around our APIs does."""

    async def inside(scope, receive, send):
        await app({**scope, "state": {}}, receive, send)

    return inside


def test_a_request_is_counted_by_the_template_of_its_route(metrics):
    client = TestClient(observed(metrics), raise_server_exceptions=False)
    for path in ("/api/v1/papers/one", "/api/v1/papers/two", "/healthz", "/breaks"):
        client.get(path)
    client.request("PROPFIND", "/healthz")

    found = read(metrics)
    assert found["requests_total", "/api/v1/papers/{paper_id}", "200", "GET", "native"] == 2
    assert found["requests_total", "/healthz", "200", "GET", "pages"] == 1
    assert found["requests_total", "/breaks", "500", "GET", "pages"] == 1
    assert any(key[0] == "requests_total" and "OTHER" in key for key in found)
    assert found["request_seconds_count", "/api/v1/papers/{paper_id}", "native"] == 2


def test_whatever_is_asked_for_makes_no_new_labels(metrics):
    client = TestClient(observed(metrics))
    for number in range(50):
        client.get(f"/{number}/secret-{number}")
        client.get(f"/v1/{number}")

    named = [key for key in read(metrics) if key[0] == "requests_total"]
    assert len(named) == 2
    assert all("other" in key for key in named)


async def test_a_client_that_is_gone_before_the_response_counts_as_left(metrics):
    seen = []

    async def app(scope, receive, send):
        return

    await Observed(app, told=(seen.append,))(
        {"type": "http", "path": "/v1/models", "method": "GET"}, None, None
    )

    assert (seen[0].status, seen[0].is_whole, seen[0].surface) == (LEFT, False, "openai")


async def test_a_stream_that_breaks_off_is_not_whole():
    seen = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"1", "more_body": True})

    async def send(message):
        return

    await Observed(app, told=(seen.append,))(
        {"type": "http", "path": "/", "method": "GET"}, None, send
    )

    assert (seen[0].status, seen[0].is_whole, seen[0].surface) == (200, False, "chat")


def test_a_request_by_somebody_who_signed_in_bears_their_name(metrics):
    seen = []
    app = Routed(PlainTextResponse("ok"))
    TestClient(Observed(signed_in(app, "mara"), told=(seen.append,))).get("/")

    assert seen[0].principal == "user mara"


class Jobs:
    async def latest(self, owner, *, limit, offset=0):
        return [Job("a", state=state) for state in ("reading", "waiting", "waiting", "done")]


@pytest.fixture
def entrance(tmp_path, application):
    """A page of metrics behind a gate at which nobody is alone."""
    with door(tmp_path) as one:
        api = api_over(Acting(), home=tmp_path, gate=one.gate, jobs=Jobs(), application=application)
        one.app = FastAPI()
        counted = Metrics("1.2.3")
        one.app.include_router(page.router(api, counted, Tallies(application.shelf)))
        yield one


def test_who_is_at_the_machine_reads_the_metrics(entrance):
    response = entrance.client().get("/metrics")

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    assert 'footnote_jobs{state="waiting"} 2.0' in response.text
    assert 'footnote_jobs{state="indexing"} 0.0' in response.text


@pytest.mark.parametrize(
    ("scope", "status"), [(None, 401), ("ask", 403), ("write", 403), ("admin", 200)]
)
def test_from_elsewhere_it_takes_a_key_that_may_administer(entrance, scope, status):
    token = entrance.key(scope)[1] if scope else None

    response = entrance.client(token, host="203.0.113.7").get("/metrics")

    assert response.status_code == status
    if status == 200:
        assert "footnote_answers_total" in response.text
    else:
        assert "footnote_" not in response.text


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip"])
def test_a_proxy_at_the_machine_speaks_for_people_elsewhere(entrance, header):
    assert entrance.client().get("/metrics", headers={header: "127.0.0.1"}).status_code == 401


def test_another_name_for_this_machine_is_no_proof(entrance):
    headers = {"host": "evil.example"}

    assert entrance.client().get("/metrics", headers=headers).status_code == 401


def test_it_speaks_openmetrics_where_that_is_asked_for(entrance):
    headers = {"accept": "application/openmetrics-text; version=1.0.0"}

    response = entrance.client().get("/metrics", headers=headers)

    assert response.headers["content-type"].startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")
