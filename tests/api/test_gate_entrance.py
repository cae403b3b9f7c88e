"""The API behind the guards of the pages: a key passes them, and so does whoever they know."""

from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from gated import door
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from rag.config import Settings
from rag.errors import ConfigError
from ui.api.surroundings import surrounded
from ui.web.access import Access, entrance
from ui.web.accounts import hashed, keep

PASSWORD = "correct horse"  # noqa: S105
EVERYWHERE = "0.0.0.0"  # noqa: S104
PROXY = "10.0.0.1"
OWN_PAGE = {"sec-fetch-site": "same-origin"}
CROSS_SITE = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}


@contextmanager
def behind(home, access, host=EVERYWHERE, **options):
    """The key of somebody who may ask, and a maker of clients."""
    way_in = entrance(access, host, home)
    with door(home, **options) as one:
        app = FastAPI(docs_url=None, openapi_url=None)
        for router in way_in.routers:
            app.include_router(router)
        for address in ("/v1", "/api/v1"):
            app.mount(address, surrounded(one.app, "test"))
        app.mount("/", PlainTextResponse("the chat"))
        for guard in reversed(way_in.guards):
            app.add_middleware(guard)

        def client(address="203.0.113.5", base="http://shelf.example"):
            return TestClient(app, base_url=base, client=(address, 5000), follow_redirects=False)

        yield one, client


@pytest.fixture
def users(tmp_path):
    path = tmp_path / "users"
    keep(path, "mara", hashed(PASSWORD))
    return path


def bearer(text):
    return {"authorization": f"Bearer {text}"}


@pytest.mark.parametrize("room", ["/v1", "/api/v1"])
def test_a_key_passes_where_people_sign_in(users, tmp_path, room):
    with behind(tmp_path, Access(users=users)) as (one, client):
        number, text = one.key()

        assert client().get(f"{room}/who", headers=bearer(text)).json()["name"] == f"key {number}"
        assert client().post(f"{room}/ask", headers=bearer(text) | CROSS_SITE).status_code == 200


def test_without_a_key_the_api_says_how_to_get_one_not_where_to_sign_in(users, tmp_path):
    with behind(tmp_path, Access(users=users)) as (_, client):
        refused = client().get("/v1/who", headers={"accept": "text/html"})

    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "missing_api_key"


@pytest.mark.parametrize("path", ["/", "/v1", "/v1x/who", "/x/v1/who", "/api/v2/who", "//v1/who"])
def test_a_key_opens_nothing_but_the_api(users, tmp_path, path):
    with behind(tmp_path, Access(users=users)) as (one, client):
        headers = bearer(one.key("admin")[1])

        assert client().get("http://shelf.example" + path, headers=headers).status_code == 401
        assert client().get("/").status_code == 401


@pytest.mark.parametrize("path", ["/v1/../", "/v1/%2e%2e/", "/v1/..%2f", "/api/v1/../../config"])
def test_no_path_leads_from_the_api_to_the_chat(users, tmp_path, path):
    with behind(tmp_path, Access(users=users)) as (_, client):
        response = client().get("http://shelf.example" + path)

    assert "the chat" not in response.text
    assert response.status_code in (401, 404)


def test_a_session_is_enough_for_asking(users, tmp_path):
    with behind(tmp_path, Access(users=users)) as (_, client):
        mara = client()
        mara.post("/sign-in", data={"user": "mara", "password": PASSWORD}, headers=OWN_PAGE)

        assert mara.get("/v1/who").json()["name"] == "user mara"
        assert mara.post("/v1/ask", headers=OWN_PAGE).status_code == 200
        assert mara.post("/v1/ask", headers=CROSS_SITE).status_code == 403
        assert mara.post("/v1/papers", headers=OWN_PAGE).status_code == 403


def test_a_proxys_user_may_ask_and_a_stranger_needs_a_key(tmp_path):
    access = Access(proxy_header="X-User", trusted_proxies=(PROXY,))
    with behind(tmp_path, access) as (one, client):
        named = {"x-user": "mara"}

        assert client(PROXY).get("/v1/who", headers=named).json()["name"] == "user mara"
        assert client().get("/v1/who", headers=named).status_code == 401
        assert client().get("/v1/who", headers=bearer(one.key()[1])).status_code == 200
        assert client().get("/").status_code == 401


def test_behind_a_proxy_limits_are_the_clients_not_the_proxys(tmp_path):
    access = Access(proxy_header="X-User", trusted_proxies=(PROXY,))
    with behind(tmp_path, access) as (_, client):
        knock = [
            client(PROXY).get("/v1/who", headers=bearer("fn_x") | {"x-forwarded-for": client_at})
            for client_at in ["203.0.113.5"] * 31 + ["203.0.113.6"]
        ]

    assert [each.status_code for each in knock[29:]] == [401, 429, 401]


def test_an_insecure_server_asks_for_a_key_all_the_same(tmp_path):
    with behind(tmp_path, Access(is_insecure=True)) as (one, client):
        assert client().get("/").text == "the chat"
        assert client().get("/v1/who").status_code == 401
        assert client("127.0.0.1", "http://localhost").get("/v1/who").status_code == 401
        assert client().get("/v1/who", headers=bearer(one.key()[1])).status_code == 200


def test_another_name_for_this_machine_is_refused_before_the_api(tmp_path):
    with behind(tmp_path, Access(), "127.0.0.1", is_alone=True) as (one, client):
        here = client("127.0.0.1", "http://127.0.0.1:7860")
        rebound = client("127.0.0.1", "http://evil.example")

        assert here.get("/v1/who").json()["may"] == ["admin", "ask", "write"]
        assert here.post("/v1/ask", headers=CROSS_SITE).status_code == 403
        assert rebound.get("/v1/who").status_code == 400
        assert rebound.get("/v1/who", headers=bearer(one.key()[1])).status_code == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_rate", "often"),
        ("api_rate", "0/minute"),
        ("api_rate", "60/minute;5/second"),
        ("api_concurrency", "0"),
        ("cors_origins", "https://app.example/"),
        ("cors_origins", "app.example"),
        ("cors_origins", "https://a.example https://b.example"),
        ("log_format", "xml"),
    ],
)
def test_a_wrong_setting_is_told_in_a_sentence(monkeypatch, name, value):
    from rag.config import load_settings

    monkeypatch.setenv(f"FOOTNOTE_{name.upper()}", value)

    with pytest.raises(ConfigError, match=f"FOOTNOTE_{name.upper()} is wrong"):
        load_settings()


@pytest.mark.parametrize("value", ["60/minute", " 1000 per 2 hours ", "3/second"])
def test_a_rate_may_be_written_in_several_ways(value):
    assert Settings(api_rate=value).api_rate == value.strip()
