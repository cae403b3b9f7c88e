"""Under which names an open page is served: DNS rebinding, and forms of other sites."""

import asyncio

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from ui.server.hosts import Hosts, name_of
from ui.web.access import Access, entrance

EVERYWHERE = "0.0.0.0"  # noqa: S104


async def page(scope, receive, send):
    await PlainTextResponse("the shelf")(scope, receive, send)


def behind(access=None, host="127.0.0.1", home=None):
    app = page
    for guard in reversed(entrance(access or Access(), host, home).guards):
        app = guard(app)
    return TestClient(app)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:7860",
        "LOCALHOST:7860",
        "127.0.0.1:7860",
        "[::1]:7860",
        "localhost:1",
    ],
)
def test_this_machine_is_served_by_its_names(host):
    assert behind().get("/", headers={"host": host}).text == "the shelf"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:7860",
        "localhost.evil.example",
        "evil.example#localhost",
        "localhost@evil.example",
        "127.0.0.1.nip.io",
        "",
        "[::1",
        "::1]",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_any_other_name_is_refused_with_a_sentence(host, method):
    response = behind().request(method, "/", headers={"host": host})

    assert response.status_code == 400
    assert "--allow-host" in response.json()["detail"]


def test_a_person_reads_the_sentence_alone():
    browser = {"host": "evil.example", "accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    response = behind().get("/", headers=browser)

    assert response.status_code == 400
    assert response.text.startswith("This page is not served under the name evil.example.")


def test_a_name_that_is_allowed_is_served_beside_the_others():
    client = behind(Access(hosts=("Shelf.example",)))

    assert client.get("/", headers={"host": "shelf.example:80"}).status_code == 200
    assert client.get("/", headers={"host": "localhost"}).status_code == 200
    assert client.get("/", headers={"host": "other.example"}).status_code == 400


def test_where_others_reach_it_any_name_is_its_own():
    client = behind(Access(is_insecure=True), EVERYWHERE)

    assert client.get("/", headers={"host": "shelf.example"}).status_code == 200


def test_two_names_at_once_are_none():
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "websocket", "headers": [(b"host", b"localhost"), (b"host", b"evil.example")]}
    asyncio.run(Hosts(page)(scope, None, send))

    assert sent[0]["type"] == "websocket.close"


def test_a_name_is_read_from_what_a_browser_sends():
    assert [name_of(one) for one in ("a.b:1", "[::1]:2", "a@b", "a/b", "")] == [
        "a.b",
        "::1",
        "",
        "",
        "",
    ]


def test_a_form_of_another_site_does_nothing_here():
    evil = {"origin": "http://evil.example"}
    ours = {"host": "localhost:7860", "origin": "http://localhost:7860"}

    assert behind().post("/", headers={"host": "localhost"} | evil).status_code == 403
    assert behind().post("/", headers={"host": "localhost"}).status_code == 200
    assert behind().post("/", headers=ours).status_code == 200
    assert behind().get("/", headers={"host": "localhost"} | evil).status_code == 200
