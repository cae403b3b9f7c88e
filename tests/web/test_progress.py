"""An answer on its way to a page: total, bounded, and ended when nobody waits."""

import asyncio
import logging
from contextlib import aclosing

import pytest
from acting import Acting, Papers, cited

from rag.errors import QuestionError
from ui.server.exchange import Exchange, history
from ui.server.places import BusyError, Places
from ui.server.services import Services
from ui.web import texts
from ui.web.messages import messages
from ui.web.progress import answered
from ui.web.visits import Visits, until


async def all_of(engine, question, places=None):
    services = Services(engine, Papers(), places or Places())
    return [one async for one in answered(services, Exchange(question), [])]


async def test_text_grows_by_what_the_engine_says_and_ends_as_its_answer():
    grown = await all_of(Acting(), "What?")

    lengths = [len(one.text) for one in grown]
    assert lengths == sorted(lengths)
    assert grown[-1].state == "done"
    assert grown[-1].text == grown[-1].answer.text == cited("What?").text


async def test_while_the_question_is_shown_the_engine_has_begun():
    class Slow(Acting):
        async def stream(self, question, history=(), scope=None):
            self.begun.set()
            await asyncio.sleep(60)
            yield

    engine = Slow()
    async with aclosing(answered(Services(engine, Papers()), Exchange("Why?"), [])) as grown:
        first = await anext(grown)
        await asyncio.wait_for(engine.begun.wait(), 1)

    assert (first.state, first.hits, first.text) == ("asked", None, "")


class Paced(Acting):
    """Events come one by one; while they do, as many wait for a place as `waiting` says."""

    def __init__(self, places, waiting):
        super().__init__()
        self._places, self._waiting = places, waiting

    async def stream(self, question, history=(), scope=None):
        waiting = [asyncio.create_task(self._wait()) for _ in range(self._waiting)]
        async for event in super().stream(question, history):
            await asyncio.sleep(0.01)
            yield event
        for one in waiting:
            one.cancel()

    async def _wait(self):
        async with self._places.one():
            pass


@pytest.mark.parametrize(("waiting", "states"), [(0, ["asked", "answering"]), (1, ["asked"])])
async def test_while_somebody_waits_nothing_is_shown_between_question_and_answer(waiting, states):
    places = Places(running=1)

    grown = await all_of(Paced(places, waiting), "What?", places)

    assert [one.state for one in grown if not one.text] == states
    assert grown[-1].state == "done"


async def test_an_error_becomes_a_sentence_with_a_reference_that_is_logged(caplog):
    with caplog.at_level(logging.ERROR, "footnote.web"):
        last = (await all_of(Acting(), "fail please"))[-1]

    assert last.state == "failed"
    reference = last.notice.split("reference ")[1].rstrip(".")
    assert caplog.messages[0].startswith(f"{reference}: RuntimeError at ")
    assert "sk-123" not in caplog.text
    assert "sk-123" not in last.notice


async def test_a_sentence_of_ours_is_shown_as_it_is():
    class Refusing(Acting):
        async def stream(self, question, history=(), scope=None):
            raise QuestionError("The question is too long.")
            yield

    last = (await all_of(Refusing(), "x"))[-1]

    assert (last.state, last.notice) == ("failed", "The question is too long.")


async def test_an_engine_that_just_ends_is_an_error():
    class Silent(Acting):
        async def _events(self, question):
            return
            yield

    assert (await all_of(Silent(), "x"))[-1].state == "failed"


async def test_what_is_cancelled_closes_the_engine_and_is_not_swallowed():
    engine = Acting()
    running = asyncio.create_task(all_of(engine, "hang please"))
    await engine.begun.wait()

    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert engine.closed == 1


async def test_who_finds_every_place_taken_waits_and_is_told_so():
    engine, places = Acting(), Places(running=1, waiting=1)
    first = asyncio.create_task(all_of(engine, "hang please", places))
    await engine.begun.wait()
    second = asyncio.create_task(all_of(engine, "What?", places))
    await asyncio.sleep(0.02)

    third = await all_of(engine, "Why?", places)
    assert third[-1].notice == texts.BUSY
    assert len(engine.asked) == 1
    engine.go_on.set()

    assert (await first)[-1].state == "done"
    waited = await second
    assert [waited[0].state, waited[-1].state] == ["waiting", "done"]


async def test_a_place_is_free_again_after_an_error():
    places = Places(running=1, waiting=0)
    await all_of(Acting(), "fail", places)

    async with places.one():
        with pytest.raises(BusyError):
            async with places.one():
                pass


async def test_an_answer_ends_when_its_page_is_left():
    engine, visits = Acting(), Visits()
    services = Services(engine, Papers())
    grown = []
    with visits.during("session") as left:
        growing = until(left, answered(services, Exchange("hang please"), []))
        async with aclosing(growing):
            async for one in growing:
                grown.append(one)
                if "TideNet" in one.text:
                    visits.leave("another")
                    visits.leave("session")

    assert not grown[-1].is_over
    assert engine.closed == 1


async def test_an_answer_whose_page_stays_is_passed_on_whole():
    growing = until(asyncio.Event(), answered(Services(Acting(), Papers()), Exchange("What?"), []))

    assert [one async for one in growing][-1].state == "done"


def test_what_was_not_answered_is_no_history():
    stopped = Exchange("a", text="half").ended("stopped", "Stopped.")
    done = Exchange("b", state="done", answer=cited("b"))

    assert [turn.content for turn in history((stopped, done))] == ["b", cited("b").text]


def test_messages_say_what_was_asked_done_and_answered():
    done = Exchange("<b>?", state="done", hits=cited("b").retrieved, text="x", answer=cited("b"))
    shown = messages((done,))

    assert [one["role"] for one in shown] == ["user", "assistant", "assistant"]
    assert shown[0]["content"] == "<p>&lt;b&gt;?</p>"
    assert all("\n" not in one["content"] for one in shown)


def test_a_question_as_long_as_a_text_is_set_as_one():
    short, long = (messages((Exchange("x " * count),))[0]["content"] for count in (20, 200))

    assert short.startswith("<p>x")
    assert long.startswith('<p class="long">x')
