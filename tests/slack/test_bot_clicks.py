"""Buttons, modals, commands, shortcuts and suggested prompts of the bot on Slack."""

from functools import partial

import pytest
from bot_at_work import SENTENCE, SPAN, TIDES, Obedient, at_work, cited

from rag.types import Citation, Paper
from ui.answer_log import Feedback
from ui.bot.notebook import notebook
from ui.bot.rules import Rule, Rules, Shelf
from ui.slack import names


async def answered(slack, channel=None):
    asked = await slack.mention(slack.ada, channel or slack.general, "How far ahead?")
    return await slack.answer(asked)


def said(log):
    """What was said of the last answer."""
    (entry,) = log.latest(limit=1)
    return entry.feedback


async def test_evidence_shows_the_abstract_with_what_was_cited_in_bold(slack, tmp_path):
    async with at_work(slack, tmp_path):
        reply = await answered(slack)
        await slack.click(reply, "evidence:1", slack.ben)
        view = await slack.until(lambda: slack.view_of(slack.ben))

    assert view.title == "Evidence [1]"
    assert "Mara Lindqvist, Joao Reis · Harbour Institute · Oct 24, 2025" in view.shown
    bold = [
        piece["text"].strip()
        for block in view.blocks
        for part in block.get("elements", ())
        for piece in part.get("elements", ())
        if piece.get("style", {}).get("bold")
    ]
    assert bold == ["Floods are hard to forecast.", SENTENCE]
    assert "Training takes nine hours." in view.shown


async def test_evidence_of_a_paper_of_which_nothing_else_is_known_has_no_empty_line(
    slack, tmp_path
):
    bare = Paper("bare", TIDES.title, TIDES.abstract)
    async with at_work(
        slack, tmp_path, Obedient(partial(cited, citations=(Citation(1, bare, SPAN),)))
    ):
        await slack.click(await answered(slack), "evidence:1", slack.ada)
        view = await slack.until(lambda: slack.view_of(slack.ada))

    assert all(line.strip() for line in view.shown.splitlines())


async def test_evidence_is_still_there_after_a_restart(slack, tmp_path):
    async with at_work(slack, tmp_path):
        reply = await answered(slack)
    async with at_work(slack, tmp_path):
        await slack.click(reply, "evidence:1", slack.ada)
        await slack.until(lambda: slack.view_of(slack.ada))


async def test_evidence_that_was_forgotten_is_said_to_be(slack, tmp_path):
    async with at_work(slack, tmp_path):
        reply = await answered(slack)
    (tmp_path / "bot.sqlite").unlink()
    async with at_work(slack, tmp_path):
        for button in ("evidence:1", "export_bibtex"):
            await slack.click(reply, button, slack.ada)
        await slack.until(lambda: len(slack.whispers(slack.ada)) == 2)

    assert {one.shown for one in slack.whispers(slack.ada)} == {
        "I do not remember that answer any more. Ask again to see its evidence."
    }


async def test_another_workspace_sees_no_evidence_of_this_one(slack, tmp_path):
    async with at_work(slack, tmp_path):
        reply = await answered(slack)
        element = next(e for _, e in reply.elements if e["action_id"] == "evidence:1")
        token = element["value"].partition(":")[0]
    with notebook(tmp_path) as kept:
        assert await kept.memory.by(token, slack.team.id)
        assert await kept.memory.by(token, "T0OTHER") is None


async def test_thumbs_up_are_kept_and_thanked_for(slack, tmp_path):
    async with at_work(slack, tmp_path) as (_, log, _):
        reply = await answered(slack)
        await slack.click(reply, "feedback", slack.ben, choice="positive")
        (thanks,) = await slack.until(lambda: slack.whispers(slack.ben))

        assert said(log) == Feedback("up")
        assert thanks.shown == "Thank you, that is noted."


async def test_thumbs_down_are_asked_for_a_reason(slack, tmp_path):
    async with at_work(slack, tmp_path) as (_, log, _):
        reply = await answered(slack)
        await slack.click(reply, "feedback", slack.ben, choice="negative")
        view = await slack.until(lambda: slack.view_of(slack.ben))
        assert said(log) == Feedback("down")
        values = {names.REASON: "wrong-citation", names.NOTE: "It says 30 hours."}
        await slack.submit(view, values)
        await slack.until(lambda: said(log).reason)
        (thanks,) = await slack.until(lambda: slack.whispers(slack.ben))

        assert said(log) == Feedback("down", "wrong-citation", "It says 30 hours.")
        assert not view.open
        assert thanks.shown == "Thank you, that is noted."
        assert thanks.thread_ts == reply.thread_ts


