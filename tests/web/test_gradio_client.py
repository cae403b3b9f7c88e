"""`gradio_client`, as anybody has it, against the chat's address: one endpoint, to who may ask."""

import json
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from acting import DOUGH, SENTENCE, TIDES, Acting, Served
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError

from ui.server.audit import FILE
from ui.server.key_showing import shows_key
from ui.server.request_ids import RequestIds
from ui.server.serving import address_of, listening

# pytest makes the doubles of another folder known only where that folder's tests run as well.
sys.path.append(str(Path(__file__).parents[1] / "api"))
from gated import door
from opened import LEFT_OPEN, api_over

HANDED_OVER = 10  # seconds
SECRET = "a password of mara's"  # noqa: S105


@pytest.fixture(scope="module", autouse=True)
def _nothing_stays_open():
    yield
    LEFT_OPEN.close()


class Offering(Served):
    """A server of the chat that offers the endpoint as well."""

    def __init__(self, api, bound, routers=(), guards=()):
        super().__init__(api.services, bound, routers, guards)
        self.api = api

    async def _serve(self):
        from ui.api.gradio_endpoint import offer
        from ui.server.serving import server_for
        from ui.web.application import application

        app = application(self.services, *self.routers, guards=self.guards, offer=offer(self.api))
        self.server = server_for(app, self.opened.set)
        await self.server.serve(sockets=[self.bound])


class Site:
    """A server, what it asks, and clients of it."""

    def __init__(self, address, door, engine):
        self.address, self.door, self.engine = address, door, engine

    def client(self, key=None):
        headers = {"Authorization": f"Bearer {key}"} if key else None
        return Client(self.address, headers=headers, verbose=False, analytics_enabled=False)

    def audited(self):
        return [json.loads(line) for line in (self.door.home / FILE).read_text().splitlines()]

    def call(self, path, key=None, **options):
        headers = {"authorization": f"Bearer {key}"} if key else {}
        method = "POST" if options else "GET"
        return httpx.request(method, self.address + path, headers=headers, **options)


@contextmanager
def site(home, *, is_alone=True, entrance=None, **settings):
    engine = Acting()
    with ExitStack() as stack:
        opened = stack.enter_context(door(home, is_alone=is_alone, **settings))
        api = api_over(engine, TIDES, DOUGH, home=home, gate=opened.gate)
        bound = stack.enter_context(listening("127.0.0.1", 0))
        routers, guards = (entrance.routers, entrance.guards) if entrance else ((), ())
        server = Offering(api, bound, routers, (RequestIds, *guards))
        server.start()
        stack.callback(server.end)
        assert server.opened.wait(20), "the server did not start"
        yield Site(address_of(bound), opened, engine)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A lone user's server, without keys."""
    with site(tmp_path_factory.mktemp("alone")) as one:
        yield one


@pytest.fixture(scope="module")
def keyed(tmp_path_factory):
    """A lone user's server, where somebody has made keys."""
    with site(tmp_path_factory.mktemp("keyed")) as one:
        one.id, one.key = one.door.key("ask")
        yield one


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory):
    """A server where people sign in."""
    from ui.web.access import Access, entrance
    from ui.web.accounts import hashed, keep

    folder = tmp_path_factory.mktemp("people")
    users = folder / "users"
    keep(users, "mara", hashed(SECRET))
    way_in = entrance(Access(users=users), "127.0.0.1", folder)
    with site(folder, is_alone=False, entrance=way_in) as one:
        one.id, one.key = one.door.key("ask")
        yield one


def test_an_answer_has_its_text_its_citations_and_no_refusal(alone):
    found = alone.client().predict("How far ahead?", api_name="/ask")

    assert found["text"].startswith("**TideNet: Forecasting Coastal Floods**")
    assert found["refusal"] is None
    assert found["citations"][0] == {
        "number": 1,
        "title": TIDES.title,
        "url": "https://example.org/tides",
        "sentence": SENTENCE,
        "verdict": "supported",
    }
    assert [one["verdict"] for one in found["citations"]] == ["supported", "weak"]


def test_whoever_asks_is_in_the_audit_as_with_the_api(keyed):
    keyed.client(keyed.key).predict("How far ahead?", api_name="/ask")
    keyed.client(keyed.key).predict("Please refuse.", api_name="/ask")

    *_, answered, refused = keyed.audited()
    assert (answered["surface"], answered["outcome"]) == ("gradio", "answered")
    assert answered["cited"] == ["tides"]
    assert answered["request"].startswith("req_")
    assert answered["principal"] == refused["principal"] != ""
    assert answered["question"] != refused["question"] != ""
    assert refused["outcome"] == "refused"


