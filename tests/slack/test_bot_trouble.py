"""The bot on Slack when calls fail, streams end, people edit, and processes die."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from bot_at_work import DOUGH, SENTENCE, Obedient, at_work, cited

from rag.types import Answer
from ui.bot import bot as bots
from ui.slack.blocks import LONGEST_ANSWER


async def settled(slack):
    await slack.quiet(0.15)
    await slack.settled()


def is_whole(reply):
    return f"{SENTENCE} [1]" in reply.shown and "evidence:1" in reply.actions


@pytest.mark.parametrize("method", ["chat.startStream", "chat.stopStream"])
@pytest.mark.parametrize(
    "trouble",
    [
        {"error": "channel_type_not_supported"},
        {"error": "message_not_in_streaming_state"},
        {"error": "internal_error"},
        {"error": "not_in_channel"},
        {"error": "fatal_error"},
        {"status": 500},
        {"status": 503},
        {"drop": "before"},
        {"drop": "after"},
    ],
    ids=str,
)
async def test_whatever_becomes_of_a_stream_one_whole_reply_stands_there(
    slack, tmp_path, method, trouble
):
    slack.trouble(method, **trouble)
    slack.expect("message_not_in_streaming_state", "streaming_state_conflict")
    async with at_work(slack, tmp_path):
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.until(lambda: any(is_whole(one) for one in slack.replies(asked)))
        await settled(slack)

    assert len(slack.replies(asked)) == 1
    assert slack.replies(asked)[0].shown.count(SENTENCE) == 2  # in the answer, and as a source
    assert not slack.replies(asked)[0].streaming


@pytest.mark.parametrize(
    "trouble", [{"drop": "after"}, {"drop": "before"}, {"status": 502}], ids=str
)
async def test_a_post_whose_fate_is_unknown_is_looked_for_before_it_is_repeated(
    slack, tmp_path, trouble
):
    slack.trouble("chat.startStream", error="channel_type_not_supported", times=9)
    slack.trouble("chat.postMessage", **trouble)
    async with at_work(slack, tmp_path):
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.until(lambda: any(is_whole(one) for one in slack.replies(asked)))
        await settled(slack)

    assert len(slack.replies(asked)) == 1


async def test_a_stream_that_expires_is_written_anew_where_it_stands(slack, tmp_path):
    slack.expect("message_not_in_streaming_state")
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.mention(slack.ada, slack.general, "wait, what is TideNet?")
        (begun,) = await slack.until(lambda: slack.replies(asked))
        slack.expire(begun)
        engine.go_on.set()
        await slack.until(lambda: is_whole(begun))
        await settled(slack)

    assert slack.replies(asked) == [begun]


async def test_a_reply_that_was_deleted_meanwhile_is_posted_again(slack, tmp_path):
    slack.expect("message_not_found")
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.mention(slack.ada, slack.general, "wait, what is TideNet?")
        (begun,) = await slack.until(lambda: slack.replies(asked))
        slack.erase(begun)
        engine.go_on.set()
        (reply,) = await slack.until(lambda: slack.replies(asked))

        assert is_whole(reply)
        await settled(slack)


async def test_who_stops_a_stream_has_what_was_shown_by_then(slack, tmp_path):
    slack.expect("stopped_by_user")
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.mention(slack.ada, slack.general, "wait, what is TideNet?")
        (begun,) = await slack.until(lambda: slack.replies(asked))
        slack.stop_by_user(begun)
        engine.go_on.set()
        await slack.until(lambda: "stopped_by_user" in [call.error for call in slack.calls])
        await settled(slack)

    assert slack.replies(asked) == [begun]
    assert "ten hours" not in begun.shown


@pytest.mark.parametrize("method", ["chat.startStream", "chat.stopStream"])
async def test_where_slack_says_wait_the_bot_does(slack, tmp_path, method):
    slack.trouble(method, retry_after=1)
    async with at_work(slack, tmp_path):
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.until(lambda: any(is_whole(one) for one in slack.replies(asked)))
        await settled(slack)
        times = [call.at for call in slack.called(method)]

    assert len(slack.replies(asked)) == 1
    assert times[1] - times[0] >= 1


@pytest.mark.parametrize("trouble", [{"error": "missing_scope"}, {"delay": 0.3}], ids=str)
async def test_no_status_and_no_delay_of_it_keeps_an_answer_back(slack, tmp_path, trouble):
    slack.trouble("assistant.threads.setStatus", times=9, **trouble)
    async with at_work(slack, tmp_path):
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        reply = await slack.answer(asked)
        await settled(slack)

        assert is_whole(reply)
        assert slack.latency(asked) < 0.25
        assert slack.status(slack.general, asked) == ""


async def test_nothing_can_be_posted_and_the_bot_lives_on(slack, tmp_path):
    for method in ("chat.startStream", "chat.postMessage"):
        slack.trouble(method, error="not_in_channel", times=2)
    async with at_work(slack, tmp_path):
        lost = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.until(lambda: slack.called("chat.postMessage"))
        await slack.quiet(0.1)
        for trouble in slack.troubles:
            trouble.times = 0
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")

        assert is_whole(await slack.answer(asked))
        assert not slack.replies(lost)


def long_answer(question):
    answer = cited(question)
    text = answer.text + "".join(f" This is sentence {n}. [1]" for n in range(900))
    return Answer(question, text, answer.citations + answer.citations[:1] * 900)


@pytest.mark.parametrize("is_streamed", [True, False])
async def test_an_answer_longer_than_a_message_goes_on_in_a_file(slack, tmp_path, is_streamed):
    if not is_streamed:
        slack.trouble("chat.startStream", error="channel_type_not_supported", times=9)
    async with at_work(slack, tmp_path, Obedient(long_answer)):
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.until(lambda: any(one.files for one in slack.replies(asked)))
        reply, file = slack.replies(asked)

    assert "The whole answer is in the file below." in reply.shown
    assert LONGEST_ANSWER < len(reply.shown) < LONGEST_ANSWER + 2000
    assert file.files[0].content.decode() == long_answer("").text


async def test_many_long_sources_fit_into_one_message(slack, tmp_path):
    from rag.types import Citation, Paper, Span

    abstract = "It is so. " * 400
    papers = [
        Paper(f"p{n}", f"Paper {n} " + "long " * 180, abstract, url=f"https://example.org/{n}")
        for n in range(60)
    ]
    cites = tuple(Citation(n + 1, one, Span(0, 3990)) for n, one in enumerate(papers))
    text = "x" * (LONGEST_ANSWER - 500) + "".join(f" [{n + 1}]" for n in range(60))
    slack.trouble("chat.startStream", error="channel_type_not_supported", times=9)
    async with at_work(slack, tmp_path, Obedient(lambda asked: Answer(asked, text, cites))):
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        reply = await slack.answer(asked)

    assert "and 52 more papers" in reply.shown


async def test_an_edit_within_a_minute_is_answered_in_place(slack, tmp_path):
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        reply = await slack.answer(asked)
        await slack.edit(asked, "@footnote refuse it?")
        await slack.until(lambda: DOUGH.title in reply.shown)
        await slack.message(slack.ada, slack.general, "And then?", thread=asked)
        await slack.until(lambda: len(slack.replies(asked)) == 2)
        await settled(slack)

    assert [one[0] for one in engine.asked] == ["What is TideNet?", "refuse it?", "And then?"]
    assert engine.asked[2][1][0].content == "refuse it?"
    assert "evidence:1" not in reply.actions
    assert any("reading again" in look for look in reply.versions)


async def test_an_edit_while_the_answer_is_written_ends_in_one_answer_to_the_new_text(
    slack, tmp_path
):
    slack.expect("streaming_state_conflict")
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.direct(slack.ada, "wait, what is TideNet?")
        (begun,) = await slack.until(lambda: slack.replies(asked))
        await slack.edit(asked, "What is TideNet?")
        await slack.until(lambda: is_whole(begun))
        await settled(slack)

    assert slack.replies(asked) == [begun]
    assert [one[0] for one in engine.asked] == ["wait, what is TideNet?", "What is TideNet?"]


async def test_edits_that_change_nothing_or_come_late_are_left_alone(slack, tmp_path, monkeypatch):
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.direct(slack.ada, "What is TideNet?")
        await slack.answer(asked)
        edit = await slack.edit(asked, "What is TideNet?")
        await slack.redeliver(edit, same_id=False)
        monkeypatch.setattr(bots, "EDITABLE", 0)
        await slack.edit(asked, "What else?")
        await settled(slack)

    assert len(engine.asked) == 1


async def test_a_mention_that_an_edit_adds_is_answered(slack, tmp_path):
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.message(slack.ada, slack.general, "What is TideNet?")
        await slack.edit(asked, "@footnote what is TideNet?")

        assert is_whole(await slack.answer(asked))
        await settled(slack)

    assert len(engine.asked) == len(slack.replies(asked)) == 1


async def test_a_bot_that_ends_in_the_middle_finishes_after_its_next_start(
    slack, tmp_path, monkeypatch
):
    slack.expect("streaming_state_conflict")
    monkeypatch.setattr(bots, "GRACE", 0.05)
    async with at_work(slack, tmp_path):
        asked = await slack.mention(slack.ada, slack.general, "wait, what is TideNet?")
        (begun,) = await slack.until(lambda: slack.replies(asked))
    assert "ten hours" not in begun.shown
    engine = Obedient()
    engine.go_on.set()
    async with at_work(slack, tmp_path, engine):
        await slack.until(lambda: is_whole(begun))
        await settled(slack)

    assert slack.replies(asked) == [begun]


async def test_half_an_answer_from_long_ago_is_marked_and_not_answered(
    slack, tmp_path, monkeypatch
):
    slack.expect("streaming_state_conflict")
    monkeypatch.setattr(bots, "GRACE", 0.05)
    async with at_work(slack, tmp_path):
        asked = await slack.mention(slack.ada, slack.general, "wait, what is TideNet?")
        (begun,) = await slack.until(lambda: slack.replies(asked))
    monkeypatch.setattr(bots, "RESUMABLE", 0)
    async with at_work(slack, tmp_path) as (engine, _, _):
        await slack.until(lambda: "I was interrupted" in begun.shown)
    async with at_work(slack, tmp_path):
        await settled(slack)

    assert not engine.asked
    assert slack.replies(asked) == [begun]


KILLED = """
import asyncio, sys
from pathlib import Path
from types import SimpleNamespace
sys.path.insert(0, {tests!r})
import bot_at_work as b
from ui.slack import running

