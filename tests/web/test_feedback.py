"""The routes by which a page says what people think of an answer."""

import asyncio
import json

import httpx
import pytest
from fastapi import FastAPI

from ui.answer_log import AnswerLog, Feedback, Given
from ui.web import feedback_texts as texts
from ui.web.feedback import LARGEST, router

OURS = {"origin": "http://footnote.test", "content-type": "application/json"}


@pytest.fixture
def log(tmp_path):
    with AnswerLog(tmp_path) as opened:
        yield opened


@pytest.fixture
def name(log):
    return log.note(Given("answered", "What?"))


@pytest.fixture
def ask(log):
    app = FastAPI()
    app.include_router(router(log))

    def asked(method, path, **options):
        return asyncio.run(_asked(app, method, path, options))

    return asked


async def _asked(app, method, path, options):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://footnote.test") as client:
        return await client.request(method, path, **options)


def said(name, thumb="down", **more):
    return json.dumps({"id": name, "thumb": thumb, **more})


def test_feedback_is_kept_changed_and_taken_back(ask, log, name):
    for sent, kept in (
        (said(name), Feedback("down")),
        (
            said(name, reason="wrong-citation", note=" It says 9. "),
            Feedback("down", "wrong-citation", "It says 9."),
        ),
        (said(name, "up", reason="other", note="x"), Feedback("up")),
    ):
        for _ in range(2):
            assert ask("POST", "/feedback", content=sent, headers=OURS).status_code == 204
        assert log.feedback([name]) == {name: kept}

    assert ask("POST", "/feedback", content=said(name, None), headers=OURS).status_code == 204
    assert log.feedback([name]) == {}


def test_what_was_said_is_told_to_who_knows_the_id(ask, log, name):
    log.rate(name, Feedback("down", "other", "Hm."))

    response = ask("GET", f"/feedback?ids={'0' * 32},{name},")

    assert response.json() == {name: {"thumb": "down", "reason": "other", "note": "Hm."}}
    assert response.headers["cache-control"] == "no-store"
    assert ask("GET", "/feedback").json() == {}
    assert ask("GET", "/feedback?ids=" + "x" * 9999).status_code == 422


def test_feedback_on_no_answer_is_not_found(ask):
    response = ask("POST", "/feedback", content=said("0" * 32), headers=OURS)

    assert (response.status_code, response.json()) == (404, {"detail": texts.UNKNOWN})


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": ""},
        {"origin": "http://footnote.test:81"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_another_site_cannot_speak_for_a_person(ask, log, name, headers):
    response = ask("POST", "/feedback", content=said(name), headers=OURS | headers)

    assert response.status_code == 403
    assert log.feedback([name]) == {}


def test_a_request_that_does_not_say_where_it_comes_from_is_refused(ask, name):
    headers = {"content-type": "application/json"}

    assert ask("POST", "/feedback", content=said(name), headers=headers).status_code == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_read(ask, name, kind):
    response = ask("POST", "/feedback", content=said(name), headers=OURS | {"content-type": kind})

    assert response.status_code == 415


def test_what_is_too_long_is_refused_before_it_is_read_whole(ask, log, name):
    long = said(name, note="x" * LARGEST)
    response = ask("POST", "/feedback", content=long, headers=OURS)

    assert (response.status_code, response.json()["detail"]) == (
        413,
        texts.TOO_LONG.format(most="4,096"),
    )


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ("{", "body"),
        ("[]", "body"),
        ('{"thumb": "up"}', "id"),
        (said("../x"), "id"),
        (said("0" * 32, "sideways"), "thumb"),
        (said("0" * 32, 1), "thumb"),
        (said("0" * 32, reason="rude"), "reason"),
        (said("0" * 32, note="x" * 501), "note"),
        (said("0" * 32, note=["x"]), "note"),
        (said("0" * 32, admin=True), "admin"),
    ],
)
def test_what_is_no_feedback_is_refused_with_the_place(ask, sent, where):
    response = ask("POST", "/feedback", content=sent, headers=OURS)

    assert response.status_code == 422
    assert f"a note: {where}: " in response.json()["detail"]
