"""The bot on Slack: what it answers, where, and once."""

import asyncio

import pytest
from bot_at_work import DOUGH, SENTENCE, TIDES, Obedient, at_work, cited

from rag.types import Citation, Scope, Turn
from ui.bot.rules import Rule, Rules, Shelf
from ui.server.places import Places


async def settled(slack):
    await slack.quiet(0.15)
    await slack.settled()


async def test_a_mention_is_answered_in_its_thread_with_its_sources(slack, tmp_path):
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.mention(slack.ada, slack.general, "How far ahead?")
        reply = await slack.answer(asked)

        assert [one[0] for one in engine.asked] == ["How far ahead?"]
        assert reply.thread_ts == asked.ts
        assert f"{SENTENCE} [1]" in reply.shown
        assert [TIDES.title in reply.shown, "Oct 24, 2025" in reply.shown] == [True, True]
        assert "weakly supported · The abstract gives no such number." in reply.shown
        assert reply.actions == ["evidence:1", "export_bibtex", "feedback"]
        await settled(slack)

    assert len(slack.replies(asked)) == 1
    assert slack.status(slack.general, asked) == ""
    assert not slack.pings
    assert not slack.unfurled


async def test_the_sources_and_their_buttons_are_easy_to_read(slack, tmp_path):
    def two(question):
        return cited(question, citations=(*cited(question).citations, Citation(2, DOUGH, None)))

    async with at_work(slack, tmp_path, Obedient(two)):
        reply = await slack.answer(await slack.mention(slack.ada, slack.general, "How far?"))
    (rich,) = (one for one in reply.blocks if one["type"] == "rich_text")
    lines = ["".join(e["text"] for e in line["elements"]) for line in rich["elements"]]
    buttons = [e for _, e in reply.elements if e["type"] == "button"]

    assert f"[1] {TIDES.title} · Oct 24, 2025" in lines
    assert [one["text"]["text"] for one in buttons] == ["Show evidence [1]", "[2]", "Export BibTeX"]
    assert buttons[1]["accessibility_label"] == "Show evidence [2]"


async def test_a_notification_shows_no_marks_of_markdown(slack, tmp_path):
    async with at_work(slack, tmp_path):
        await slack.slash(slack.ada, slack.general, "How far?")
        (reply,) = await slack.until(lambda: slack.whispers(slack.ada))

    assert reply.text.startswith(f"{TIDES.title}: {SENTENCE}")


async def test_a_status_is_shown_until_the_answer_comes(slack, tmp_path):
    async with at_work(slack, tmp_path, Obedient()) as (engine, _, _):
        asked = await slack.direct(slack.ada, "wait for it")
        await slack.until(lambda: slack.statuses)
        engine.go_on.set()
        await slack.answer(asked)

        assert slack.statuses[0][2].startswith("is ")


async def test_text_is_shown_while_the_rest_is_still_written(slack, tmp_path):
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.direct(slack.ada, "wait for it")
        await asyncio.wait_for(engine.waits.wait(), 5)
        reply = await slack.until(lambda: slack.replies(asked))

        assert reply[0].streaming
        assert reply[0].shown.endswith("ahead. [1]")
        engine.go_on.set()
        assert (await slack.answer(asked)).shown.startswith("**TideNet")


async def test_a_follow_up_in_the_thread_needs_no_mention_and_knows_what_was_said(slack, tmp_path):
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        first = await slack.answer(asked)
        await slack.message(slack.ben, slack.general, "And how long?", thread=asked)
        await slack.until(lambda: len(slack.replies(asked)) == 2)
        await settled(slack)

    question, history, _ = engine.asked[1]
    assert question == "And how long?"
    assert history[0] == Turn("user", "What is TideNet?")
    assert history[1].content in first.shown


async def test_threads_and_channels_where_nobody_asked_it_are_left_alone(slack, tmp_path):
    async with at_work(slack, tmp_path) as (engine, _, _):
        root = await slack.message(slack.ada, slack.general, "What is TideNet?")
        await slack.message(slack.ben, slack.general, "Is that new?", thread=root)
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.answer(asked)
        await slack.message(slack.ada, slack.general, "@ben is it new?", thread=asked)
        await settled(slack)

    assert len(engine.asked) == 1


async def test_people_who_talk_below_an_answer_are_not_told_that_there_is_no_answer(
    slack, tmp_path
):
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.answer(asked)
        await slack.message(slack.ben, slack.general, "off-topic, lunch at noon", thread=asked)
        await slack.message(slack.ben, slack.general, "I refuse to believe it", thread=asked)
        await slack.until(lambda: len(engine.asked) == 3)
        await settled(slack)
        assert len(slack.replies(asked)) == 1
        await slack.message(slack.ben, slack.general, "Would it refuse?", thread=asked)
        await slack.until(lambda: len(slack.replies(asked)) == 2)


