"""Names of requests: a sane one is kept, any other is replaced."""

import re

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.server import request_ids
from ui.server.request_ids import RequestIds


@pytest.fixture
def client():
    """Two of them around an application that says the name that it sees."""

    async def told(request):
        return PlainTextResponse(request_ids.current())

    app = RequestIds(RequestIds(Starlette(routes=[Route("/", told)])))
    return TestClient(app)


def test_a_request_has_one_name_inside_and_outside(client):
    first, second = client.get("/"), client.get("/")

    assert re.fullmatch(r"req_[0-9a-f]{24}", first.text)
    assert first.headers["x-request-id"] == first.text != second.text
    assert first.headers.get_list("x-request-id") == [first.text]


def test_a_sane_name_is_taken_over(client):
    given = "trace-7.a_B"

    assert client.get("/", headers={"x-request-id": given}).text == given


@pytest.mark.parametrize("given", ["", " ", "a" * 65, "a b", 'a"b', "a;b", "ü", "a\tb", "<b>"])
def test_any_other_is_replaced(client, given):
    seen = client.get("/", headers={"x-request-id": given.encode("latin-1")})

    assert seen.text.startswith("req_")


def test_two_names_are_none(client):
    seen = client.get("/", headers=[("x-request-id", "a"), ("x-request-id", "b")])

    assert seen.text.startswith("req_")


def test_outside_of_a_request_there_is_no_name(client):
    client.get("/")

    assert request_ids.current() == ""


def test_also_a_response_that_nobody_made_has_one(client):
    assert client.get("/nothing").headers["x-request-id"].startswith("req_")
