"""Traces, as a collector on this machine receives them."""

import sys
import threading
from contextlib import aclosing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fastapi import FastAPI
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.testclient import TestClient

from rag.errors import ConfigError
from rag.types import Answer, Completed, Timing, Usage
from ui.server import traces
from ui.server.request_ids import RequestIds
from ui.server.requests import Observed, Routed
from ui.server.traced_answers import TracedAnswers
from ui.server.traced_requests import TracedRequests

sys.path.append(str(Path(__file__).parents[1] / "web"))
from acting import TIDES, Acting, cited, hit

STAGES = (
    Timing("understand", 0.001),
    Timing("retrieve", 0.02),
    Timing("read", 0.3),
    Timing("first sentence", 0.4),
    Timing("write", 1.5),
)
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector:
    """Takes spans over HTTP, and keeps them as they came."""

    def __init__(self):
        self.bodies, self.paths = [], []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                outer.paths.append(self.path)
                outer.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def resources(self):
        return [
            one
            for body in self.bodies
            for one in ExportTraceServiceRequest.FromString(body).resource_spans
        ]

    @property
    def spans(self):
        return {
            span.name: span
            for resource in self.resources
            for scope in resource.scope_spans
            for span in scope.spans
        }


@pytest.fixture
def collector():
    one = Collector()
    thread = threading.Thread(target=one.server.serve_forever, args=(0.01,))
    thread.start()
    yield one
    one.server.shutdown()
    thread.join()
    one.server.server_close()


def attributes(span):
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


def written(question):
    plain = cited(question)
    return Answer(
        question, plain.text, plain.citations, timings=STAGES, usage=Usage(120, 30), model="llama"
    )


class Searching(Acting):
    async def search(self, question, *, scope=None, limit=10):
        return [hit(TIDES)]


@contextmanager
def client(collector, engine=None):
    """An application that answers, traced as ours is."""
    with traces.tracing(collector.address) as tracer:
        traced = TracedAnswers(engine or Searching(written), tracer)
        app = FastAPI()

        @app.post("/answers/{kind}")
        async def answers(kind: str, question: str):
            return [type(event).__name__ async for event in traced.stream(question)]

        @app.get("/search")
        async def search(q: str):
            return len(await traced.search(q))

        app.add_middleware(Routed)
        app.add_middleware(TracedRequests, tracer=tracer)
        app.add_middleware(Observed, told=())
        app.add_middleware(RequestIds)
        yield TestClient(app, raise_server_exceptions=False)


def test_a_request_its_answer_and_each_stage_are_spans_of_one_trace(collector):
    with client(collector) as asking:
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "x-request-id": "abc"}
        asking.post("/answers/whole?question=How+far+ahead", headers=headers)

    spans = collector.spans
    request, answer = spans["POST /answers/{kind}"], spans["answer"]
    assert set(collector.paths) == {"/v1/traces"}
    assert request.trace_id.hex() == answer.trace_id.hex() == TRACE
    assert request.parent_span_id.hex() == PARENT
    assert answer.parent_span_id == request.span_id
    assert {"understand", "retrieve", "read", "write"} <= set(spans)
    assert all(spans[one].parent_span_id == answer.span_id for one in ("retrieve", "write"))
    assert attributes(request) == {
        "http.request.method": "POST",
        "http.route": "/answers/{kind}",
        "http.response.status_code": 200,
        "footnote.surface": "pages",
        "footnote.request_id": "abc",
    }


def test_stages_have_the_lengths_that_were_measured_one_after_the_other(collector):
    with client(collector) as asking:
        asking.post("/answers/whole?question=How+far+ahead")

    spans = collector.spans
    read, write = spans["read"], spans["write"]
    assert read.end_time_unix_nano - read.start_time_unix_nano == pytest.approx(0.3e9, abs=10)
    assert write.end_time_unix_nano - write.start_time_unix_nano == pytest.approx(1.5e9, abs=10)
    assert read.start_time_unix_nano == spans["retrieve"].end_time_unix_nano
    assert "first sentence" not in spans
    assert [one.name for one in spans["answer"].events] == ["first sentence"]


def test_an_answer_tells_its_model_and_tokens(collector):
    with client(collector) as asking:
        asking.post("/answers/whole?question=How+far+ahead")

    about = attributes(collector.spans["answer"])
    assert about["footnote.outcome"] == "answered"
    assert about["gen_ai.request.model"] == "llama"
    assert about["gen_ai.usage.input_tokens"] == 120
    assert about["gen_ai.usage.output_tokens"] == 30
    assert about["footnote.citations"] == 2


def test_no_question_and_no_answer_is_sent(collector):
    with client(collector) as asking:
        asking.post("/answers/whole?question=xylophone")
        asking.post("/answers/whole?question=please+fail+xylophone")
        asking.get("/search?q=xylophone")

    sent = b"".join(collector.bodies)
    assert {"search", "answer", "GET /search"} <= set(collector.spans)
    assert b"xylophone" not in sent
    assert b"TideNet" not in sent
    assert b"sk-123" not in sent


def test_what_fails_is_marked_by_its_kind_alone(collector):
    with client(collector) as asking:
        asking.post("/answers/whole?question=please+fail")

    answer, request = collector.spans["answer"], collector.spans["POST /answers/{kind}"]
    assert answer.status.code == request.status.code == 2
    assert attributes(answer)["error.type"] == "RuntimeError"
    assert attributes(answer)["footnote.outcome"] == "failed"
    assert not answer.status.message


def test_a_refusal_is_told_by_its_kind(collector):
    with client(collector, Searching()) as asking:
        asking.post("/answers/whole?question=refuse")

    about = attributes(collector.spans["answer"])
    assert about["footnote.outcome"] == "refused"
    assert about["footnote.refusal"] == "not-on-shelf"
    assert "gen_ai.request.model" not in about


async def test_events_go_through_unchanged_and_in_order(collector):
    with traces.tracing(collector.address) as tracer:
        traced = [event async for event in TracedAnswers(Acting(), tracer).stream("How far?")]

    assert traced == [event async for event in Acting().stream("How far?")]
    assert isinstance(traced[-1], Completed)


async def test_an_answer_that_nobody_waits_for_is_told_as_left(collector):
    with traces.tracing(collector.address) as tracer:
        async with aclosing(TracedAnswers(Acting(), tracer).stream("How far?")) as events:
            await anext(events)

    assert attributes(collector.spans["answer"])["footnote.outcome"] == "left"


def test_spans_say_which_program_they_are_of(collector):
    with client(collector) as asking:
        asking.get("/search?q=floods")

    about = attributes(collector.resources[0].resource)
    assert about["service.name"] == "footnote"
    assert about["service.version"]


def test_an_address_that_names_the_whole_path_is_taken_as_it_is(collector):
    collector.address += "/v1/traces"
    with client(collector) as asking:
        asking.get("/search?q=floods")

    assert set(collector.paths) == {"/v1/traces"}


def test_without_the_packages_a_sentence_says_how_to_get_them(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)

    with (
        pytest.raises(ConfigError, match=r"uv sync --extra traces"),
        traces.tracing("http://127.0.0.1:4318"),
    ):
        pass


def test_a_collector_that_is_gone_is_told_of_once_and_holds_nothing_up(caplog):
    caplog.set_level("INFO", logger="footnote.traces")
    with traces.tracing("http://mara:secret@127.0.0.1:9") as tracer:
        tracer.start_span("one").end()

    told = [one.getMessage() for one in caplog.records if one.name == "footnote.traces"]
    assert len(told) == 1
    assert "127.0.0.1:9" in told[0]
    assert "secret" not in told[0]
