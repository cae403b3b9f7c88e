"""Conversations that are kept for whoever asked: the store, the routes, the names of browsers."""

import json
import sqlite3
from types import SimpleNamespace

import httpx
import pytest
from acting import DOUGH, TIDES, Acting, Papers, cited, refused, served
from starlette.datastructures import Headers

from rag.types import Hit, Passage, Published, Scope, Span
from ui.conversation import FILE, MIGRATIONS, ConversationError, Conversations, Kept
from ui.server.exchange import Exchange
from ui.server.services import Services
from ui.web import past
from ui.web.owners import COOKIE, owner_of

MARA, JOAO = "user:mara", "user:joao"
NAME = "0123456789abcdef" * 2
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def conversations(tmp_path):
    with Conversations(tmp_path) as kept:
        yield kept


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """What the server keeps; each test has a browser of its own."""
    with Conversations(tmp_path_factory.mktemp("home")) as kept:
        yield kept


@pytest.fixture(scope="module")
def where(shared):
    services = Services(Acting(), Papers(TIDES, DOUGH), conversations=shared)
    with served(services) as address:
        yield address


@pytest.fixture
def browser(where):
    """A browser that has opened the chat."""
    with httpx.Client(base_url=where, headers=OURS) as client:
        client.get("/")
        yield client


def begun_by(conversations, client, *answers):
    owner = owner_of(SimpleNamespace(headers=Headers({"cookie": cookie_of(client)})))
    name = conversations.begin(answers[0].question, owner=owner)
    for answer in answers:
        conversations.keep(name, Kept(answer), owner=owner)
    return name


def cookie_of(client):
    return f"{COOKIE}={client.cookies[COOKIE]}"


def test_nobody_finds_renames_or_deletes_what_is_anothers(conversations):
    name = conversations.begin("What is TideNet?", owner=MARA)
    conversations.keep(name, Kept(cited("What is TideNet?")), owner=MARA)

    assert conversations.latest(9, owner=JOAO) == []
    assert conversations.latest(9) == [], "whoever types commands is one more owner"
    assert conversations.kept(name, owner=JOAO) == []
    for forbidden in (
        lambda: conversations.find(name, owner=JOAO),
        lambda: conversations.rename(name, "Mine now", owner=JOAO),
        lambda: conversations.delete(name, owner=JOAO),
        lambda: conversations.keep(name, Kept(cited("And more?")), owner=JOAO),
    ):
        with pytest.raises(ConversationError):
            forbidden()
    assert conversations.find(name, owner=MARA).title == "What is TideNet?"
    assert conversations.find(name, owner=MARA).answers == 1


def test_an_answer_is_kept_with_what_belongs_to_it(conversations):
    scope = Scope(("tides",), Published(2025, 10), organization="Harbour")
    kept = Kept(cited("What is TideNet?"), scope, 0.25, "abc")
    name = conversations.begin("What is TideNet?", owner=MARA)
    conversations.keep(name, kept, owner=MARA)

    (found,) = conversations.kept(name, owner=MARA)

    assert (found.scope, found.seconds, found.record) == (scope, 0.25, "abc")
    assert found.answer.citations == kept.answer.citations
    assert [hit.paper.title for hit in found.answer.retrieved] == [TIDES.title, DOUGH.title]


def test_of_what_was_merely_retrieved_no_text_is_kept(conversations, tmp_path):
    hit = Hit(DOUGH, Passage("dough:0", "dough", DOUGH.abstract, Span(0, 5)), 0.4)
    name = conversations.begin("?", owner=MARA)
    conversations.keep(name, Kept(cited("?", papers=(TIDES,))), owner=MARA)
    conversations.keep(name, Kept(refused("please refuse")), owner=MARA)

    kept = conversations.kept(name, owner=MARA)[0].answer.retrieved[0]
    assert (kept.paper.abstract, kept.passage.text, kept.score) == ("", "", 0.9)
    assert hit.paper.abstract  # what was handed in is left alone


def test_a_title_can_be_changed_but_not_to_nothing(conversations):
    name = conversations.begin("What is TideNet?", owner=MARA)

    conversations.rename(name, "  About\n floods ", owner=MARA)
    with pytest.raises(ConversationError, match="letter"):
        conversations.rename(name, " \n ", owner=MARA)

    assert conversations.find(name, owner=MARA).title == "About floods"


