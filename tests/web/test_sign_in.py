"""Who may come in: accounts, sessions, throttling, a trusted proxy, and what is open to all."""

import asyncio
import re
import time
from functools import partial

import pytest
from acting import TIDES, Acting, Papers
from fastapi import FastAPI
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from rag.errors import ConfigError
from ui.server.peers import Peers, networks
from ui.server.services import Services
from ui.web.access import Access, entrance
from ui.web.accounts import AccountError, drop, hashed, keep, read
from ui.web.application import application
from ui.web.attempts import Attempts
from ui.web.ended_sessions import EndedSessions
from ui.web.passwords import Passwords
from ui.web.sessions import COOKIE, KEY_FILE, KeyFileError, Sessions, key_in
from ui.web.sign_in import SignedInOnly

PASSWORD = "correct horse"  # noqa: S105
EVERYWHERE = "0.0.0.0"  # noqa: S104
PAGE = {"accept": "text/html"}


@pytest.fixture(scope="module")
def mara():
    """What the file keeps of her password."""
    return hashed(PASSWORD)


@pytest.fixture
def users(tmp_path, mara):
    path = tmp_path / "users"
    keep(path, "mara", mara)
    return path


@pytest.fixture
def guarded(users, tmp_path):
    """A client that nobody has signed in to, of an application that only says who it is."""
    way_in = entrance(Access(users=users), EVERYWHERE, tmp_path)
    app = FastAPI(docs_url=None, openapi_url=None)
    for router in way_in.routers:
        app.include_router(router)
    app.mount("/", told)
    for guard in reversed(way_in.guards):
        app.add_middleware(guard)
    return client(app)


async def whole(users, home):
    """The application with the chat."""
    way_in = entrance(Access(users=users), EVERYWHERE, home)
    services = Services(Acting(), Papers(TIDES))
    return application(services, *way_in.routers, guards=way_in.guards)


def client(app, **options):
    return TestClient(app, base_url="http://shelf.example", follow_redirects=False, **options)


def sign_in(one, user="mara", password=PASSWORD, **more):
    return one.post("/sign-in", data={"user": user, "password": password} | more)


async def told(scope, receive, send):
    """Says who the guards say it is."""
    state = scope.get("state", {})
    seen = {"user": state.get("user"), "client": scope["client"][0], "scheme": scope["scheme"]}
    await JSONResponse(seen)(scope, receive, send)


def test_a_page_leads_to_signing_in_and_back(guarded):
    led = guarded.get("/?a=b", headers=PAGE)

    assert led.status_code == 303
    assert led.headers["location"] == "/sign-in?next=%2F%3Fa%3Db"
    assert 'value="/?a=b"' in guarded.get(led.headers["location"]).text
    assert sign_in(guarded, next="/?a=b").headers["location"] == "/?a=b"
    assert guarded.get("/", headers=PAGE).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/config"),
        ("GET", "/gradio_api/heartbeat/abc"),
        ("GET", "/gradio_api/queue/data?session_hash=abc"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/run/predict"),
        ("GET", "/gradio_api/startup-events"),
        ("GET", "/assets/index.js"),
        ("POST", "/sign-out"),
        ("GET", "/look/../config"),
        ("GET", "/no-such-page"),
    ],
)
def test_nothing_else_is_told_to_strangers(guarded, method, path):
    response = guarded.request(method, path)

    assert response.status_code == 401
    assert "Open /sign-in" in response.json()["detail"]


def test_a_socket_is_closed_to_strangers(users, tmp_path):
    sessions = Sessions(Passwords(users), key_in(tmp_path))
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "websocket", "path": "/live", "headers": [], "query_string": b""}
    asyncio.run(SignedInOnly(told, sessions=sessions)(scope, None, send))

    assert [one["type"] for one in sent] == ["websocket.close"]
    assert sent[0]["code"] == 1008


@pytest.mark.parametrize("path", ["/healthz", "/sign-in", "/look/style.css"])
def test_what_tells_nothing_is_open(guarded, path):
    assert guarded.get(path).status_code == 200


def test_who_has_signed_in_is_who_gradio_says_it_is(users, tmp_path):
    chat = client(asyncio.run(whole(users, tmp_path)))
    assert chat.get("/config").status_code == 401
    sign_in(chat)

    assert chat.get("/config").json()["username"] == "mara"
    assert '"username":"mara"' in chat.get("/", headers=PAGE).text.replace(" ", "")


