"""The gate by attack: wrong keys, old keys, keys for other things, tricks with headers, limits."""

import asyncio
import hmac
from datetime import timedelta

import pytest
from gated import door
from hypothesis import given
from hypothesis import strategies as st
from opened import OpenGate

from ui.server import key_store
from ui.server.key_store import Keys
from ui.server.keys import Terms, local_key, today

CROSS_SITE = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
OWN_PAGE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def closed(tmp_path):
    """A server that others reach."""
    with door(tmp_path) as one:
        yield one


@pytest.fixture
def alone(tmp_path):
    """A lone user's, on this machine."""
    with door(tmp_path, is_alone=True) as one:
        yield one


def code(response):
    return response.json()["error"]["code"]


def test_a_key_does_what_it_is_for_and_no_more(closed):
    number, text = closed.key("ask")
    client = closed.client(text)

    assert client.get("/who").json() == {
        "name": f"key {number}",
        "owner": f"key:{number}",
        "may": ["ask"],
    }
    for refused in (client.post("/papers"), client.get("/admin")):
        assert (refused.status_code, code(refused)) == (403, "missing_scope")
    assert "--scope write" in client.post("/papers").json()["error"]["message"]


def test_whoever_may_administer_may_do_all(closed):
    client = closed.client(closed.key("admin")[1])

    assert {client.get("/who").status_code, client.post("/papers").status_code} == {200}
    assert client.get("/admin").status_code == 200


def test_without_a_key_one_is_told_how_to_get_one(closed):
    response = closed.client().get("/who")

    assert (response.status_code, code(response)) == (401, "missing_api_key")
    assert "footnote keys create" in response.json()["error"]["message"]
    assert response.headers["www-authenticate"] == 'Bearer realm="footnote"'


@pytest.mark.parametrize("change", [str.upper, lambda text: text[:-1], lambda text: text + "a"])
def test_a_key_that_is_nearly_right_is_wrong(closed, change):
    _, text = closed.key()
    response = closed.client("fn_" + change(text[3:])).get("/who")

    assert (response.status_code, code(response)) == (401, "invalid_api_key")
    assert 'error="invalid_token"' in response.headers["www-authenticate"]
    assert text not in response.text


def test_the_secret_of_one_key_does_not_go_with_the_id_of_another(closed):
    (first, _), (_, text) = closed.key(), closed.key()

    assert closed.client(f"fn_{first}_{text.split('_')[2]}").get("/who").status_code == 401


def test_a_key_that_another_process_revokes_is_refused_at_once(closed):
    number, text = closed.key()
    client = closed.client(text)
    assert client.get("/who").status_code == 200

    closed.revoke(number)

    response = client.get("/who")
    assert response.status_code == 401
    assert "was revoked" in response.json()["error"]["message"]


@pytest.mark.parametrize(("days", "status"), [(-1, 401), (0, 200), (1, 200)])
def test_a_key_works_until_the_end_of_its_last_day(closed, days, status):
    _, text = closed.key(expires=today() + timedelta(days=days))

    assert closed.client(text).get("/who").status_code == status


def test_an_unknown_id_a_wrong_secret_and_nonsense_are_the_same_work(tmp_path, monkeypatch):
    """By construction, as clocks in a test are no proof: each is looked up, hashed and compared."""
    steps = []

    def noted(name, call):
        return lambda *values: steps.append(name) or call(*values)

    compare, digest = hmac.compare_digest, key_store.digest
    monkeypatch.setattr(key_store.hmac, "compare_digest", noted("compared", compare))
    monkeypatch.setattr(key_store, "digest", noted("hashed", digest))
    with Keys(tmp_path) as keys:
        _, text = keys.create("a", Terms(("ask",)))
        done = []
        for tried in (text, text[:-1] + "!", text[:-1] + "x", f"fn_00000000_{'a' * 40}", "fn_"):
            steps.clear()
            keys.owning(tried)
            done.append(tuple(steps))

    assert set(done) == {("hashed", "compared")}


