"""The operator's page: who sees it, and what it says."""

import asyncio
import re

import httpx
import pytest
from acting import TIDES, Acting, Papers
from fastapi import FastAPI

from rag.errors import ShelfError
from rag.store.health import Health, IndexHealth
from ui.answer_log import AnswerLog, Feedback, Given
from ui.server.places import Places
from ui.server.services import Services
from ui.web.operating import Operation, duration, router
from ui.web.operators import OperatorLink, Operators

HERE = ("127.0.0.1", 5000)
AWAY = ("192.168.1.7", 5000)
HOSTILE = '<script>alert(1)</script><img src="https://evil.test/x.png">'
SOUND = Health(
    1, (), (), (), None, IndexHealth("vectors"), IndexHealth("words"), IndexHealth("token vectors")
)


@pytest.fixture
def log(tmp_path):
    with AnswerLog(tmp_path) as opened:
        yield opened


class SignedIn:
    """Stands where sign-in does."""

    def __init__(self, app, user):
        self.app, self.user = app, user

    async def __call__(self, scope, receive, send):
        state = {**scope.get("state", {}), **({"user": self.user} if self.user else {})}
        await self.app({**scope, "state": state}, receive, send)


class Desk:
    """The page over a log, and somebody who opens it."""

    def __init__(self, log, *, check=lambda: SOUND, operators="", **more):
        services = Services(Acting(), Papers(TIDES), Places(running=3))
        who = Operators.named(operators)
        operation = Operation(services, log, check, who, embedding="minilm", **more)
        app = FastAPI()
        app.include_router(router(operation))
        self.app = OperatorLink(app, operators=who)

    def get(self, path="/operator", *, user="", client=HERE, host="127.0.0.1:7860", **headers):
        return asyncio.run(self.open(path, user, client, {"host": host, **headers}))

    async def open(self, path, user, client, headers):
        transport = httpx.ASGITransport(SignedIn(self.app, user), client=client)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as browser:
            return await browser.get(path, headers=headers)


def text_of(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.text).split())


def test_who_sits_at_the_machine_sees_it_while_nobody_signs_in(log):
    assert Desk(log).get().status_code == 200
    assert Desk(log).get(client=("::1", 1), host="localhost:7860").status_code == 200


@pytest.mark.parametrize(
    "seen_as",
    [
        {"client": AWAY},
        {"client": AWAY, "host": "192.168.1.2:7860"},
        {"host": "footnote.example.org"},
        {"x-forwarded-for": "192.168.1.7"},
        {"forwarded": "for=192.168.1.7"},
        {"user": "joao"},
        {"user": "joao", "client": AWAY},
        {"user": " "},
    ],
)
@pytest.mark.parametrize("path", ["/operator", "/operator/health"])
def test_nobody_else_does(log, seen_as, path):
    log.note(Given("answered", "A private question?"))
    response = Desk(log, operators="mara, ").get(path, **seen_as)

    assert response.status_code == 403
    assert "private" not in response.text
    assert "This page is for whoever runs Footnote." in response.text
    assert ">Operator</a>" not in response.text


def test_who_is_named_sees_it_from_anywhere_once_people_sign_in(log):
    desk = Desk(log, operators="mara, joao ")

    for user in ("mara", "joao"):
        response = desk.get(user=user, client=AWAY, host="footnote.example.org")
        assert response.status_code == 200
        assert 'href="/operator" aria-current="page">Operator</a>' in response.text


def test_it_says_what_was_asked_refused_and_disliked(log):
    log.note(Given("answered", "What is TideNet?", cited=("tides",), verdicts=(2, 1, 0), model="m"))
    for question in ("What is GPT-4?", "Tell me about GPT-4"):
        log.note(Given("refused", question, kind="not-on-shelf", reason="No abstract tells."))
    name = log.note(Given("answered", "q", seconds=0.25))
    log.rate(name, Feedback("down", "out-of-date", "2019!"))
    log.rate(log.note(Given("answered", "Who made it?")), Feedback("down", "not-answered"))

    response = Desk(log).get()
    shown = text_of(response)

    assert "What is TideNet?" in shown
    assert "2 supported 1 weak" in shown
    assert 'href="/papers/tides"' in response.text
    assert "2× Tell me about GPT-4 no paper on it, last on" in shown
    assert "1× Who made it? answered beside the question" in shown
    assert "Thumb down: It is out of date “2019!”" in shown
    assert "Median time 0.25 s" in shown
    assert "All 5 Refused 2 Thumbs down 2 Failed 0" in shown