def test_half_a_character_in_a_question_is_a_question_mark(alone):
    number = _numbered(alone, "ask")
    body = json.dumps({"data": ["How \ud800 far?"], "session_hash": "half", "fn_index": number})

    joined = httpx.post(
        f"{alone.address}/gradio_api/queue/join",
        content=body,
        headers={"content-type": "application/json"},
    )

    assert joined.status_code == 200
    told = alone.call("/gradio_api/queue/data?session_hash=half").text
    assert SENTENCE in told
    assert alone.engine.asked[-1][0] == "How ? far?"


def test_a_refusal_says_why_and_what_is_nearest(alone):
    found = alone.client().predict(question="Please refuse.", api_name="/ask")

    assert found["refusal"]["kind"] == "not-on-shelf"
    assert found["refusal"]["nearest"] == ["Slow Dough"]
    assert found["text"] == found["refusal"]["reason"]
    assert found["citations"] == []


def test_a_job_gives_the_text_as_it_grows(alone):
    texts = [one["text"] for one in alone.client().submit("Grow.", api_name="/ask")]

    assert len(texts) >= 2
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))


def test_the_only_endpoint_need_not_be_named(alone):
    assert alone.client().predict("Which one?")["text"]


def test_the_client_is_told_of_that_endpoint_alone(alone):
    told = alone.client().view_api(return_format="dict", print_info=False)

    assert list(told["named_endpoints"]) == ["/ask"]
    assert told["unnamed_endpoints"] == {}
    (question,) = told["named_endpoints"]["/ask"]["parameters"]
    assert (question["parameter_name"], question["python_type"]["type"]) == ("question", "str")
    (returned,) = told["named_endpoints"]["/ask"]["returns"]
    assert returned["python_type"]["type"].startswith("dict")


def test_the_conversation_is_still_no_input_and_files_are_checked(alone):
    config = alone.call("/config").json()
    kinds = {one["id"]: one["type"] for one in config["components"]}
    taken = {kinds[number] for event in config["dependencies"] for number in event["inputs"]}

    assert taken == {"state", "textbox", "button", "api"}
    public = [
        one["api_name"] for one in config["dependencies"] if one["api_visibility"] == "public"
    ]
    assert public == ["ask"]


@pytest.mark.parametrize("question", [17, None, ["a"], {"path": "/etc/passwd"}])
def test_what_is_no_text_is_told_in_a_sentence(alone, question):
    with pytest.raises(AppError, match="has to be a text"):
        alone.client().predict(question, api_name="/ask")


def test_what_fails_is_told_without_what_is_secret(alone):
    with pytest.raises(AppError, match=r"reference [0-9a-f]{8}") as told:
        alone.client().predict("fail now", api_name="/ask")

    assert "sk-123" not in str(told.value)


def test_a_job_that_is_cancelled_ends_the_engines_work(alone):
    client, closed = alone.client(), alone.engine.closed
    job = client.submit("hang on", api_name="/ask")
    _until(lambda: job.outputs())

    job.cancel()

    _until(lambda: alone.engine.closed == closed + 1)


def test_a_client_that_is_gone_ends_the_engines_work(alone):
    closed, session = alone.engine.closed, "gone12345"
    body = {"data": ["hang"], "fn_index": _numbered(alone, "ask"), "session_hash": session}
    with httpx.stream("GET", f"{alone.address}/gradio_api/heartbeat/{session}") as heartbeat:
        alive = heartbeat.iter_lines()
        assert next(alive) == "data: ALIVE"
        asked = len(alone.engine.asked)
        assert alone.call("/gradio_api/queue/join", json=body).status_code == 200
        _until(lambda: len(alone.engine.asked) > asked)

    _until(lambda: alone.engine.closed == closed + 1)


def test_many_clients_are_answered_side_by_side(alone):
    found = []

    def asking(number):
        found.append(alone.client().predict(f"Number {number}?", api_name="/ask")["text"])

    asking_all = [threading.Thread(target=asking, args=(number,)) for number in range(6)]
    for one in asking_all:
        one.start()
    for one in asking_all:
        one.join(20)

    assert len(found) == 6
    assert all(found)


@pytest.mark.parametrize(
    "path", ["/gradio_api/upload", "/gradio_api/call/ask", "/gradio_api/run/ask"]
)
def test_no_other_way_of_gradios_leads_to_it(alone, path):
    assert alone.call(path, json={"data": ["Why?"]}).status_code == 404


def test_where_there_are_keys_the_endpoint_asks_for_one(keyed):
    with pytest.raises(AppError, match="key"):
        keyed.client().predict("Why?", api_name="/ask")

    assert keyed.client(keyed.key).predict("Why?", api_name="/ask")["citations"]


def test_where_there_are_keys_the_chat_goes_on_without(keyed):
    body = {"data": ["Why?", None, None], "fn_index": _first(keyed, "textbox"), "session_hash": "a"}

    assert keyed.call("/gradio_api/queue/join", json=body).status_code == 200