async def test_a_direct_message_is_answered_in_a_thread_of_its_own(slack, tmp_path):
    async with at_work(slack, tmp_path):
        asked = await slack.direct(slack.ada, "What is TideNet?")
        reply = await slack.answer(asked)

    assert reply.thread_ts == asked.ts


@pytest.mark.parametrize("text", ["", "   "])
async def test_a_mention_without_a_question_is_told_how_to_ask(slack, tmp_path, text):
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.mention(slack.ada, slack.general, text)
        reply = await slack.answer(asked)

    assert "For example: What is TideNet?" in reply.shown
    assert not engine.asked


async def test_what_slack_escapes_reaches_the_engine_as_it_was_typed(slack, tmp_path):
    async with at_work(slack, tmp_path) as (engine, _, _):
        said = "is a < b & c > d, &lt; or @ben in #general at https://example.org/?a=1&b=2 @here"
        await slack.mention(slack.ada, slack.general, said)
        await slack.until(lambda: engine.asked)

    assert engine.asked[0][0] == (
        "is a < b & c > d, &lt; or @somebody in #general at https://example.org/?a=1&b=2"
    )


@pytest.mark.parametrize("same_id", [True, False])
async def test_an_event_that_comes_again_is_answered_once(slack, tmp_path, same_id):
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.answer(asked)
        for delivery in asked.deliveries:
            await slack.redeliver(delivery, same_id=same_id)
        await settled(slack)

    assert len(slack.replies(asked)) == len(engine.asked) == 1


async def test_it_is_still_answered_once_after_a_restart(slack, tmp_path):
    async with at_work(slack, tmp_path):
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.answer(asked)
    async with at_work(slack, tmp_path) as (engine, _, _):
        for delivery in asked.deliveries:
            await slack.redeliver(delivery, same_id=False)
        await settled(slack)

    assert not engine.asked
    assert len(slack.replies(asked)) == 1


async def test_what_bots_write_is_not_answered(slack, tmp_path):
    async with at_work(slack, tmp_path) as (engine, _, _):
        await slack.mention(slack.robot, slack.general, "What is TideNet?")
        asked = await slack.direct(slack.ada, "What is TideNet?")
        await slack.answer(asked)
        await slack.unfurl(asked)
        await slack.delete(asked)
        await settled(slack)

    assert len(engine.asked) == 1


async def test_ten_threads_at_once_get_an_answer_each(slack, tmp_path):
    async with at_work(slack, tmp_path) as (engine, _, _):
        posts = await asyncio.gather(
            *(slack.direct(slack.ada, f"What is number {n}, wait?") for n in range(10))
        )
        await slack.until(lambda: engine.most >= 8)
        engine.go_on.set()
        replies = [await slack.answer(post) for post in posts]
        await settled(slack)

    assert all(SENTENCE in reply.shown for reply in replies)
    assert [len(slack.replies(post)) for post in posts] == [1] * 10


async def test_two_questions_in_one_thread_are_answered_one_after_the_other(slack, tmp_path):
    async with at_work(slack, tmp_path) as (engine, _, _):
        asked = await slack.mention(slack.ada, slack.general, "wait, what is TideNet?")
        await asyncio.wait_for(engine.waits.wait(), 5)
        await slack.message(slack.ada, slack.general, "And how long?", thread=asked)
        await asyncio.sleep(0.1)
        assert len(engine.asked) == 1
        engine.go_on.set()
        await slack.until(lambda: len(slack.replies(asked)) == 2)
        await settled(slack)

    assert engine.asked[1][1][0].content == "wait, what is TideNet?"


async def test_a_refusal_is_short_and_names_the_nearest_papers(slack, tmp_path):
    async with at_work(slack, tmp_path):
        asked = await slack.mention(slack.ada, slack.general, "refuse, please")
        reply = await slack.answer(asked)

    assert reply.shown.splitlines()[0] == "No abstract on this shelf tells of GPT-4."
    assert DOUGH.title in reply.shown
    assert reply.actions == ["feedback"]


async def test_a_silent_channel_hears_nothing_rather_than_that_there_is_no_answer(slack, tmp_path):
    rules = Rules(channels={slack.general.id: Rule(is_silent=True)})
    async with at_work(slack, tmp_path, rules=rules) as (engine, _, _):
        nothing = await slack.mention(slack.ada, slack.general, "refuse, please")
        await slack.until(lambda: engine.asked)
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        reply = await slack.answer(asked)
        await settled(slack)

    assert not slack.replies(nothing)
    assert not [status for status in slack.statuses if status[1] == nothing.ts]
    assert SENTENCE in reply.shown


async def test_a_channel_may_be_left_out(slack, tmp_path):
    rules = Rules(channels={f"{slack.team.id}/{slack.general.id}": Rule(answers=False)})
    async with at_work(slack, tmp_path, rules=rules) as (engine, _, _):
        await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await settled(slack)

    assert not engine.asked