@pytest.mark.parametrize(
    "sent",
    [
        [b""],
        [b"Bearer"],
        [b"Bearer "],
        [b"Basic Zm46Zm4="],
        [b"%s"],
        [b"Token %s"],
        [b"Bearer%s"],
        [b"Bearer %s", b"Bearer %s"],
        [b"Basic eDp5", b"Bearer %s"],
        [b"Bearer %s, Bearer %s"],
        [b"Bearer %s extra"],
        [b"Bearer %s\x00"],
        [b"Bearer \x00"],
        [b"Bearer fn_\xff\xfe"],
        ["Bearer fn_schlüssel".encode()],
        [b"Bearer fn_" + b"a" * 60_000],
        [b"Bearer " + b"a" * 60_000],
        [b"Bearer fn_" + b"_" * 5000],
        [b"Bearer null"],
    ],
    ids=lambda sent: repr(sent)[:40],
)
def test_tricks_with_the_header_lead_nowhere(closed, sent):
    _, text = closed.key()
    headers = [(b"authorization", one.replace(b"%s", text.encode())) for one in sent]

    status, told = asyncio.run(knocking(closed, headers))

    assert status == 401
    assert b'"error"' in told


@pytest.mark.parametrize("second", [b"Basic eDp5", b"Bearer sk-dummy", b""])
def test_two_headers_are_refused_also_where_no_key_is_asked_for(alone, second):
    headers = [(b"authorization", b"Bearer sk-dummy"), (b"authorization", second)]

    assert asyncio.run(knocking(alone, headers[:1]))[0] == 200
    assert asyncio.run(knocking(alone, headers))[0] == 401


def test_the_scheme_may_be_written_in_any_case_and_with_more_space(closed):
    _, text = closed.key()

    for written in (b"bearer %s", b"BEARER  %s ", b"Bearer\t%s"):
        headers = [(b"authorization", written.replace(b"%s", text.encode()))]
        assert asyncio.run(knocking(closed, headers))[0] == 200


@given(st.lists(st.binary(max_size=80), max_size=3))
def test_no_header_breaks_the_gate(sent):
    status, _ = asyncio.run(knocking(DOOR, [(b"authorization", one) for one in sent]))

    assert status in (401, 429)