async def test_a_reason_that_cannot_be_kept_is_said_to_be_lost(slack, tmp_path):
    async with at_work(slack, tmp_path):
        reply = await answered(slack)
        await slack.click(reply, "feedback", slack.ben, choice="negative")
        view = await slack.until(lambda: slack.view_of(slack.ben))
    (tmp_path / "bot.sqlite").unlink()
    async with at_work(slack, tmp_path):
        await slack.submit(view, {names.REASON: "other"})
        (told,) = await slack.until(lambda: slack.whispers(slack.ben))

    assert told.shown.startswith("That cannot be noted")


async def test_a_reason_needs_no_words(slack, tmp_path):
    async with at_work(slack, tmp_path) as (_, log, _):
        reply = await answered(slack)
        await slack.click(reply, "feedback", slack.ada, choice="negative")
        view = await slack.until(lambda: slack.view_of(slack.ada))
        await slack.submit(view, {names.REASON: "out-of-date"})
        await slack.until(lambda: said(log).reason)

        assert said(log) == Feedback("down", "out-of-date")


async def test_bibtex_comes_as_a_file_into_the_thread(slack, tmp_path):
    async with at_work(slack, tmp_path):
        reply = await answered(slack)
        await slack.click(reply, "export_bibtex", slack.ada)
        file = await slack.until(lambda: [one for one in slack.replies(reply) if one.files])

    content = file[0].files[0].content.decode()
    assert file[0].files[0].filename == "references.bib"
    assert file[0].thread_ts == reply.thread_ts
    assert "Lindqvist, Mara" in content


async def test_a_file_that_slack_does_not_take_is_told_of(slack, tmp_path):
    slack.team.scopes.discard("files:write")
    slack.expect("missing_scope")
    async with at_work(slack, tmp_path):
        reply = await answered(slack)
        await slack.click(reply, "export_bibtex", slack.ada)
        (told,) = await slack.until(lambda: slack.whispers(slack.ada))

    assert "could not be put here (reference" in told.shown


async def test_a_command_is_answered_to_whoever_gave_it_alone(slack, tmp_path):
    async with at_work(slack, tmp_path) as (engine, _, _):
        delivery = await slack.slash(slack.ada, slack.general, "How far &amp; how sure?")
        (reply,) = await slack.until(lambda: slack.whispers(slack.ada))
        await slack.quiet(0.1)

        assert engine.asked[0][0] == "How far &amp; how sure?"
        assert SENTENCE in reply.shown
        assert delivery.ack_ms < 100
        await slack.slash(slack.ada, slack.general, "And then?")
        await slack.until(lambda: len(slack.whispers(slack.ada)) == 2)
        assert engine.asked[1][1][0].content == "How far &amp; how sure?"
        await slack.click(reply, "export_bibtex", slack.ada)
        view = await slack.until(lambda: slack.view_of(slack.ada))

    assert "@misc{" in view.shown
    assert not slack.visible(slack.general)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", "For example"), ("refuse it", "No abstract on this shelf"), ("fail", "the reference")],
)
async def test_a_command_always_comes_back_with_something(slack, tmp_path, text, shown):
    rules = Rules(Rule(is_silent=bool(text) and text != "refuse it"))
    async with at_work(slack, tmp_path, rules=rules):
        await slack.slash(slack.ada, slack.general, text)
        (reply,) = await slack.until(lambda: slack.whispers(slack.ada))

    assert shown in reply.shown


@pytest.mark.parametrize("choice", ["positive", "negative"])
async def test_a_command_is_answered_to_its_end_where_the_bot_is_no_member(slack, tmp_path, choice):
    elsewhere = slack.team.channel("elsewhere", with_bot=False)
    async with at_work(slack, tmp_path):
        await slack.slash(slack.ada, elsewhere, "How far?")
        (reply,) = await slack.until(lambda: slack.whispers(slack.ada))
        await slack.click(reply, "feedback", slack.ada, choice=choice)
        if choice == "negative":
            view = await slack.until(lambda: slack.view_of(slack.ada))
            await slack.submit(view, {names.REASON: "other"})
        _, thanks = await slack.until(lambda: len(found := slack.whispers(slack.ada)) > 1 and found)

    assert thanks.shown == "Thank you, that is noted."


