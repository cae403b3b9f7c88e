"""The bot beside a server that owns the shelf: a real one, with our API over six papers."""

import json
import shutil
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from bot_at_work import SENTENCE, Obedient, at_work

from rag.build import build
from rag.config import Settings
from rag.ingest import add
from rag.types import Answer
from ui.answer_log import AnswerLog, Feedback
from ui.bot.heard import Heard, Spot
from ui.bot.notebook import notebook
from ui.commands import slacking
from ui.slack import names, running
from ui.slack.running import Duty
from ui.slack.socket import connected
from ui.slack.workspaces import Single, client, session, signed_in

sys.path.extend(str(Path(__file__).parents[1] / one) for one in ("remote", "ui"))
from owning import owning
from six_papers import PAPERS

ASKED = "How many hours ahead does TideNet forecast flood levels?"
AWAY = "is not there, or broke off"


@pytest.fixture(scope="session")
def six(tmp_path_factory, home_with_graphs):
    """A data folder with six papers; copy it, never open it."""
    folder = tmp_path_factory.mktemp("six_for_slack")
    papers = folder / "six.jsonl"
    papers.write_text("".join(json.dumps(one) + "\n" for one in PAPERS))
    with build(Settings(home=home_with_graphs(folder / "home"))) as built:
        add([str(papers)], built.shelf, built.encoder, lambda _: None)
    return folder / "home"


@pytest.fixture
def home(six, tmp_path):
    return shutil.copytree(six, tmp_path / "home", symlinks=True)


@asynccontextmanager
async def beside(slack, home):
    """The bot as `footnote slack` starts it while a server owns the shelf."""
    with slacking._backing(Settings(home=home)) as backing:
        async with session() as shared:
            only = await signed_in(client(slack.team.token, shared, slack.api))
            lender = client(None, shared, slack.api)
            async with (
                running.working(Duty(backing, home), Single(only), lender) as app,
                connected(app, slack.app_token, shared, slack.api),
            ):
                await slack.sockets.connected()
                yield backing
                await slack.settled()
                await slack.quiet()


def rated(home):
    """What the server's records say of answers; it asks for its examples as well."""
    with AnswerLog(home) as log:
        return [one.feedback for one in log.latest(limit=50) if one.feedback]


async def test_an_answer_comes_with_all_that_the_bot_alone_gives(slack, home):
    with owning(home) as server:
        async with beside(slack, home):
            reply = await slack.answer(await slack.mention(slack.ada, slack.general, ASKED))
            await slack.click(reply, "evidence:1", slack.ben)
            view = await slack.until(lambda: slack.view_of(slack.ben))
        asked = server.requests.count("POST /answers")

    assert "36 hours ahead" in reply.shown
    assert "TideNet: Forecasting Coastal Floods with Graph Networks" in reply.shown
    assert {"evidence:1", "feedback", "export_bibtex"} <= set(reply.actions)
    assert "Coastal floods are hard to forecast" in view.shown
    assert asked >= 1


async def test_the_servers_records_tell_people_apart_as_the_bots_own_do(slack, home):
    question = "How far? A question of somebody."
    with owning(home, engine=Obedient()):
        async with beside(slack, home):
            for person in (slack.ada, slack.ada, slack.ben):
                await slack.answer(await slack.mention(person, slack.general, question))
    async with at_work(slack, home):
        await slack.answer(await slack.mention(slack.ada, slack.general, question))
    with AnswerLog(home) as log:
        alone, *beside_server = [
            one.given.owner for one in log.latest(limit=50) if one.given.question == question
        ]

    ben, ada, first = beside_server
    assert alone == ada == first
    assert ben not in ("", ada)


async def test_thumbs_and_reasons_land_in_the_records_of_the_server(slack, home):
    with owning(home, engine=Obedient()) as server:
        async with beside(slack, home):
            reply = await slack.answer(await slack.mention(slack.ada, slack.general, "How far?"))
            await slack.click(reply, "feedback", slack.ben, choice="negative")
            view = await slack.until(lambda: slack.view_of(slack.ben))
            assert rated(home) == [Feedback("down")]
            values = {names.REASON: "wrong-citation", names.NOTE: "It says 30 hours."}
            await slack.submit(view, values)
            said = await slack.until(lambda: [one for one in rated(home) if one.reason])
            await slack.click(reply, "feedback", slack.ada, choice="positive")
            (thanks,) = await slack.until(lambda: slack.whispers(slack.ada))

    assert said == [Feedback("down", "wrong-citation", "It says 30 hours.")]
    assert thanks.shown == "Thank you, that is noted."
    assert server.requests.count("POST /feedback") == 3


