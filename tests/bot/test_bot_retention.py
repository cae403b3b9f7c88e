"""What was said is deleted when it is too old, and before that with its workspace."""

import asyncio
import time
from contextlib import closing
from dataclasses import replace

import pytest

from rag.errors import FootnoteError
from rag.store.database import Database
from rag.types import Answer
from ui.bot.heard import Heard, Spot
from ui.bot.notebook import FILE, MIGRATIONS, notebook
from ui.bot.retention import tidied

DAY = 86400
HEARD = Heard(Spot("slack", "T1", "C1", "1.0", "public"), "1.0", "U1", "Why?", 1.0, event="Ev1")
LATER = replace(HEARD, message="2.0", event="Ev2")


@pytest.fixture
def kept(tmp_path):
    with notebook(tmp_path, keep_days=30) as opened:
        yield opened


def age(home, days, message):
    """As if a message had been taken on so many days ago."""
    with closing(Database(home / FILE, MIGRATIONS)) as database, database.writing() as db:
        query = "UPDATE claims SET at = ? WHERE message = ?"
        db.execute(query, (time.time() - days * DAY, message))


async def answered(kept, heard):
    assert await kept.claims.take(heard)
    await kept.claims.done(heard)
    return await kept.memory.keep(heard, Answer(heard.text, "So."), "record")


async def test_what_is_too_old_goes_with_its_answer_and_the_rest_stays(kept, tmp_path):
    old, young = await answered(kept, HEARD), await answered(kept, LATER)
    age(tmp_path, 31, "1.0")
    age(tmp_path, 29, "2.0")
    await kept.retention.tidy()

    assert await kept.memory.by(old.token, "T1") is None
    assert await kept.memory.by(young.token, "T1") == young
    assert await kept.claims.take(HEARD)
    assert not await kept.claims.take(LATER)


async def test_a_thread_of_which_all_is_too_old_is_not_spoken_in_any_more(kept, tmp_path):
    await answered(kept, HEARD)
    await answered(kept, LATER)
    age(tmp_path, 31, "1.0")
    await kept.retention.tidy()
    assert await kept.claims.speaks_in(HEARD.spot)
    age(tmp_path, 31, "2.0")
    await kept.retention.tidy()
    assert not await kept.claims.speaks_in(HEARD.spot)


async def test_no_claim_is_forgotten_within_a_day(tmp_path):
    with notebook(tmp_path, keep_days=0) as kept:
        await answered(kept, HEARD)
        age(tmp_path, 0.9, "1.0")
        await kept.retention.tidy()
        assert not await kept.claims.take(HEARD)


async def gone(kept, answer):
    while await kept.memory.by(answer.token, "T1"):  # noqa: ASYNC110  (nobody tells)
        await asyncio.sleep(0.01)


async def test_it_is_tidied_at_once_and_again_each_day(kept, tmp_path):
    old = await answered(kept, HEARD)
    young = await answered(kept, LATER)
    age(tmp_path, 31, "1.0")
    async with asyncio.timeout(5), tidied(kept.retention, every=0.01):
        await gone(kept, old)
        assert await kept.memory.by(young.token, "T1")
        age(tmp_path, 31, "2.0")
        await gone(kept, young)


async def test_a_day_on_which_it_fails_is_not_the_last():
    class Failing:
        def __init__(self):
            self.times, self.enough = 0, asyncio.Event()

        async def tidy(self):
            self.times += 1
            if self.times == 3:
                self.enough.set()
            raise FootnoteError("The disk is full.")

    failing = Failing()
    async with asyncio.timeout(5), tidied(failing, every=0.001):
        await failing.enough.wait()


async def test_a_workspace_is_forgotten_whole_and_no_other_with_it(kept):
    spot = replace(HEARD.spot, tenant="T2", channel="C2")
    mine, theirs = await answered(kept, HEARD), await answered(kept, replace(LATER, spot=spot))
    await kept.retention.forget("slack", "T1")

    assert await kept.memory.by(mine.token, "T1") is None
    assert await kept.memory.by(theirs.token, "T2") == theirs
    assert await kept.claims.take(HEARD)


async def test_what_was_deleted_stands_nowhere_in_the_file(tmp_path):
    with notebook(tmp_path, keep_days=30) as kept:
        await answered(kept, replace(HEARD, text="Who is Rumpelstiltskin?"))
        age(tmp_path, 31, "1.0")
        await kept.retention.tidy()

    assert b"Rumpelstiltskin" not in (tmp_path / FILE).read_bytes()