async def knocking(one, headers):
    """A request exactly as these bytes, past what a client or a server would clean."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/who",
        "raw_path": b"/who",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "headers": [(b"host", b"127.0.0.1"), *headers],
        "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 7860),
    }
    await one.app(scope, receive, send)
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent)


class Closed:
    """Made once, for many examples."""

    def __init__(self):
        from gated import routes
        from opened import EVERYBODY

        from ui.api.admission import Admission
        from ui.api.callers import Callers
        from ui.api.gate import Gate
        from ui.server.key_use import KeyUse

        keys = OpenGate().keys
        self.gate = Gate(Callers(keys, EVERYBODY), Admission(KeyUse(keys)))
        self.app = routes(self)


DOOR = Closed()


def test_a_lone_user_needs_no_key_and_a_dummy_one_does_no_harm(alone):
    everything = ["admin", "ask", "write"]

    assert alone.client().get("/who").json()["may"] == everything
    for dummy in ("sk-no-key-required", "EMPTY", "x" * 300):
        assert alone.client(dummy).get("/who").json()["may"] == everything


def test_a_wrong_key_is_refused_also_where_none_is_asked_for(alone):
    assert alone.client("fn_00000000_" + "a" * 40).get("/who").status_code == 401


def test_the_first_key_closes_what_was_open_and_its_end_does_not_open_it_again(alone):
    assert alone.client().get("/who").status_code == 200

    number, text = alone.key()
    assert alone.client().get("/who").status_code == 401
    assert alone.client(text).get("/who").status_code == 200

    alone.revoke(number)
    assert alone.client().get("/who").status_code == 401
    assert alone.client("dummy").get("/who").status_code == 401


def test_who_is_elsewhere_is_no_lone_user(alone):
    here = {"host": "127.0.0.1:7860"}

    assert alone.client(host="203.0.113.5").get("/who", headers=here).status_code == 401
    for forwarded in ("x-forwarded-for", "forwarded", "x-real-ip"):
        assert alone.client().get("/who", headers={forwarded: "203.0.113.5"}).status_code == 401
    assert alone.client().get("/who", headers={"host": "shelf.example"}).status_code == 401


def test_another_sites_page_cannot_use_what_is_open(alone):
    client = alone.client()

    assert client.post("/ask", headers=CROSS_SITE).status_code == 403
    assert client.get("/who", headers=CROSS_SITE).status_code == 403
    assert client.post("/ask", headers={"origin": "https://evil.example"}).status_code == 403
    assert client.post("/ask", headers=OWN_PAGE).status_code == 200


def test_another_sites_page_may_show_a_key(closed):
    assert closed.client(closed.key()[1]).post("/ask", headers=CROSS_SITE).status_code == 200


def test_a_browser_keeps_its_conversations_to_itself(alone):
    first = alone.client().get("/who", headers={"cookie": f"footnote_browser={'a' * 32}"}).json()

    assert first["owner"].startswith("browser:")
    assert alone.client().get("/who").json()["owner"] == ""


def test_who_signed_in_may_ask_and_an_operator_may_do_all(closed):
    mara = closed.client(user="mara").get("/who").json()
    olga = closed.client(user="olga").get("/who").json()

    assert mara == {"name": "user mara", "owner": "user:mara", "may": ["ask"]}
    assert olga["may"] == ["admin", "ask"]
    refused = closed.client(user="mara").post("/papers", headers=OWN_PAGE)
    assert refused.status_code == 403
    assert "FOOTNOTE_OPERATORS" in refused.json()["error"]["message"]


def test_what_a_browser_sends_along_changes_something_only_from_our_own_pages(closed):
    client = closed.client(user="mara")

    assert client.post("/ask", headers=OWN_PAGE).status_code == 200
    assert client.post("/ask", headers={"origin": "http://127.0.0.1:7860"}).status_code == 200
    for elsewhere in (CROSS_SITE, {"sec-fetch-site": "same-site"}, {"origin": "null"}, {}):
        response = client.post("/ask", headers=elsewhere)
        assert (response.status_code, code(response)) == (403, "other_site")


def test_a_proxys_own_authorization_header_is_no_key_of_ours(closed):
    """It names the user, and passes on what the browser has sent to the proxy itself."""
    client = closed.client(user="mara")

    for sent in ("Basic bWFyYTp4", "Bearer eyJhbGciOi.J9.x"):
        assert client.get("/who", headers={"authorization": sent}).json()["name"] == "user mara"


def test_a_key_counts_more_than_who_signed_in(closed):
    number, text = closed.key()
    client = closed.client(text, user="olga")

    assert client.get("/who").json()["name"] == f"key {number}"
    closed.revoke(number)
    assert client.get("/who").status_code == 401


def test_this_machines_commands_have_a_key_that_opens_everything(tmp_path):
    text = local_key()
    with door(tmp_path, local_key=text) as one:
        client = one.client(text)
        assert client.get("/who").json() == {
            "name": "this machine",
            "owner": "",
            "may": ["admin", "ask", "write"],
        }
        assert client.get("/admin").status_code == 200
        assert one.client(text[:-1]).get("/who").status_code == 401


@pytest.mark.parametrize("token", ["fn_", "fn_local_", " "])
def test_where_there_is_no_such_key_nothing_passes_for_it(tmp_path, token):
    with door(tmp_path) as one:
        assert one.client(token).get("/who").status_code == 401


def test_only_a_wrong_key_is_slowed_down(closed):
    _, text = closed.key()
    wrong, right = closed.client("fn_00000000_" + "a" * 40), closed.client(text)

    seen = [wrong.get("/who") for _ in range(31)]

    assert [one.status_code for one in seen[:30]] == [401] * 30
    assert seen[30].status_code == 429
    assert int(seen[30].headers["retry-after"]) > 0
    assert right.get("/who").status_code == 200
    assert closed.client("fn_x", host="203.0.113.9").get("/who").status_code == 401


def test_a_rate_is_told_on_every_response_and_kept(tmp_path):
    with door(tmp_path, api_rate="3/minute") as one:
        client = one.client(one.key()[1])
        seen = [client.get("/who"), client.post("/papers"), client.get("/who"), client.get("/who")]

    assert [each.status_code for each in seen] == [200, 403, 200, 429]
    left = [each.headers["x-ratelimit-remaining-requests"] for each in seen]
    assert left == ["2", "1", "0", "0"]
    assert {each.headers["x-ratelimit-limit-requests"] for each in seen} == {"3"}
    assert seen[0].headers["x-ratelimit-reset-requests"] == "1m0s"
    assert code(seen[3]) == "rate_limit_exceeded"
    assert 0 < int(seen[3].headers["retry-after"]) <= 60


def test_a_key_may_have_a_rate_of_its_own(tmp_path):
    with door(tmp_path, api_rate="1/minute") as one:
        client = one.client(one.key(rate="3/minute")[1])

        assert [client.get("/who").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_many_keys_from_one_address_are_slowed_down_together(tmp_path):
    with door(tmp_path, api_rate="1/minute") as one:
        clients = [one.client(one.key()[1]) for _ in range(11)]
        assert [each.get("/who").status_code for each in clients] == [200] * 10 + [429]
        elsewhere = one.client(one.key()[1], host="203.0.113.9")
        assert elsewhere.get("/who").status_code == 200


def test_a_lone_user_is_limited_only_where_it_was_set(tmp_path, alone):
    client = alone.client()
    seen = [client.get("/who") for _ in range(70)]
    assert {each.status_code for each in seen} == {200}
    assert "x-ratelimit-limit-requests" not in seen[0].headers

    with door(tmp_path, is_alone=True, api_rate="2/minute") as one:
        assert [one.client().get("/who").status_code for _ in range(3)] == [200, 200, 429]


def test_a_days_tokens_are_counted_and_then_spent(tmp_path):
    with door(tmp_path) as one:
        number, text = one.key(tokens_per_day=100)
        client = one.client(text)
        first, second = client.post("/ask?tokens=60"), client.post("/ask?tokens=60")
        third = client.post("/ask")

        assert [each.status_code for each in (first, second, third)] == [200, 200, 429]
        left = [e.headers["x-ratelimit-remaining-tokens"] for e in (first, second, third)]
        assert left == ["100", "40", "0"]
        assert code(third) == "insufficient_quota"
        assert 0 < int(third.headers["retry-after"]) <= 24 * 3600
        assert client.get("/who").status_code == 200  # what costs nothing still goes

    with door(tmp_path) as again:
        assert again.client(text).post("/ask").status_code == 429
        with Keys(tmp_path) as keys:
            assert keys.spent(number, today()) == 120
            assert keys.spent(number, today() - timedelta(days=1)) == 0


def test_the_tokens_of_yesterday_count_no_more(closed):
    number, text = closed.key(tokens_per_day=100)
    with Keys(closed.home) as keys:
        keys.spend(number, today() - timedelta(days=1), 500)

    assert closed.client(text).post("/ask").headers["x-ratelimit-remaining-tokens"] == "100"


def test_a_key_without_a_budget_is_counted_as_well(tmp_path):
    with door(tmp_path) as one:
        number, text = one.key()
        assert one.client(text).post("/ask?tokens=7").status_code == 200
    with Keys(tmp_path) as keys:
        assert keys.spent(number, today()) == 7
        assert keys.all()[0].last_used == today()
        assert keys.all()[0].standing == "valid"


def test_a_route_that_asks_twice_counts_once(tmp_path):
    with door(tmp_path, api_rate="2/minute", api_concurrency=1) as one:
        client = one.client(one.key("write", "ask")[1])

        assert [client.post("/papers").status_code for _ in range(3)] == [200, 200, 429]


def test_the_description_of_the_api_tells_of_the_key(closed):
    described = closed.app.openapi()

    assert described["components"]["securitySchemes"]["API key"]["scheme"] == "bearer"
    assert described["paths"]["/who"]["get"]["security"] == [{"API key": []}]