@pytest.mark.parametrize(
    ("user", "password"), [("mara", "wrong horse"), ("nobody", PASSWORD), ("", ""), ("mara", "")]
)
def test_a_wrong_password_and_a_wrong_name_are_told_alike(guarded, user, password):
    response = sign_in(guarded, user, password)

    assert response.status_code == 401
    assert "That name and password do not belong together." in response.text
    assert "set-cookie" not in response.headers


def test_an_unknown_name_costs_as_much_as_a_wrong_password(users, monkeypatch):
    from argon2 import PasswordHasher

    checked, verify = [], PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher,
        "verify",
        lambda one, kept, given: checked.append(kept) or verify(one, kept, given),
    )
    passwords = Passwords(users)

    assert asyncio.run(passwords.name_of("nobody", PASSWORD)) is None
    assert asyncio.run(passwords.name_of("mara", "wrong horse")) is None
    parameters = [kept.split("$")[1:4] for kept in checked]
    assert len(checked) == 2
    assert parameters[0] == parameters[1]


def test_the_cookie_is_for_the_server_alone(guarded):
    cookie = sign_in(guarded).headers["set-cookie"]

    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    safe = guarded.post(
        "https://shelf.example/sign-in", data={"user": "mara", "password": PASSWORD}
    )
    assert "; Secure" in safe.headers["set-cookie"]


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\n/"],
)
def test_nobody_is_led_elsewhere(guarded, target):
    assert sign_in(guarded, next=target).headers["location"] == "/"
    assert guarded.get("/sign-in", params={"next": target}).headers["location"] == "/"


def test_what_was_typed_is_shown_as_text(guarded):
    response = sign_in(guarded, '"><script>alert(1)</script>')

    assert "<script>" not in response.text
    assert PASSWORD not in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": "http://shelf.example"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/gradio_api/queue/join"])
def test_another_site_can_do_nothing_here(guarded, path, headers):
    sign_in(guarded)

    response = guarded.post(path, data={"user": "mara", "password": PASSWORD}, headers=headers)

    assert response.status_code == 403
    assert "another site" in response.json()["detail"]


def test_a_browser_on_our_page_can(guarded):
    response = guarded.post(
        "/sign-in",
        data={"user": "mara", "password": PASSWORD},
        headers={"origin": "http://shelf.example", "sec-fetch-site": "same-origin"},
    )

    assert response.status_code == 303


def test_signing_out_ends_it(guarded):
    sign_in(guarded)
    assert "signed in as mara" in guarded.get("/sign-out").text

    assert guarded.post("/sign-out").headers["location"] == "/sign-in"
    assert guarded.get("/config").status_code == 401


def test_a_cookie_that_was_taken_along_is_worth_nothing_after_signing_out(guarded, users, tmp_path):
    sign_in(guarded)
    taken = guarded.cookies[COOKIE]
    elsewhere = Sessions(Passwords(users), key_in(tmp_path)).begin("mara")
    guarded.post("/sign-out")
    assert COOKIE not in guarded.cookies

    guarded.cookies[COOKIE] = taken
    assert guarded.get("/config").status_code == 401
    guarded.cookies[COOKIE] = elsewhere
    assert guarded.get("/config").status_code == 200, "another browser of hers goes on"

    again = entrance(Access(users=users), EVERYWHERE, tmp_path)
    app = told
    for guard in reversed(again.guards):
        app = guard(app)
    restarted = client(app)
    restarted.cookies[COOKIE] = taken
    assert restarted.get("/config").status_code == 401, "also after a restart"
    restarted.cookies[COOKIE] = elsewhere
    assert restarted.get("/config").status_code == 200


def test_nobody_ends_a_session_that_is_not_theirs_to_end(users, tmp_path):
    sessions = Sessions(Passwords(users), key_in(tmp_path), ended=EndedSessions(tmp_path / "ended"))
    for cookie in (None, "", "x", Sessions(Passwords(users), "another key").begin("mara")):
        sessions.end(cookie)

    assert not (tmp_path / "ended").exists()