async def test_a_channel_sees_the_papers_that_its_rule_names(slack, tmp_path):
    shelf = Shelf(Scope(source="clinic.bib"))
    rules = Rules(channels={slack.general.id: Rule(shelf)})
    async with at_work(slack, tmp_path, rules=rules) as (engine, _, _):
        await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.direct(slack.ada, "What is TideNet?")
        await slack.until(lambda: len(engine.asked) == 2)

    assert {one[2] for one in engine.asked} == {shelf.scope, Scope()}


async def test_private_papers_are_spoken_of_only_where_no_stranger_reads_along(slack, tmp_path):
    rules = Rules(*[Rule(Shelf(is_private=True))] * 2)
    joint = slack.team.channel("joint", "private", shared=True)
    async with at_work(slack, tmp_path, rules=rules) as (engine, _, _):
        for channel in (slack.general, slack.shared, joint):
            asked = await slack.mention(slack.ada, channel, "What is TideNet?")
            await slack.quiet(0.1)
            assert not slack.replies(asked)
        assert not engine.asked
        assert "private" in slack.whispers(slack.ada)[0].shown
        assert len(slack.whispers(slack.ada)) == 1
        for asked in (
            await slack.mention(slack.ada, slack.private, "What is TideNet?"),
            await slack.direct(slack.ada, "What is TideNet?"),
        ):
            assert SENTENCE in (await slack.answer(asked)).shown


async def test_direct_messages_may_be_for_some_alone(slack, tmp_path):
    rules = Rules(allowed=frozenset([slack.ada.id]))
    async with at_work(slack, tmp_path, rules=rules) as (engine, _, _):
        reply = await slack.answer(await slack.direct(slack.ben, "What is TideNet?"))
        assert "on my list" in reply.shown
        await slack.direct(slack.ben, "Why?")
        await slack.answer(await slack.direct(slack.ada, "What is TideNet?"))
        await slack.answer(await slack.mention(slack.ben, slack.general, "What is TideNet?"))
        await settled(slack)

    assert len(engine.asked) == 2


async def test_who_asks_too_often_is_told_so_once(slack, tmp_path):
    rules = Rules(Rule(per_user="2/minute"))
    async with at_work(slack, tmp_path, rules=rules) as (engine, _, _):
        for _ in range(4):
            await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.mention(slack.ben, slack.general, "What is TideNet?")
        await slack.until(lambda: len(engine.asked) == 3)
        await settled(slack)

    (told,) = slack.whispers(slack.ada)
    assert "Ask again in" in told.shown


async def test_a_channel_that_asks_too_often_is_told_so(slack, tmp_path):
    rules = Rules(Rule(per_channel="1/minute"))
    async with at_work(slack, tmp_path, rules=rules) as (engine, _, _):
        await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.mention(slack.ben, slack.general, "What is TideNet?")
        told = await slack.until(lambda: slack.whispers(slack.ben))
        await settled(slack)

    assert "in this channel" in told[0].shown
    assert len(engine.asked) == 1


async def test_history_that_nobody_kept_is_read_from_the_thread(slack, tmp_path):
    async with at_work(slack, tmp_path):
        asked = await slack.mention(slack.ada, slack.general, "What is TideNet?")
        await slack.answer(asked)
    (tmp_path / "bot.sqlite").unlink()
    async with at_work(slack, tmp_path) as (engine, _, _):
        await slack.mention(slack.ada, slack.general, "And how long?", thread=asked)
        await slack.until(lambda: engine.asked)
        await settled(slack)

    history = engine.asked[0][1]
    assert [turn.role for turn in history] == ["user", "assistant"]
    assert history[0].content == "What is TideNet?"
    assert SENTENCE in history[1].content


async def test_what_is_wrong_with_a_question_is_told_in_the_engines_words(slack, tmp_path):
    async with at_work(slack, tmp_path):
        asked = await slack.direct(slack.ada, "why " * 1100)
        reply = await slack.answer(asked)

    assert reply.shown == "_The question is too long._"


async def test_when_too_many_wait_the_next_is_told_to_come_back(slack, tmp_path):
    places = {"places": Places(running=1, waiting=0)}
    async with at_work(slack, tmp_path, places=places) as (engine, _, _):
        first = await slack.direct(slack.ada, "wait for it")
        await asyncio.wait_for(engine.waits.wait(), 5)
        reply = await slack.answer(await slack.direct(slack.ben, "What is TideNet?"))
        engine.go_on.set()
        await slack.answer(first)

    assert "Ask again in a minute" in reply.shown


@pytest.mark.parametrize("question", ["fail at once", "fail later"])
async def test_what_goes_wrong_is_told_with_a_reference_and_no_secret(slack, tmp_path, question):
    async with at_work(slack, tmp_path):
        asked = await slack.mention(slack.ada, slack.general, question)
        await slack.until(lambda: any("reference" in one.shown for one in slack.replies(asked)))
        reply = await slack.answer(asked)
        await settled(slack)

    assert "sk-123" not in reply.shown
    assert len(slack.replies(asked)) == 1
    assert slack.status(slack.general, asked) == ""
