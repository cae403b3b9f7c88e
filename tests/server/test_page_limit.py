"""Nobody fills the memory through a page: what is sent there has an end."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ui.server.body_limit import MOST_BYTES
from ui.server.page_limit import page_limit

LARGE = b"x" * (MOST_BYTES + 1)


async def size(request):
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture
def client():
    routes = [Route("/{path:path}", size, methods=["GET", "POST"])]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(page_limit)]))


def pieces():
    for _ in range(5):
        yield LARGE[: MOST_BYTES // 4]


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/slack/events", "/feedback", "/"])
@pytest.mark.parametrize("body", [lambda: LARGE, pieces], ids=["told", "in pieces"])
def test_too_much_is_refused_in_a_sentence(client, path, body):
    refused = client.post(path, content=body())

    assert refused.status_code == 413
    assert refused.json() == {"detail": "The request is larger than 1 MB. Send less at once."}
    assert refused.elapsed.total_seconds() < 3  # what is over is not waited for


def test_what_fits_arrives_as_it_was_sent(client):
    assert client.post("/gradio_api/queue/join", content=LARGE[1:]).text == str(MOST_BYTES)
    assert client.get("/papers").text == "0"


@pytest.mark.parametrize("path", ["/add", "/api/v1/papers/upload", "/v1/responses"])
def test_what_has_limits_of_its_own_is_left_to_them(client, path):
    assert client.post(path, content=LARGE).text == str(len(LARGE))