def test_what_is_deleted_is_gone_with_its_answers(conversations, tmp_path):
    name = conversations.begin("What is TideNet?", owner=MARA)
    conversations.keep(name, Kept(cited("What is TideNet?")), owner=MARA)

    conversations.delete(name, owner=MARA)

    assert conversations.latest(9, owner=MARA) == []
    with sqlite3.connect(tmp_path / FILE) as db:
        assert db.execute("SELECT count(*) FROM turns").fetchone() == (0,)
    db.close()


def test_conversations_of_the_first_form_are_those_of_whoever_types_commands(tmp_path):
    db = sqlite3.connect(tmp_path / FILE)
    for statement in MIGRATIONS[0]:
        db.execute(statement)
    db.execute("INSERT INTO conversations VALUES (1, 'ab', 'Old', 1.0, 2.0)")
    answer = {"question": "Old?", "text": "Yes."}
    row = (1, "ab", "Old?", json.dumps(answer))
    db.execute("INSERT INTO turns VALUES (?, ?, ?, ?)", row)
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()

    with Conversations(tmp_path) as conversations:
        assert conversations.find("ab").title == "Old"
        (kept,) = conversations.kept("ab")

    assert (kept.answer.text, kept.scope, kept.seconds) == ("Yes.", Scope(), None)


async def test_a_conversation_opens_as_it_was_left(conversations):
    asked = Exchange("What is TideNet?", scope=Scope(organization="Harbour"), id="abc")
    answer = cited("What is TideNet?")
    last = Exchange(
        asked.question, "done", answer.retrieved, answer.text, answer=answer, id="abc", seconds=0.5
    )
    name = await past.keep(conversations, "", last, MARA)
    assert await past.keep(conversations, name, last, MARA) == name

    first, second = await past.reopened(conversations, name, MARA)

    assert first == second
    assert (first.state, first.id, first.seconds) == ("done", "abc", 0.5)
    assert first.answer.citations == answer.citations
    with pytest.raises(ConversationError, match="no such conversation"):
        await past.reopened(conversations, name, JOAO)


@pytest.mark.parametrize("name", ["", "x" * 16, "../../etc/passwd", "0" * 16])
async def test_what_is_not_there_is_a_sentence(conversations, name):
    with pytest.raises(ConversationError, match="no such conversation"):
        await past.reopened(conversations, name, MARA)


async def test_an_answer_to_a_deleted_conversation_begins_another(conversations):
    last = Exchange("What is TideNet?", "done", answer=cited("What is TideNet?"))
    name = await past.keep(conversations, "", last, MARA)
    conversations.delete(name, owner=MARA)

    again = await past.keep(conversations, name, last, MARA)

    assert again not in ("", name)
    assert conversations.find(again, owner=MARA).answers == 1


@pytest.mark.parametrize(
    ("last", "owner"),
    [
        (Exchange("?", "stopped", notice="Stopped."), MARA),
        (Exchange("?", "failed", notice="It failed."), MARA),
        (Exchange("?", "done", answer=cited("?")), ""),
    ],
)
async def test_what_has_no_answer_or_no_owner_is_not_kept(conversations, last, owner):
    assert await past.keep(conversations, "", last, owner) == ""
    assert conversations.latest(9, owner=owner) == []


def request(cookie="", **more):
    return SimpleNamespace(headers=Headers({"cookie": cookie}), **more)


def test_whoever_signed_in_is_known_by_name_and_else_the_browser():
    cookie = f"theme=dark; {COOKIE}={NAME}"

    assert owner_of(request(cookie, state=SimpleNamespace(user="mara"))) == MARA
    assert owner_of(request(cookie, username="mara")) == MARA
    assert owner_of(request(cookie, username="")).startswith("browser:")
    assert owner_of(request(cookie)) != owner_of(request(f"{COOKIE}={'0' * 32}"))
    assert NAME not in owner_of(request(cookie)), "who reads the file cannot pass for the browser"


@pytest.mark.parametrize(
    "cookie", ["", f"{COOKIE}=", f"{COOKIE}=mara", f"{COOKIE}={NAME}0", "\x00"]
)
def test_without_a_name_of_ours_there_is_nobody(cookie):
    assert owner_of(request(cookie)) == ""


