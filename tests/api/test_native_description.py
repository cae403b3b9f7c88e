"""The description of the native API: whole, true, and never a crash whatever is made of it."""

import json
from urllib.parse import unquote

import httpx
import opened
import pytest
import schemathesis
from acting import Acting
from hypothesis import HealthCheck, Phase, given, settings
from native_client import client_of, mounted, sentence_of
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from serving_api import served_api

from rag.build import build
from rag.config import Settings
from rag.ingest import add
from ui.api.job_shapes import JobShown
from ui.api.native_application import TAGS, native_application
from ui.server.jobs import Jobs, adding
from ui.server.wire import MEDIA_TYPE, Reader, decode


def crashed_or_gave_in(ctx, response, case):
    """A full queue may say so, and when to try again; nothing else may be the server's fault."""
    assert response.status_code < 500 or response.headers.get("retry-after"), response.text


CHECKS = [
    crashed_or_gave_in,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
FEW, MANY = 6, 150
QUIET = settings(
    max_examples=FEW,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, methods in native_application(opened.api_over(Acting())).openapi()["paths"].items()
    for method in methods
]


@pytest.fixture(scope="module")
def api(tmp_path_factory, home_with_graphs, sample):
    """Over a real shelf of three papers, which whatever is tried may change."""
    home = home_with_graphs(tmp_path_factory.mktemp("described") / "home")
    papers = home / "three.jsonl"
    papers.write_text("".join(json.dumps(one) + "\n" for one in sample[:3]))
    with build(Settings(home=home)) as built:
        add([str(papers)], built.shelf, built.encoder, lambda _: None)
        jobs = Jobs(adding(built.shelf, built.encoder), home)
        yield opened.api_over(built.engine, home=home, jobs=jobs, application=built)


@pytest.fixture(scope="module")
def address(api):
    with served_api({"/": mounted(api)}) as address:
        yield f"{address}/api/v1"


@pytest.fixture(scope="module")
def description(address):
    """Without what it says of keys: this server asks for none."""
    found = httpx.get(f"{address}/openapi.json").json()
    del found["components"]["securitySchemes"]
    for methods in found["paths"].values():
        for operation in methods.values():
            del operation["security"]
    return schemathesis.openapi.from_dict(found)


def tried(operation, address, most):
    """Sends what fits the description, and then what does not."""
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        if mode is GenerationMode.POSITIVE or operation.body or operation.query:

            @settings(QUIET, max_examples=most)
            @given(operation.as_strategy(mode).filter(is_routed))
            def sent(case):
                case.call_and_validate(base_url=address, checks=CHECKS, timeout=20)

            sent()


def is_routed(case):
    """Starlette finds no mount for a path with a line break."""
    path = "".join(map(str, (case.path_parameters or {}).values()))
    return "\n" not in unquote(path)


@pytest.mark.parametrize("label", OPERATIONS)
def test_whatever_is_sent_is_answered_as_described(description, address, label):
    tried(description.find_operation_by_label(label), address, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("label", OPERATIONS)
def test_whatever_else_is_sent_is_answered_as_described(description, address, label):
    tried(description.find_operation_by_label(label), address, MANY)


async def test_everything_is_described_and_nothing_needs_another_site(api):
    async with client_of(api) as client:
        found = (await client.get("/openapi.json")).json()
        pages = [await client.get(path) for path in ("/docs", "/redoc")]

    told = [one for methods in found["paths"].values() for one in methods.values()]
    assert found["servers"] == [{"url": "/api/v1"}]
    assert all(one["summary"] and one["security"] for one in told)
    assert {tag for one in told for tag in one["tags"]} == set(TAGS)
    assert len({one["operationId"] for one in told}) == len(told)
    assert all({"401", "403", "422", "429"} <= set(one["responses"]) for one in told)
    assert [page.status_code for page in pages] == [404, 404]
    assert "HTTPValidationError" not in found["components"]["schemas"]


def bodies(found):
    """Method, path and examples of whatever takes JSON."""
    for path, methods in found["paths"].items():
        for method, one in methods.items():
            content = one.get("requestBody", {}).get("content", {})
            if schema := content.get("application/json", {}).get("schema"):
                schema = next((one for one in schema.get("anyOf", ()) if "$ref" in one), schema)
                name = schema["$ref"].rpartition("/")[2]
                yield method, path, found["components"]["schemas"][name]["examples"]


async def test_every_example_of_a_body_can_be_sent_as_it_is(api):
    tried = 0
    async with client_of(api) as client:
        found = (await client.get("/openapi.json")).json()
        for method, path, examples in bodies(found):
            for example in examples:
                response = await client.request(method, path, json=example)
                tried += 1
                # What an example names may not be on this shelf; it is understood all the same.
                assert response.is_success or response.status_code == 404, response.text

    assert tried >= 12


async def test_a_stream_of_events_is_described_by_one_that_can_be_read(api):
    found = native_application(api).openapi()["paths"]
    answer = found["/answers"]["post"]["responses"]["200"]["content"][MEDIA_TYPE]["example"]
    job = found["/jobs/{job_id}/events"]["get"]["responses"]["200"]["content"][MEDIA_TYPE]

    delta, recorded = (decode(*one) for one in read(answer))
    assert delta.text.endswith("[1]")
    assert delta.citations[0].sentence == delta.citations[0].paper.abstract
    assert len(recorded.id) == 32
    ((name, data),) = read(job["example"])
    assert (name, JobShown.model_validate_json(data).done) == ("progress", 4)


def read(text):
    reader = Reader()
    return [event for line in text.split("\n") for event in reader.line(line)]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("PUT", "/papers", 405), ("GET", "/answers", 405), ("GET", "", 404)],
)
async def test_what_is_not_there_is_said_in_the_same_envelope(api, method, path, status):
    async with client_of(api) as client:
        response = await client.request(method, path)

    assert response.status_code == status
    assert sentence_of(response)