def test_ended_sessions_are_known_for_as_long_as_they_would_have_lasted(tmp_path):
    path, now = tmp_path / "ended", time.time()
    ended = EndedSessions(path)
    ended.add("one", now + 60)
    ended.add("two", now - 60)
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open("a") as file:
        file.write("\n\u007fbroken\nthree x\n")

    again = EndedSessions(path)

    assert "one" in again
    assert "two" not in again
    assert path.read_text() == f"one {now + 60:.0f}\n"


def test_where_ended_sessions_cannot_be_kept_they_are_ended_all_the_same(tmp_path, caplog):
    (tmp_path / "ended").mkdir()
    ended = EndedSessions(tmp_path / "ended")

    ended.add("one", time.time() + 60)

    assert "one" in ended
    assert "IsADirectoryError" in caplog.text


def test_attempts_are_throttled_with_a_sentence(guarded):
    codes = [sign_in(guarded, "mara", "wrong horse").status_code for _ in range(9)]
    last = sign_in(guarded)

    assert codes == [401] * 8 + [429]
    assert last.status_code == 429, "the right password does not help then"
    assert 0 < int(last.headers["retry-after"]) <= 300
    assert re.search(r"Too many attempts. Wait \d minutes, then try again.", last.text)


def test_names_are_counted_apart_and_a_right_password_begins_anew():
    attempts = Attempts("2 per minute", "100 per minute")
    assert [attempts.try_again_in("mara", "a") for _ in range(2)] == [0, 0]
    assert attempts.try_again_in(" MARA", "b") > 0
    assert attempts.try_again_in("joao", "a") == 0

    attempts.forget("mara")

    assert attempts.try_again_in("mara", "a") == 0


def test_an_address_is_counted_whatever_names_it_tries():
    attempts = Attempts("100 per minute", "3 per minute")
    assert [attempts.try_again_in(name, "a") for name in "xyz"] == [0, 0, 0]

    assert attempts.try_again_in("w", "a") > 0
    assert attempts.try_again_in("w", "b") == 0


def test_a_session_outlives_the_server_but_not_its_time(users, tmp_path):
    cookie = Sessions(Passwords(users), key_in(tmp_path)).begin("mara")

    assert Sessions(Passwords(users), key_in(tmp_path)).name(cookie) == "mara"
    assert Sessions(Passwords(users), key_in(tmp_path), lasts=-1).name(cookie) is None


def test_a_session_ends_with_its_password_and_with_its_account(users, tmp_path):
    sessions = Sessions(Passwords(users), key_in(tmp_path))
    cookie = sessions.begin("mara")

    keep(users, "mara", hashed("another horse"))
    assert sessions.name(cookie) is None
    renewed = sessions.begin("mara")
    keep(users, "joao", hashed(PASSWORD))
    assert sessions.name(renewed) == "mara"
    drop(users, "mara")
    assert sessions.name(renewed) is None


@pytest.mark.parametrize("forged", [None, "", "x", "WyJtYXJhIixudWxsXQ.aaaa.bbbb", "a.b.c" * 1000])
def test_what_we_did_not_sign_is_nobodys(users, tmp_path, forged):
    sessions = Sessions(Passwords(users), key_in(tmp_path))
    elsewhere = Sessions(Passwords(users), "another key").begin("mara")

    assert sessions.name(forged) is None
    assert sessions.name(elsewhere) is None
    assert sessions.name(sessions.begin("nobody")) is None


def test_the_key_is_its_owners_alone_and_stays(tmp_path):
    key = key_in(tmp_path)

    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert len(key) == 64
    assert key_in(tmp_path) == key


def test_a_key_that_cannot_be_kept_is_a_sentence(tmp_path):
    (tmp_path / KEY_FILE).mkdir()

    with pytest.raises(KeyFileError, match="which signs sign-ins"):
        key_in(tmp_path)