def test_a_browser_gets_a_name_and_keeps_it(where):
    with httpx.Client(base_url=where) as client:
        given = client.get("/").headers["set-cookie"]
        assert "HttpOnly" in given
        assert "SameSite=Lax" in given
        first = client.cookies[COOKIE]
        client.get("/")
        assert client.cookies[COOKIE] == first
    assert httpx.get(where).cookies[COOKIE] != first
    forged = httpx.get(where, headers={"cookie": f"{COOKIE}=mara"})
    assert forged.cookies[COOKIE] != "mara"


def test_the_list_has_the_last_one_first_and_nothing_of_others(shared, browser, where):
    older = begun_by(shared, browser, cited("What is TideNet?"))
    newer = begun_by(shared, browser, cited("Who bakes?"), cited("And why?"))

    listed = browser.get("/conversations").json()["conversations"]

    assert [one["id"] for one in listed] == [newer, older]
    assert (listed[0]["title"], listed[0]["answers"]) == ("Who bakes?", 2)
    assert httpx.get(f"{where}/conversations").json()["conversations"] == []


def test_renaming_and_deleting(shared, browser):
    name = begun_by(shared, browser, cited("What is TideNet?"))

    renamed = browser.patch(f"/conversations/{name}", json={"title": "Floods"})
    assert renamed.json()["title"] == "Floods"
    assert browser.patch(f"/conversations/{name}", json={"title": ""}).status_code == 404
    assert browser.delete(f"/conversations/{name}").status_code == 204
    assert browser.delete(f"/conversations/{name}").status_code == 404
    assert browser.get("/conversations").json()["conversations"] == []


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_browser_can_do_nothing_with_it(shared, browser, where, method):
    name = begun_by(shared, browser, cited("What is TideNet?"))
    path = f"/conversations/{name}" + ("/export.md" if method == "GET" else "")
    body = {"json": {"title": "Mine"}} if method == "PATCH" else {}

    with httpx.Client(base_url=where, headers=OURS) as other:
        assert other.request(method, path, **body).status_code == 404, "without a name"
        other.get("/")
        assert other.request(method, path, **body).status_code == 404

    assert browser.get("/conversations").json()["conversations"][0]["title"] == "What is TideNet?"


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}]
)
def test_another_site_cannot_make_a_browser_change_anything(shared, browser, headers):
    name = begun_by(shared, browser, cited("What is TideNet?"))

    assert browser.delete(f"/conversations/{name}", headers=headers).status_code == 403
    renamed = browser.patch(f"/conversations/{name}", headers=headers, json={"title": "x"})
    assert renamed.status_code == 403


@pytest.mark.parametrize(
    ("suffix", "media_type", "holds"),
    [
        ("md", "text/markdown", "# What is TideNet?"),
        ("bib", "application/x-bibtex", "TideNet"),
        ("ris", "application/x-research-info-systems", "TY  -"),
        ("json", "application/vnd.citationstyles.csl+json", '"title"'),
    ],
)
def test_a_conversation_can_be_fetched_as_a_file(shared, browser, suffix, media_type, holds):
    name = begun_by(shared, browser, cited("What is TideNet?"))

    file = browser.get(f"/conversations/{name}/export.{suffix}")

    assert file.headers["content-type"].startswith(media_type)
    wanted = f'attachment; filename="what-is-tidenet.{suffix}"'
    assert file.headers["content-disposition"] == wanted
    assert holds in file.text


def test_there_is_no_file_of_another_kind_or_of_no_papers(shared, browser):
    name = begun_by(shared, browser, refused("Who baked?"))

    assert browser.get(f"/conversations/{name}/export.exe").status_code == 404
    assert browser.get(f"/conversations/{name}/export.bib").status_code == 404
    assert "No answer" in browser.get(f"/conversations/{name}/export.md").text


def test_a_title_cannot_write_a_header(shared, browser):
    name = begun_by(shared, browser, cited('"; filename="evil.exe\r\nX-Evil: 1'))

    headers = browser.get(f"/conversations/{name}/export.md").headers

    assert headers["content-disposition"] == 'attachment; filename="filename-evil-exe-x-evil-1.md"'
    assert "x-evil" not in headers