@pytest.mark.parametrize("server", ["keyed", "signed_in"])
def test_a_wrong_or_revoked_key_is_told_at_once(server, request):
    where = request.getfixturevalue(server)
    number, revoked = where.door.key("ask")
    where.door.revoke(number)

    for key in (revoked, f"{where.key[:-1]}_", "fn_no"):
        with pytest.raises(AuthenticationError):
            where.client(key)


@pytest.mark.parametrize("server", ["keyed", "signed_in"])
def test_a_key_that_may_not_ask_is_refused_at_every_path(server, request):
    where = request.getfixturevalue(server)
    _, key = where.door.key("write")

    for path in ("/config", "/gradio_api/info", "/gradio_api/heartbeat/a"):
        refused = where.call(path, key)
        assert refused.status_code == 403
        assert refused.json()["error"]["code"] == "missing_scope"


def test_where_people_sign_in_a_key_asks(signed_in):
    found = signed_in.client(signed_in.key).predict("How far ahead?", api_name="/ask")

    assert found["citations"][0]["sentence"] == SENTENCE


def test_where_people_sign_in_nobody_else_comes_in(signed_in):
    with pytest.raises(AuthenticationError):
        signed_in.client()
    for path in ("/", "/papers", "/gradio_api/theme.css", "/add"):
        assert signed_in.call(path, signed_in.key).status_code == 401, path
    for path in ("/gradio_api/run/predict", "/gradio_api/reset"):
        assert signed_in.call(path, signed_in.key, json={}).status_code == 401, path


def test_a_key_calls_nothing_of_the_chat(signed_in):
    events = signed_in.call("/config", signed_in.key).json()["dependencies"]
    number = _numbered(signed_in, "ask", signed_in.key)
    others = [one["id"] for one in events if one["id"] != number]
    assert len(others) > 5
    for other in (*others, None, str(number), float(number), [number]):
        body = {"data": ["Why?", None, None], "fn_index": other, "session_hash": "a"}
        refused = signed_in.call("/gradio_api/queue/join", signed_in.key, json=body)
        assert refused.status_code == 403, other
        assert "/ask" in refused.json()["detail"]

    for body in (b"", b"{", b"[]", b'{"fn_index": 1' + b" " * 1_000_001):
        refused = signed_in.call("/gradio_api/queue/join", signed_in.key, content=body)
        assert refused.status_code == 403


def test_a_question_counts_once_towards_the_rate_of_its_key(tmp_path):
    with site(tmp_path, is_alone=True) as where:
        _, key = where.door.key("ask", rate="2/hour")
        client = where.client(key)

        for _ in range(2):
            assert client.predict("Why?", api_name="/ask")["text"]
        with pytest.raises(AppError, match="No more than 2 requests each hour"):
            client.predict("Why?", api_name="/ask")


@pytest.mark.parametrize(
    ("path", "sent", "is_shown"),
    [
        ("/config", ["Bearer fn_x"], True),
        ("/config", ["bearer\tfn_x"], True),
        ("/gradio_api/heartbeat/abc", ["Bearer fn_x"], True),
        ("/gradio_api/heartbeat/../config", ["Bearer fn_x"], False),
        ("/config/", ["Bearer fn_x"], False),
        ("/papers", ["Bearer fn_x"], False),
        ("/", ["Bearer fn_x"], False),
        ("/config", ["Basic fn_x"], False),
        ("/config", ["Bearer sk-x"], False),
        ("/config", [], False),
        ("/config", ["Basic eA==", "Bearer fn_x"], True),
    ],
)
def test_what_shows_a_key(path, sent, is_shown):
    headers = [(b"authorization", one.encode()) for one in sent]

    assert shows_key({"type": "http", "path": path, "headers": headers}) is is_shown
    assert not shows_key({"type": "websocket", "path": path, "headers": headers})


async def test_where_nothing_is_offered_a_key_opens_nothing():
    from fastapi import FastAPI

    from ui.web.offering import OnlyOffered

    only = OnlyOffered(FastAPI(), offer=None, numbers=())
    transport = httpx.ASGITransport(only)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        refused = await client.get("/config", headers={"authorization": "Bearer fn_x"})

    assert refused.status_code == 401


def _numbered(where, name, key=None):
    events = where.call("/config", key).json()["dependencies"]
    return next(event["id"] for event in events if event["api_name"] == name)


def _first(where, kind):
    config = where.call("/config").json()
    kinds = {one["id"]: one["type"] for one in config["components"]}
    return next(
        event["id"]
        for event in config["dependencies"]
        if event["inputs"] and kinds[event["inputs"][0]] == kind
    )


def _until(holds):
    until = time.monotonic() + HANDED_OVER
    while not holds():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.02)
