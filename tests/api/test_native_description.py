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
from ui.api.native_application import TAGS, native_application
from ui.server.jobs import Jobs, adding


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


def test_every_body_that_can_be_sent_has_an_example_or_fields_that_do(api):
    found = native_application(api).openapi()
    schemas = found["components"]["schemas"]
    bodies = [
        one["requestBody"]["content"]["application/json"]["schema"]
        for methods in found["paths"].values()
        for one in methods.values()
        if "application/json" in one.get("requestBody", {}).get("content", {})
    ]

    assert bodies
    for body in bodies:
        assert "example" in json.dumps(resolved(body, schemas))


def resolved(schema, schemas):
    """The schema with those that it refers to in their places."""
    if isinstance(schema, dict):
        if name := schema.get("$ref", "").rpartition("/")[2]:
            return resolved(schemas[name], schemas)
        return {key: resolved(value, schemas) for key, value in schema.items()}
    return [resolved(one, schemas) for one in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("PUT", "/papers", 405), ("GET", "/answers", 405), ("GET", "", 404)],
)
async def test_what_is_not_there_is_said_in_the_same_envelope(api, method, path, status):
    async with client_of(api) as client:
        response = await client.request(method, path)

    assert response.status_code == status
    assert sentence_of(response)
