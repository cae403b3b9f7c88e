"""Messages are taken on once, edits once more, and answers are remembered by their thread."""

import asyncio
from dataclasses import replace

import pytest

from rag.types import Answer, Citation, Paper, Span, Turn
from ui.bot.heard import Heard, Spot
from ui.bot.limits import Limits
from ui.bot.notebook import BotBusyError, notebook
from ui.bot.rules import Rule

PAPER = Paper("p", "Tides", "Tides rise. They fall.")
HEARD = Heard(Spot("slack", "T1", "C1", "1.0", "public"), "1.0", "U1", "Why?", 1.0, event="Ev1")


def heard(message="1.0", **changes):
    return replace(HEARD, message=message, event=f"Ev{message}", **changes)


def answer(question, text="Tides rise. [1]"):
    return Answer(question, text, (Citation(1, PAPER, Span(0, 11)),))


@pytest.fixture
def kept(tmp_path):
    with notebook(tmp_path) as opened:
        yield opened


async def test_of_many_who_take_a_message_on_one_gets_it(kept):
    taken = await asyncio.gather(*(kept.claims.take(HEARD) for _ in range(20)))

    assert sorted(taken) == [False] * 19 + [True]


async def test_neither_the_event_nor_the_message_is_taken_on_again(kept):
    assert await kept.claims.take(HEARD)
    assert not await kept.claims.take(replace(HEARD, event="Ev2"))
    assert not await kept.claims.take(replace(HEARD, message="2.0"))
    assert await kept.claims.take(replace(HEARD, message="2.0", event="Ev2"))
    assert not await kept.claims.take(replace(HEARD, spot=replace(HEARD.spot, tenant="T2")))


async def test_messages_without_an_event_do_not_stand_for_one_another(kept):
    assert await kept.claims.take(replace(HEARD, event=""))
    assert await kept.claims.take(replace(HEARD, message="2.0", event=""))


async def test_an_edit_is_taken_on_once_and_only_if_it_says_something_else(kept):
    edited = replace(HEARD, text="Why not?", revision="1.5")
    assert await kept.claims.take_again(edited) is None
    await kept.claims.take(HEARD)
    assert await kept.claims.take_again(replace(HEARD, revision="1.2")) is None
    assert await kept.claims.take_again(edited) == edited
    assert await kept.claims.take_again(edited) is None
    assert await kept.claims.take_again(replace(edited, revision="1.3", text="Who?")) is None


async def test_what_was_done_before_an_edit_does_not_end_what_comes_after(kept):
    await kept.claims.take(HEARD)
    again = await kept.claims.take_again(replace(HEARD, text="Who?", revision="1.5"))
    await kept.claims.done(HEARD)
    assert [claim.heard for claim in await kept.claims.open()] == [again]
    await kept.claims.done(again)
    assert await kept.claims.open() == []


async def test_a_reply_is_known_as_soon_as_it_is_posted(kept):
    await kept.claims.take(HEARD)
    await kept.claims.posted(HEARD, "9.0")

    assert await kept.claims.reply_to(HEARD) == "9.0"
    assert await kept.claims.replies(HEARD.spot) == {"9.0"}
    assert [claim.reply for claim in await kept.claims.open()] == ["9.0"]


async def test_a_thread_is_known_from_the_first_message_that_was_taken_on(kept):
    assert not await kept.claims.speaks_in(HEARD.spot)
    await kept.claims.take(HEARD)
    assert await kept.claims.speaks_in(HEARD.spot)
    assert not await kept.claims.speaks_in(replace(HEARD.spot, thread="2.0"))
    assert not await kept.claims.speaks_in(replace(HEARD.spot, channel="C2"))


async def test_a_question_leans_on_those_before_it_in_its_thread_alone(kept):
    for n in range(12):
        await kept.memory.keep(heard(f"{n}.0"), answer(f"Question {n}?"), "")
    elsewhere = heard("x", spot=replace(HEARD.spot, thread="2.0"))
    await kept.memory.keep(elsewhere, answer("Elsewhere?"), "")

    turns = await kept.memory.before(heard("99.0"))
    assert turns[0] == Turn("user", "Question 4?")
    assert turns[-2] == Turn("user", "Question 11?")
    assert len(turns) == 16


async def test_an_answer_comes_back_whole_by_its_token(kept):
    said = await kept.memory.keep(HEARD, answer("Why?"), "record")

    assert await kept.memory.by(said.token, "T1") == said
    assert await kept.memory.by(said.token, "T2") is None
    assert await kept.memory.by("", "T1") is None


async def test_an_edited_question_has_one_answer_and_keeps_its_token(kept):
    first = await kept.memory.keep(HEARD, answer("Why?"), "")
    edited = replace(HEARD, revision="1.5")
    assert await kept.memory.of(edited) is None
    again = await kept.memory.keep(edited, answer("Why not?"), "")

    assert again.token == first.token
    assert (await kept.memory.by(first.token, "T1")).answer.question == "Why not?"
    assert await kept.memory.before(heard("9.0")) == (
        Turn("user", "Why not?"),
        Turn("assistant", "Tides rise. [1]"),
    )


def test_the_file_is_its_owners_alone_and_has_one_user(tmp_path):
    with notebook(tmp_path):
        assert (tmp_path / "bot.sqlite").stat().st_mode & 0o077 == 0
        with pytest.raises(BotBusyError), notebook(tmp_path):
            pass
    with notebook(tmp_path):
        pass


async def test_a_person_is_limited_across_channels_and_others_are_not():
    limits, rule = Limits(), Rule(per_user="2/minute", per_channel="100/minute")
    elsewhere = replace(HEARD, spot=replace(HEARD.spot, channel="C2"))
    assert await limits.refused(HEARD, rule) is None
    assert await limits.refused(elsewhere, rule) is None
    refused = await limits.refused(HEARD, rule)

    assert not refused.is_channel
    assert 1 <= refused.seconds <= 60
    assert await limits.refused(replace(HEARD, user="U2"), rule) is None
    assert await limits.may_tell(HEARD)
    assert not await limits.may_tell(HEARD)