def test_an_account_is_replaced_and_removed_and_others_stay(tmp_path, mara):
    path = tmp_path / "deep" / "users"
    assert keep(path, "mara", mara) is True
    assert keep(path, "joão", mara) is True
    path.write_text("# people\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert keep(path, "joa\u0303o", mara) is False, "the same name, composed otherwise"

    drop(path, "mara")

    assert list(read(path).hashes) == ["joão"]
    assert path.read_text(encoding="utf-8").startswith("# people\n")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(AccountError, match="does not name mara"):
        drop(path, "mara")


@pytest.mark.parametrize("name", ["", "a:b", "a b", "x" * 65, "a\nb", "../x"])
def test_a_name_that_would_break_the_file_is_refused(tmp_path, mara, name):
    with pytest.raises(AccountError, match="cannot be a name"):
        keep(tmp_path / "users", name, mara)


def test_wrong_lines_are_told_with_their_number_and_the_rest_counts(tmp_path, mara):
    path = tmp_path / "users"
    path.write_text(f"mara\n\n# a comment\nmara:plain\nmara:{mara}\nmara:{mara}\n:{mara}\n")

    accounts = read(path)

    assert list(accounts.hashes) == ["mara"]
    assert [fault.split(": ")[0] for fault in accounts.faults] == [
        f"{path}:{line}" for line in (1, 4, 6, 7)
    ]
    assert "plain" not in " ".join(accounts.faults), "it may be a password"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read.* `footnote users add NAME --users .*/users` makes it"),
        (b"", "names nobody"),
        (b"\xff\xfe", "not UTF-8"),
        (b"x", ":1: a line"),
    ],
)
def test_without_any_account_nothing_is_served(tmp_path, content, sentence):
    path = tmp_path / "users"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(AccountError, match=sentence):
        Passwords(path)


def test_a_file_that_changes_is_read_again_and_a_broken_one_is_not_taken(users, mara):
    passwords = Passwords(users)
    keep(users, "joao", mara)
    assert passwords.stamp("joao")

    users.write_bytes(b"\xff\xfe")
    assert passwords.stamp("joao"), "what was read last counts"
    users.unlink()
    assert passwords.stamp("joao")


@pytest.mark.parametrize("password", ["short", "x" * 1001])
def test_a_password_has_a_length(password):
    with pytest.raises(AccountError, match="8 characters at least"):
        hashed(password)


def proxied(*, peer="10.0.0.2", trusted=("10.0.0.0/24",)):
    app = Peers(told, trusted=networks(trusted), user_header="X-User")
    return TestClient(app, client=(peer, 1234))


def test_a_trusted_proxy_says_who_it_is_and_from_where():
    headers = {
        "x-user": "Jo\u00e3o".encode(),
        "x-forwarded-for": "6.6.6.6, 192.0.2.7, 10.0.0.3",
        "x-forwarded-proto": "https",
    }

    seen = proxied().get("/", headers=headers).json()

    assert seen == {"user": "João", "client": "192.0.2.7", "scheme": "https"}


def test_nobody_else_is_believed():
    headers = {"x-user": "mara", "x-forwarded-for": "6.6.6.6", "x-forwarded-proto": "https"}

    seen = proxied(peer="192.0.2.9").get("/", headers=headers).json()

    assert seen == {"user": None, "client": "192.0.2.9", "scheme": "http"}


@pytest.mark.parametrize("names", [[], [""], [" "], ["mara", "root"]])
def test_a_proxy_that_names_nobody_or_two_names_nobody(names):
    assert proxied().get("/", headers=[("x-user", one) for one in names]).json()["user"] is None


def test_behind_a_proxy_only_those_come_in_whom_it_names(tmp_path):
    access = Access(proxy_header="X-User", trusted_proxies=("10.0.0.2",))
    app = told
    for guard in reversed(entrance(access, EVERYWHERE, tmp_path).guards):
        app = guard(app)
    of = partial(TestClient, app)

    assert of(client=("10.0.0.2", 1)).get("/", headers={"x-user": "mara"}).json()["user"] == "mara"
    assert of(client=("10.0.0.2", 1)).get("/").status_code == 401
    assert of(client=("10.0.0.3", 1)).get("/", headers={"x-user": "mara"}).status_code == 401
    assert of(client=("10.0.0.3", 1)).get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"proxy_header": "X-User"}, "--trusted-proxy"),
        ({"proxy_header": "X User", "trusted_proxies": ("::1",)}, "not the name of a header"),
        ({"proxy_header": "X", "trusted_proxies": ("::1",), "users": "users"}, "either"),
    ],
)
def test_what_contradicts_itself_is_told(said, sentence):
    with pytest.raises(ConfigError, match=sentence):
        Access(**said)


def test_a_proxy_that_is_no_address_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"--trusted-proxy nginx is not"):
        entrance(Access(trusted_proxies=("nginx",)), EVERYWHERE, tmp_path)