async def test_a_message_is_checked_by_the_server(slack, home):
    with owning(home) as server:
        async with beside(slack, home):
            claim = "TideNet forecasts flood levels 36 hours ahead with a mean error of 4.1 cm."
            post = await slack.message(slack.ben, slack.general, claim)
            await slack.shortcut(post, names.CHECK, slack.ada)
            await slack.until(lambda: len(slack.whispers(slack.ada)) == 2)

    assert "1 supported, 0 weak, 0 not supported" in slack.whispers(slack.ada)[-1].shown
    assert {"POST /search", "POST /check"} <= set(server.requests)


async def test_a_message_cannot_be_checked_while_the_server_is_away(slack, home):
    with owning(home, engine=Obedient()):
        bot = beside(slack, home)
        await bot.__aenter__()
    post = await slack.message(slack.ben, slack.general, SENTENCE)
    await slack.shortcut(post, names.CHECK, slack.ada)
    await slack.until(lambda: len(slack.whispers(slack.ada)) == 2)
    await bot.__aexit__(None, None, None)

    assert AWAY in slack.whispers(slack.ada)[-1].shown


async def test_questions_that_the_servers_shelf_answers_are_offered(slack, home):
    with owning(home):
        async with beside(slack, home):
            await slack.open_home(slack.ada)
            prompts = await slack.until(lambda: slack.prompts.get(slack.team.im(slack.ada).id))

    assert any("TideNet" in one["message"] for one in prompts)


async def test_a_server_that_goes_in_the_middle_of_an_answer_is_told_of(slack, home):
    engine = Obedient()
    with owning(home, engine=engine) as server:
        async with beside(slack, home):
            asked = await slack.mention(slack.ada, slack.general, "How far? Please wait.")
            await slack.until(engine.waits.is_set)
            server.end()
            reply = await slack.answer(asked)

    assert AWAY in reply.shown
    assert "reference" in reply.shown
    assert "127.0.0.1" not in reply.shown
    assert "feedback" not in reply.actions


async def test_a_server_that_was_started_anew_elsewhere_is_found(slack, home):
    with owning(home, engine=Obedient()) as first:
        bot = beside(slack, home)
        await bot.__aenter__()
        before = await slack.mention(slack.ada, slack.general, "How far?")
        reply = await slack.answer(before)
    away = await slack.answer(await slack.mention(slack.ada, slack.general, "And meanwhile?"))
    await slack.click(reply, "feedback", slack.ben, choice="positive")
    (not_noted,) = await slack.until(lambda: slack.whispers(slack.ben))
    with owning(home, engine=Obedient()) as second:
        again = await slack.answer(await slack.mention(slack.ada, slack.general, "How far now?"))
        await slack.click(again, "feedback", slack.ada, choice="positive")
        await slack.until(lambda: slack.whispers(slack.ada))
        said = rated(home)
        await bot.__aexit__(None, None, None)

    assert second.address != first.address
    assert AWAY in away.shown
    assert not_noted.shown.startswith("That cannot be noted")
    assert SENTENCE in again.shown
    assert said == [Feedback("up")]


async def test_what_was_said_in_a_workspace_goes_with_it(slack, home):
    other = Heard(Spot(names.PLATFORM, "T0OTHER", "C0OTHER", "1.0"), "1.0", "U1", "Why?", 1.0)
    with owning(home, engine=Obedient()):
        async with beside(slack, home):
            reply = await slack.answer(await slack.mention(slack.ada, slack.general, "How far?"))
            element = next(e for _, e in reply.elements if e["action_id"] == "evidence:1")
            await slack.uninstall(slack.team)
            await slack.quiet()
    with notebook(home) as kept:
        await kept.claims.take(replace(other, at=2.0))
        assert await kept.memory.by(element["value"].partition(":")[0], slack.team.id) is None
        await kept.memory.keep(other, Answer("Why?", "So."), "")
        await kept.retention.forget(names.PLATFORM, slack.team.id)
        assert [one.heard.spot.tenant for one in await kept.claims.open()] == ["T0OTHER"]
        assert await kept.memory.of(other)