def test_it_says_what_is_on_the_shelf_and_how_the_server_does(log):
    log.notice("ab12cd34", "RuntimeError", "draft.py:7")
    shown = text_of(Desk(log, keeps_texts=False).get())

    assert "Papers 1 Passages 1 Newest TideNet: Forecasting Coastal Floods · Oct 24, 2025" in shown
    assert "page-1.txt" in shown
    assert "/home/mara" not in shown
    assert "Answering now 0 of 3, 0 waiting" in shown
    assert "Embedding minilm" in shown
    assert "without the questions (FOOTNOTE_KEEP_QUESTIONS), for 365 days" in shown
    assert re.search(r"gradio \d+\.\d+", shown)
    assert re.search(r"ab12cd34 \S.* RuntimeError draft.py:7", shown)


def test_nothing_yet_is_said_in_words(log):
    shown = text_of(Desk(log).get())

    assert "Nobody has asked anything yet." in shown
    assert "Nothing, so far." in shown
    assert "There are none." in shown


def test_what_people_write_stays_text(log):
    name = log.note(Given("refused", HOSTILE, HOSTILE, kind=HOSTILE, reason=HOSTILE, model=HOSTILE))
    log.rate(name, Feedback("down", "other", HOSTILE))
    log.note(Given("answered", "q", cited=('"><script>',), failure=HOSTILE))

    response = Desk(log).get()

    assert "<script" not in response.text
    assert "<img" not in response.text
    assert response.text.count("&lt;script&gt;") > 6


def test_questions_come_a_page_at_a_time(log):
    for number in range(60):
        log.note(Given("refused" if number % 10 == 0 else "answered", f"Question {number}."))
    desk = Desk(log)

    def asked(path):
        return re.findall(r'<p class="asked">(Question \d+\.)', desk.get(path).text)

    assert asked("/operator")[0] == "Question 59."
    last = asked("/operator?page=3")
    assert (len(last), last[-1]) == (10, "Question 0.")
    assert "Page 3 of 3" in desk.get("/operator?page=3").text
    assert len(asked("/operator?show=refused")) == 6
    assert "There are none." in desk.get("/operator?page=99").text


@pytest.mark.parametrize("query", ["show=everything", "page=0", "page=x", "page=9999999999"])
def test_an_address_that_was_never_linked_is_refused(log, query):
    assert Desk(log).get(f"/operator?{query}").status_code == 422


def test_an_unforeseen_error_is_a_page_with_a_reference(log):
    def check():
        raise RuntimeError("secret")

    response = Desk(log, check=check).get("/operator/health")

    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Something went wrong here" in text_of(response)


def test_the_shelf_is_checked_when_that_is_asked_for(log):
    checks = []
    desk = Desk(log, check=lambda: checks.append(1) or SOUND)

    assert desk.get().status_code == 200
    assert checks == []
    assert "Catalogue and indexes agree." in desk.get("/operator/health").text
    assert checks == [1]
    response = desk.get("/operator/health", **{"sec-fetch-site": "cross-site"})
    assert (response.status_code, checks) == (403, [1])


def test_what_a_check_finds_is_told_in_sentences(log):
    ill = Health(
        9, ("a",), (), (), None, IndexHealth("vectors", damage="x"), *[IndexHealth("w")] * 2
    )

    shown = text_of(Desk(log, check=lambda: ill).get("/operator/health"))

    assert ill.findings[0] in shown
    assert "footnote doctor" in shown


def test_a_shelf_that_cannot_be_checked_is_a_sentence(log):
    def broken():
        raise ShelfError("The disk is gone.")

    response = Desk(log, check=broken).get("/operator/health")

    assert response.status_code == 500
    assert "The shelf could not be checked: The disk is gone." in response.text


def test_a_time_is_said_in_its_two_largest_units():
    said = {0.4: "0 s", 61: "1 min 1 s", 3600: "1 h", 90061: "1 d 1 h"}

    assert {seconds: duration(seconds) for seconds in said} == said
