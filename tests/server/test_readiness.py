"""Readiness: a word for each part, nothing that is asked too often, nothing worth hiding."""

import asyncio
import shutil

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from rag.build import open_shelf
from rag.config import Settings
from rag.errors import ChatError, ShelfError
from rag.ingest import add
from rag.store.damage import DamagedIndexError
from rag.store.tally import Catalogued, Tally
from ui.server.readiness import Model, Readiness, router
from ui.server.tallies import Tallies

WHOLE = Tally(Catalogued(3, 7, 0, 0), vectors=7, lexical=3, tokens=3)


class Counting:
    """A shelf that says what it is told to, and how often it was asked."""

    def __init__(self, *found):
        self.found, self.asked = list(found), 0

    def tally(self):
        self.asked += 1
        found = self.found.pop(0) if len(self.found) > 1 else self.found[0]
        if isinstance(found, Exception):
            raise found
        return found


def asked(shelf, model=None, *, keeps=5.0):
    app = FastAPI()
    app.include_router(router(Readiness(Tallies(shelf, keeps=keeps), model or Model())))
    return TestClient(app).get("/readyz")


def test_a_server_whose_parts_are_well_is_ready():
    response = asked(Counting(WHOLE))

    assert response.status_code == 200
    assert response.json() == {
        "status": "ready", "shelf": "open", "indexes": "agree", "model": "extractive",
    }  # fmt: skip
    assert len(response.text.splitlines()) == 6, "a line a part"


@pytest.mark.parametrize(
    ("found", "part", "word"),
    [
        (Tally(Catalogued(3, 7, 0, 0), 6, 3, 3), "indexes", "do not agree"),
        (Tally(Catalogued(3, 7, 0, 0), 8, 3, 3), "indexes", "do not agree"),
        (Tally(Catalogued(3, 7, 1, 0), 7, 2, 3), "indexes", "do not agree"),
        (DamagedIndexError("/home/mara/vectors is gone"), "indexes", "damaged"),
        (ShelfError("/home/mara/catalogue.sqlite is gone"), "shelf", "cannot be read"),
        (RuntimeError("sk-secret"), "indexes", "cannot be read"),
    ],
)
def test_what_is_not_well_is_named_in_a_word_and_no_more(found, part, word):
    response = asked(Counting(found))

    assert response.status_code == 503
    assert response.json()["status"] == "not ready"
    assert response.json()[part] == word
    assert "mara" not in response.text
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "tally",
    [
        Tally(Catalogued(3, 7, 2, 0), vectors=9, lexical=5, tokens=3),
        Tally(Catalogued(3, 7, 0, 1), vectors=8, lexical=4, tokens=4),
    ],
)
def test_papers_that_are_about_to_change_may_be_left_over_in_an_index(tally):
    assert asked(Counting(tally)).status_code == 200


def test_a_shelf_that_is_changed_at_this_moment_is_what_it_was_before():
    async def both(tallies):
        return await tallies.current(), await tallies.current()

    first, second = asyncio.run(both(Tallies(Counting(WHOLE, None), keeps=0)))

    assert (first, second) == (WHOLE, WHOLE)
    assert asked(Counting(None)).json()["indexes"] == "changing"


async def test_indexes_are_counted_once_for_all_who_ask_within_seconds():
    shelf = Counting(WHOLE)
    tallies = Tallies(shelf)

    await asyncio.gather(*(tallies.current() for _ in range(20)))

    assert shelf.asked == 1
    assert (tallies.papers, tallies.pending) == (3, 0)


async def test_a_count_is_made_anew_when_it_is_old():
    shelf = Counting(ShelfError("locked"), WHOLE)
    tallies = Tallies(shelf, keeps=0)

    with pytest.raises(ShelfError):
        await tallies.current()

    assert await tallies.current() == WHOLE


class Endpoint:
    """A language model's endpoint that is asked, and may fail or take its time."""

    def __init__(self, failure=None):
        self.failure, self.asked, self.go_on = failure, 0, asyncio.Event()
        self.go_on.set()

    async def probe(self):
        self.asked += 1
        await self.go_on.wait()
        if self.failure:
            raise self.failure


async def test_the_model_is_asked_once_for_many_requests():
    endpoint = Endpoint()
    model = Model(endpoint.probe)

    words = await asyncio.gather(*(model.word() for _ in range(10)))

    assert set(words) == {"reachable"}
    assert endpoint.asked == 1


async def test_a_model_that_fails_makes_the_server_not_ready_until_it_answers_again():
    endpoint = Endpoint(ChatError("unreachable", "http://10.0.0.7 does not answer"))
    readiness = Readiness(Tallies(Counting(WHOLE)), Model(endpoint.probe, keeps=0))

    first = await readiness.standing()
    endpoint.failure = None
    await readiness.standing()
    await asyncio.sleep(0.01)

    assert (first.model, first.is_ready) == ("unreachable", False)
    assert (await readiness.standing()).is_ready


async def test_nobody_waits_for_a_model_that_is_asked_again():
    endpoint = Endpoint()
    model = Model(endpoint.probe, keeps=0)
    await model.word()
    endpoint.go_on.clear()

    async with asyncio.timeout(1):
        assert await model.word() == "reachable"

    endpoint.go_on.set()


async def test_whatever_a_model_raises_is_no_more_than_unreachable():
    assert await Model(Endpoint(RuntimeError("odd")).probe).word() == "unreachable"


def test_a_real_shelf_tallies_what_it_holds(application):
    tally = application.shelf.tally()

    assert tally.catalogue.papers == tally.lexical == tally.tokens == 9
    assert tally.vectors == tally.catalogue.passages > 9
    assert tally.agrees


def test_a_real_shelf_that_lost_an_index_does_not_agree(empty, tmp_path):
    papers = tmp_path / "one.jsonl"
    papers.write_text('{"title": "Otters", "abstract": "They swim in rivers."}\n')
    add([str(papers)], empty.shelf, empty.encoder, lambda _: None)
    assert empty.shelf.tally().agrees
    home = empty.settings.home
    empty.shelf.close()
    shutil.rmtree(home / "vectors")

    with open_shelf(Settings(home=home)) as shelf:
        assert not shelf.tally().agrees


def test_a_shelf_is_not_counted_while_somebody_changes_it(application):
    async def meanwhile():
        with application.shelf.at_rest():
            return await asyncio.to_thread(application.shelf.tally)

    assert asyncio.run(meanwhile()) is None
