"""A bot's backing over a server that misbehaves, with real HTTP between them."""

import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse, StreamingResponse

from rag.errors import ConfigError
from rag.types import Answer, Completed, Delta
from ui.answer_log import Feedback
from ui.bot.backing import AwayError
from ui.bot.served import Served
from ui.remote.connection import ROOT
from ui.remote.server import Server
from ui.server.asking import Question, Recorded
from ui.server.wire import MEDIA_TYPE, framed

sys.path.append(str(Path(__file__).parents[1] / "api"))
from serving_api import served_api

ANSWER = Completed(Answer("Why?", "So."))
RECORD = "0123456789abcdef0123456789abcdef"


def nothing_chosen(services):
    async def chosen():
        services.shelf.statistics()
        return ()

    return chosen


@contextmanager
def beside(*happenings, status=200, breaks=False, heard=None):
    """A backing over a server that answers like this, and refuses all else with the status."""
    app = FastAPI()

    async def told():
        for one in happenings:
            yield framed(one)
        if breaks:
            raise ConnectionResetError

    @app.post("/answers")
    async def answers():
        return StreamingResponse(told(), media_type=MEDIA_TYPE) if status == 200 else refused()

    @app.post("/feedback")
    async def feedback(said: dict[str, str | None]):
        if heard is not None:
            heard.append(said)
        return JSONResponse(None) if status == 200 else refused()

    def refused():
        code = "not_found" if status == 404 else "some_code"
        return JSONResponse({"error": {"message": "No.", "code": code}}, status_code=status)

    with served_api({ROOT: app}) as address:
        yield Served(lambda: Server(address), nothing_chosen)


async def everything(backing):
    with closing(backing):
        return [one async for one in backing.ask(Question("Why?"))]


async def test_the_record_of_an_answer_comes_with_it():
    told = (Delta("So."), ANSWER, Recorded(RECORD, 0.5))
    with beside(*told) as backing:
        assert tuple(await everything(backing)) == told


@pytest.mark.parametrize("breaks", [False, True])
async def test_what_fails_after_the_answer_takes_nothing_from_it_but_the_record(breaks):
    with beside(ANSWER, breaks=breaks) as backing:
        assert await everything(backing) == [ANSWER]


@pytest.mark.parametrize("breaks", [False, True])
async def test_half_an_answer_is_none(breaks):
    with beside(Delta("So."), breaks=breaks) as backing, pytest.raises(AwayError):
        await everything(backing)


@pytest.mark.parametrize(("status", "raised"), [(500, AwayError), (401, ConfigError)])
async def test_a_key_that_is_wrong_is_no_server_that_is_away(status, raised):
    with beside(status=status) as backing, pytest.raises(raised):
        await everything(backing)


async def test_where_there_is_no_server_nothing_is_noted_or_offered():
    with closing(Served(lambda: None, nothing_chosen)) as backing:
        assert not await backing.rate(RECORD, Feedback("up"))
        assert await backing.examples() == ()
        with pytest.raises(AwayError):
            await backing.check("It rains a lot here.")


async def test_feedback_is_sent_whole_and_an_answer_without_a_record_sends_none():
    heard = []
    with beside(heard=heard) as backing, closing(backing):
        assert await backing.rate(RECORD, Feedback("down", "other", "No."))
        assert not await backing.rate("", Feedback("up"))

    assert heard == [{"record": RECORD, "thumb": "down", "reason": "other", "note": "No."}]


async def test_feedback_on_what_the_server_has_deleted_is_not_noted():
    with beside(status=404) as backing, closing(backing):
        assert not await backing.rate(RECORD, Feedback("up"))