async def main():
    engine = b.Obedient()
    services = b.Services(engine, shelf=None)
    duty = running.Duty(b.Local(services), Path({home!r}))
    tokens = running.Tokens({bot!r}, {app!r}, {api!r})
    await running.run(duty, tokens, lambda only: print("open", flush=True))

asyncio.run(main())
"""


async def test_after_kill_9_in_the_middle_the_reply_is_finished_and_no_second_one_written(
    slack, tmp_path
):
    slack.expect("streaming_state_conflict")
    names = {"bot": slack.team.token, "app": slack.app_token, "api": slack.api}
    tests = str(Path(__file__).parent)
    code = KILLED.format(tests=tests, home=str(tmp_path), **names)
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    await asyncio.wait_for(killed.stdout.readline(), 20)
    asked = await slack.mention(slack.ada, slack.general, "wait, what is TideNet?")
    (begun,) = await slack.until(lambda: slack.replies(asked), within=10)
    killed.kill()
    await killed.wait()
    await slack.until(lambda: not slack.sockets.open)
    engine = Obedient()
    engine.go_on.set()
    async with at_work(slack, tmp_path, engine):
        await slack.until(lambda: is_whole(begun))
        for delivery in asked.deliveries:
            await slack.redeliver(delivery)
        await settled(slack)

    assert slack.replies(asked) == [begun]


async def test_killed_before_the_first_word_was_noted_the_reply_is_found_again(
    slack, tmp_path, monkeypatch
):
    monkeypatch.setattr(bots, "GRACE", 0.05)
    slack.expect("streaming_state_conflict")
    async with at_work(slack, tmp_path):
        asked = await slack.mention(slack.ada, slack.general, "wait, what is TideNet?")
        (begun,) = await slack.until(lambda: slack.replies(asked))
    with closing(sqlite3.connect(tmp_path / "bot.sqlite")) as db, db:
        assert db.execute("UPDATE claims SET reply = '' WHERE reply != ''").rowcount == 1
    engine = Obedient()
    engine.go_on.set()
    async with at_work(slack, tmp_path, engine):
        await slack.until(lambda: is_whole(begun))
        await settled(slack)

    assert slack.replies(asked) == [begun]


async def test_only_one_bot_works_in_a_data_folder(slack, tmp_path):
    from ui.bot.notebook import BotBusyError

    async with at_work(slack, tmp_path):
        with pytest.raises(BotBusyError, match="Another bot works in"):
            async with at_work(slack, tmp_path):
                pass


async def test_a_new_connection_loses_nothing(slack, tmp_path):
    async with at_work(slack, tmp_path):
        await slack.sockets.disconnect()
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        assert is_whole(await slack.answer(asked, within=15))
        await settled(slack)

    assert len(slack.replies(asked)) == 1