async def test_a_command_says_each_time_why_there_is_no_answer(slack, tmp_path):
    async with at_work(slack, tmp_path, rules=Rules(Rule(per_user="1/minute"))):
        for _ in range(3):
            await slack.slash(slack.ada, slack.general, "How far?")
        told = await slack.until(lambda: len(found := slack.whispers(slack.ada)) == 3 and found)

    assert ["Ask again in" in one.shown for one in told].count(True) == 2


async def test_where_the_bot_is_not_to_answer_a_command_and_a_shortcut_are_told_so(slack, tmp_path):
    async with at_work(slack, tmp_path, rules=Rules(Rule(answers=False))) as (engine, _, _):
        await slack.slash(slack.ada, slack.general, "How far?")
        (told,) = await slack.until(lambda: slack.whispers(slack.ada))
        post = await slack.message(slack.ben, slack.general, SENTENCE)
        await slack.shortcut(post, names.CHECK, slack.ben)
        await slack.until(lambda: len(slack.whispers(slack.ben)) == 2)

    assert "not to answer in this place" in told.shown
    assert "not to answer in this place" in slack.whispers(slack.ben)[-1].shown
    assert not engine.asked


async def test_a_command_in_a_public_channel_hears_nothing_of_private_papers(slack, tmp_path):
    rules = Rules(*[Rule(Shelf(is_private=True))] * 2)
    async with at_work(slack, tmp_path, rules=rules) as (engine, _, _):
        await slack.slash(slack.ada, slack.general, "How far?")
        (told,) = await slack.until(lambda: slack.whispers(slack.ada))

    assert "private" in told.shown
    assert not engine.asked


async def test_a_message_is_checked_sentence_by_sentence_for_whoever_asks(slack, tmp_path):
    async with at_work(slack, tmp_path):
        claim = (
            f"{SENTENCE} TideNet makes floods worse everywhere. Is it so? Nobody eats bread now."
        )
        post = await slack.message(slack.ben, slack.general, claim)
        await slack.shortcut(post, names.CHECK, slack.ada)
        await slack.until(lambda: len(slack.whispers(slack.ada)) == 2)
        found = slack.whispers(slack.ada)[-1]

    assert "1 supported, 0 weak, 2 not supported" in found.shown
    assert "Is it so?" not in found.shown
    assert TIDES.title in found.shown
    assert "No paper on the shelf comes near to this." in found.shown
    assert f" · the nearest paper is \n{TIDES.title}" in found.shown
    assert not slack.replies(post)


async def test_a_message_without_a_claim_is_said_to_have_none(slack, tmp_path):
    async with at_work(slack, tmp_path):
        post = await slack.message(slack.ben, slack.general, "Is it?")
        await slack.shortcut(post, names.CHECK, slack.ada)
        await slack.until(lambda: len(slack.whispers(slack.ada)) == 2)

    assert "no sentence in that message" in slack.whispers(slack.ada)[-1].shown


async def test_private_papers_check_nothing_in_public(slack, tmp_path):
    rules = Rules(*[Rule(Shelf(is_private=True))] * 2)
    async with at_work(slack, tmp_path, rules=rules):
        post = await slack.message(slack.ben, slack.general, SENTENCE)
        await slack.shortcut(post, names.CHECK, slack.ada)
        await slack.until(lambda: len(slack.whispers(slack.ada)) == 2)

    assert "private" in slack.whispers(slack.ada)[-1].shown


async def test_who_opens_the_messages_is_offered_questions_that_the_shelf_answers(slack, tmp_path):
    async with at_work(slack, tmp_path):
        await slack.open_home(slack.ada, "home")
        await slack.open_home(slack.ada)
        prompts = await slack.until(lambda: slack.prompts.get(slack.team.im(slack.ada).id))

    assert [one["message"] for one in prompts] == ["What is TideNet?", "Who wrote about floods?"]
