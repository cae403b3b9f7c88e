"""Conversations and feedback over the native API: each its owner's alone."""

import opened
import pytest
from acting import DOUGH, TIDES, Acting
from native_client import client_of, sentence_of

from ui.server.keys import Terms


@pytest.fixture
def api():
    return opened.api_over(Acting(), TIDES, DOUGH)


@pytest.fixture
async def client(api):
    async with client_of(api) as client:
        yield client


async def begun(client, title="Floods"):
    response = await client.post("/conversations", json={"title": title})
    assert response.status_code == 201
    return response.json()


async def answered(client, conversation, question="How far ahead?"):
    asked = {"question": question, "conversation": conversation["id"]}
    return (await client.post("/answers", json=asked)).json()


async def test_a_conversation_is_begun_listed_renamed_and_deleted(client):
    first, second = await begun(client), await begun(client, "Dough")
    await answered(client, first)

    listed = (await client.get("/conversations")).json()["conversations"]
    assert [(one["title"], one["answers"]) for one in listed] == [("Floods", 1), ("Dough", 0)]
    assert len((await client.get("/conversations?limit=1")).json()["conversations"]) == 1

    renamed = await client.patch(f"/conversations/{first['id']}", json={"title": " Tides \n here "})
    assert renamed.json()["title"] == "Tides here"

    assert (await client.delete(f"/conversations/{first['id']}")).status_code == 204
    assert (await client.get(f"/conversations/{first['id']}")).status_code == 404
    assert (await client.get(f"/conversations/{second['id']}")).json()["said"] == []


async def test_one_may_be_begun_without_a_word(client):
    response = await client.post("/conversations")

    assert response.status_code == 201
    assert response.json()["title"] == ""


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/export", None),
        ("PATCH", "", {"title": "Mine"}),
        ("DELETE", "", None),
    ],
)
async def test_nobody_reaches_anothers(api, method, path, body):
    keys = [api.gate.keys.create(name, Terms(("ask",)))[1] for name in ("one", "other")]
    one, other = [client_of(api, headers={"authorization": f"Bearer {key}"}) for key in keys]
    async with one, other:
        theirs = await begun(one)
        await answered(one, theirs)

        for name in (theirs["id"], theirs["id"][:8], "0" * 16, "%00", "é"):
            response = await other.request(method, f"/conversations/{name}{path}", json=body)
            assert response.status_code == 404
            assert "among yours" in sentence_of(response)
        assert (await other.get("/conversations")).json()["conversations"] == []
        asked = {"question": "Why?", "conversation": theirs["id"]}
        assert (await other.post("/answers", json=asked)).status_code == 404
        assert len((await one.get(f"/conversations/{theirs['id']}")).json()["said"]) == 1


@pytest.mark.parametrize("title", ["", "x" * 201, " \t ", 7, None])
async def test_what_is_no_title_is_refused(client, title):
    one = await begun(client)

    response = await client.patch(f"/conversations/{one['id']}", json={"title": title})

    assert response.status_code in (404, 422)
    assert sentence_of(response)


@pytest.mark.parametrize(
    ("form", "kind", "text"),
    [
        ("md", "text/markdown", "# How far ahead?"),
        ("bib", "application/x-bibtex", "TideNet"),
        ("ris", "application/x-research-info-systems", "TY  - "),
        ("json", "application/vnd.citationstyles.csl+json", "TideNet"),
    ],
)
async def test_a_conversation_is_exported_in_each_format(client, form, kind, text):
    one = await begun(client, "How “far” ahead?")
    await answered(client, one)

    response = await client.get(f"/conversations/{one['id']}/export", params={"format": form})

    assert response.headers["content-type"] == f"{kind}; charset=utf-8"
    assert f'filename="how-far-ahead.{form}"' in response.headers["content-disposition"]
    assert text in response.text


async def test_a_bibliography_of_nothing_is_none(client):
    one = await begun(client)

    response = await client.get(f"/conversations/{one['id']}/export?format=bib")

    assert response.status_code == 409
    assert "No paper is cited" in sentence_of(response)
    odd = await client.get(f"/conversations/{one['id']}/export?format=pdf")
    assert odd.status_code == 422


async def test_what_somebody_says_of_an_answer_is_kept_and_taken_back(client, api):
    api.application.shelf.embedding = lambda: (
        None
    )  # the double of a shelf was embedded with nothing
    record = (await client.post("/answers", json={"question": "Why?"})).json()["record"]
    down = {"record": record, "thumb": "down", "reason": "wrong-citation", "note": " Not so. "}

    assert (await client.post("/feedback", json=down)).status_code == 204
    said = api.log.feedback([record])[record]
    assert (said.thumb, said.reason, said.note) == ("down", "wrong-citation", "Not so.")
    assert (await client.get("/stats")).json()["answers"]["thumbs_down"] == 1

    back = await client.post("/feedback", json={"record": record, "thumb": None})
    assert back.status_code == 204
    assert api.log.feedback([record]) == {}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"record": "0" * 32, "thumb": "up"}, 404),
        ({"record": "none", "thumb": "up"}, 422),
        ({"record": "0" * 32}, 422),
        ({"record": "0" * 32, "thumb": "sideways"}, 422),
        ({"record": "0" * 32, "thumb": "up", "stars": 5}, 422),
        ({"record": "0" * 32, "thumb": "down", "note": "x" * 501}, 422),
    ],
)
async def test_feedback_on_nothing_is_refused(client, said, status):
    response = await client.post("/feedback", json=said)

    assert response.status_code == status
    assert sentence_of(response)
