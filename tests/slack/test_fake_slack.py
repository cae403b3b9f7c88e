"""The fake's Web API refuses what Slack refuses, and remembers what a person would see."""

import asyncio
import time

import pytest
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.models.messages.chunk import MarkdownTextChunk, TaskUpdateChunk
from slack_sdk.web.async_client import AsyncWebClient

DIVIDER = {"type": "divider"}


def mrkdwn(text, **more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, **more}}


def plain(text):
    return {"type": "plain_text", "text": text}


def button(number):
    return {"type": "button", "text": plain("b"), "action_id": f"b{number}"}


def modal(**changes):
    body = {"type": "modal", "title": plain("Evidence"), "blocks": [mrkdwn("It is so.")]}
    return body | changes


@pytest.fixture
def client(slack):
    return AsyncWebClient(slack.team.token, base_url=slack.api)


@pytest.fixture
def question(slack):
    return slack.written(slack.ada, slack.general, "Which optimizer?")


async def refused(slack, call):
    """The reply of a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        await call
    slack.expect(caught.value.response["error"])
    return caught.value.response


async def streamed(slack, client, question, **changes):
    told = {"recipient_team_id": slack.team.id, "recipient_user_id": slack.ada.id}
    started = await client.chat_startStream(
        channel=question.channel.id, thread_ts=question.ts, **(told | changes)
    )
    return question.channel.posts[started["ts"]]


async def test_a_post_is_what_a_person_then_sees(slack, client):
    sent = await client.chat_postMessage(channel=slack.general.id, text="a &lt; <http://b.c|b>")

    (post,) = slack.visible(slack.general)
    assert (post.shown, post.ts) == ("a < b", sent["ts"])


async def test_blocks_are_shown_and_the_text_is_not(slack, client):
    await client.chat_postMessage(
        channel=slack.general.id, text="fallback", blocks=[mrkdwn("seen"), DIVIDER]
    )

    assert slack.visible(slack.general)[0].shown == "seen"


async def test_an_edit_changes_and_a_deletion_removes(slack, client):
    sent = await client.chat_postMessage(channel=slack.general.id, text="one", blocks=[DIVIDER])
    await client.chat_update(channel=slack.general.id, ts=sent["ts"], text="two")
    (post,) = slack.visible(slack.general)
    assert (post.shown, post.blocks) == ("two", [])
    assert post.edited

    await client.chat_delete(channel=slack.general.id, ts=sent["ts"])
    assert slack.visible(slack.general) == []


async def test_a_whisper_is_seen_by_one_person(slack, client):
    await client.chat_postEphemeral(channel=slack.general.id, user=slack.ada.id, text="Thanks.")

    assert slack.visible(slack.general) == []
    assert [post.text for post in slack.visible(slack.general, user=slack.ada)] == ["Thanks."]
    assert slack.whispers(slack.ben) == []


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        ([DIVIDER] * 51, "no more than 50 items"),
        ([mrkdwn("x" * 3001)], "/blocks/0/text/text"),
        ([mrkdwn("")], "more than 0 characters"),
        ([{"type": "header", "text": plain("x" * 151)}], "less than 151"),
        ([{"type": "context", "elements": [plain("x")] * 11}], "no more than 10 items"),
        ([{"type": "actions", "elements": [button(n) for n in range(26)]}], "no more than 25"),
        ([{"type": "actions", "elements": [button(1), button(1)]}], "already exists"),
        ([{"type": "divider", "block_id": "a"}] * 2, "already exists"),
        ([{"type": "paragraph"}], "unsupported type: paragraph"),
        ([{"type": "section", "text": {"type": "html", "text": "x"}}], "mrkdwn object"),
        ([{"type": "section", "text": plain("x"), "colour": "red"}], "colour"),
        ([{"type": "markdown", "text": "x" * 6001}] * 2, "12001 characters in all"),
        ([{"type": "context_actions", "elements": [button(1)]}], "unsupported type: button"),
        ([{"type": "image", "image_url": "javascript:1", "alt_text": "x"}], "valid URL"),
    ],
)
async def test_blocks_that_are_wrong_are_refused_with_the_place(slack, client, blocks, says):
    reply = await refused(
        slack, client.chat_postMessage(channel=slack.general.id, text="x", blocks=blocks)
    )

    assert reply["error"] == "invalid_blocks"
    assert any(says in message for message in reply["response_metadata"]["messages"])
    assert slack.visible(slack.general) == []


async def test_blocks_at_their_limits_are_taken(slack, client):
    feedback = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {"text": plain("Good"), "value": "good"},
        "negative_button": {"text": plain("Bad"), "value": "bad"},
    }
    blocks = [
        mrkdwn("x" * 3000, verbatim=True),
        {"type": "header", "text": plain("x" * 150)},
        {"type": "context", "elements": [plain("x")] * 10},
        {"type": "actions", "elements": [button(n) for n in range(25)]},
        {"type": "context_actions", "elements": [feedback]},
        *[DIVIDER] * 45,
    ]
    await client.chat_postMessage(channel=slack.general.id, text="x" * 40_000, blocks=blocks)

    (post,) = slack.visible(slack.general)
    assert len({block["block_id"] for block in post.blocks}) == 50
    assert "feedback" in post.actions


@pytest.mark.parametrize(
    ("text", "blocks", "error"),
    [
        ("x" * 40_001, None, "msg_too_long"),
        (" ", None, "no_text"),
        ("x", [{"type": "markdown", "text": "x" * 12_000}, mrkdwn("x" * 1500)],
         "msg_blocks_too_long"),
    ],
)  # fmt: skip
async def test_texts_that_are_too_long_or_empty_are_refused(slack, client, text, blocks, error):
    call = client.chat_postMessage(channel=slack.general.id, text=text, blocks=blocks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKIP_SLACK_SDK_WARNING", "1")
        reply = await refused(slack, call)

    assert reply["error"] == error


async def test_an_edit_takes_four_thousand_bytes_and_no_more(slack, client):
    sent = await client.chat_postMessage(channel=slack.general.id, text="one")
    where = {"channel": slack.general.id, "ts": sent["ts"]}
    await client.chat_update(**where, text="x" * 4000)

    reply = await refused(slack, client.chat_update(**where, text="—" * 1334))
    assert reply["error"] == "msg_too_long"


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda c, s: c.chat_postMessage(channel="C0", text="x"), "channel_not_found"),
        (lambda c, s: c.chat_postMessage(channel=s.away.id, text="x"), "not_in_channel"),
        (lambda c, s: c.chat_postMessage(channel=s.hidden.id, text="x"), "channel_not_found"),
        (lambda c, s: c.chat_postMessage(channel=s.general.id, text="x", thread_ts="1.2"),
         "message_not_found"),
        (lambda c, s: c.chat_update(channel=s.general.id, ts="1.2", text="x"),
         "message_not_found"),
        (lambda c, s: c.chat_update(channel=s.general.id, ts=s.said.ts, text="x"),
         "cant_update_message"),
        (lambda c, s: c.chat_delete(channel=s.general.id, ts=s.said.ts), "cant_delete_message"),
        (lambda c, s: c.chat_postEphemeral(channel=s.private.id, user=s.outsider.id, text="x"),
         "user_not_in_channel"),
        (lambda c, s: c.conversations_replies(channel=s.general.id, ts="1.2"),
         "thread_not_found"),
        (lambda c, s: c.users_info(user="U0"), "user_not_found"),
        (lambda c, s: c.auth_test(token=f"{s.team.token}0"), "invalid_auth"),
        (lambda c, s: c.auth_test(token=s.app_token), "not_allowed_token_type"),
        (lambda c, s: c.apps_connections_open(app_token=s.team.token), "not_allowed_token_type"),
        (lambda c, s: c.assistant_threads_setStatus(
            channel_id=s.general.id, thread_ts="1.2", status="x"), "invalid_thread_ts"),
        (lambda c, s: c.chat_postMessage(channel=s.general.id, text="x", username="Root"),
         "missing_scope"),
    ],
)  # fmt: skip
async def test_what_is_not_there_or_not_allowed_is_refused(slack, client, act, error):
    slack.away = slack.team.channel("away", with_bot=False)
    slack.hidden = slack.team.channel("hidden", "private", with_bot=False)
    slack.outsider = slack.team.person("cy")
    slack.said = slack.written(slack.ada, slack.general, "mine")

    assert (await refused(slack, act(client, slack)))["error"] == error


async def test_a_scope_that_is_missing_is_named(slack, client):
    slack.team.scopes -= {"chat:write", "groups:read"}
    post = await refused(slack, client.chat_postMessage(channel=slack.general.id, text="x"))
    info = await refused(slack, client.conversations_info(channel=slack.private.id))

    assert (post["error"], post["needed"]) == ("missing_scope", "chat:write")
    assert info["needed"] == "groups:read"
    assert "users:read" in info["provided"]


async def test_what_slack_does_not_know_is_a_fault(slack, client):
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=slack.general.id, text="x", colour="red")
    with pytest.raises(SlackApiError):
        await client.api_call("chat.shout", params={"channel": slack.general.id})

    assert len(slack.unexpected()) == 4
    slack.expect("invalid_arguments", "unknown_method")
    assert len(slack.unexpected()) == 2
    slack.faults.clear()


async def test_a_stream_grows_and_ends_with_its_blocks(slack, client, question):
    stream = await client.chat_stream(
        channel=slack.general.id, thread_ts=question.ts, buffer_size=1,
        recipient_team_id=slack.team.id, recipient_user_id=slack.ada.id,
    )  # fmt: skip
    await stream.append(markdown_text="Adam ")
    (reply,) = slack.replies(question)
    assert (reply.shown, reply.streaming) == ("Adam ", True)
    await stream.append(markdown_text="is used.")
    await stream.append(chunks=[TaskUpdateChunk(id="1", title="Searching", status="complete")])
    await stream.stop(blocks=[mrkdwn("Sources")])

    assert reply.shown == "Searching\nAdam is used.\nSources"
    assert (reply.stream.pieces, reply.streaming) == (["Adam ", "is used."], False)


@pytest.mark.parametrize("missing", ["recipient_team_id", "recipient_user_id"])
async def test_a_stream_needs_its_recipient(slack, client, question, missing):
    reply = await refused(slack, streamed(slack, client, question, **{missing: None}))

    assert reply["error"] == f"missing_{missing}"


@pytest.mark.parametrize("limit", ["stream_life", "stream_pause"])
async def test_a_stream_expires_and_can_then_be_edited(slack, client, question, limit):
    post = await streamed(slack, client, question, markdown_text="Adam ")
    where = {"channel": slack.general.id, "ts": post.ts}
    conflict = await refused(slack, client.chat_update(**where, text="x"))
    assert conflict["error"] == "streaming_state_conflict"

    setattr(slack, limit, 0.01)
    await asyncio.sleep(0.02)
    append = await refused(slack, client.chat_appendStream(**where, markdown_text="is"))
    stop = await refused(slack, client.chat_stopStream(**where))
    assert append["error"] == stop["error"] == "message_not_in_streaming_state"

    await client.chat_update(**where, text="Adam is used.")
    assert slack.replies(question)[0].shown == "Adam is used."


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"chunks": [MarkdownTextChunk(text="x")]}, "streaming_mode_mismatch"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({}, "no_text"),
        ({"markdown_text": "x", "chunks": [MarkdownTextChunk(text="x")]},
         "cannot_provide_both_markdown_text_and_chunks"),
    ],
)  # fmt: skip
async def test_a_piece_that_does_not_fit_a_stream_is_refused(slack, client, question, more, error):
    post = await streamed(slack, client, question, markdown_text="Adam ")
    call = client.chat_appendStream(channel=slack.general.id, ts=post.ts, **more)

    assert (await refused(slack, call))["error"] == error
    assert post.stream.markdown == "Adam "


async def test_a_chunk_of_no_known_kind_is_refused(slack, client, question):
    wrong = [{"type": "task_update", "id": "1", "title": "x", "status": "done"}]
    call = streamed(slack, client, question, chunks=wrong)

    assert (await refused(slack, call))["error"] == "invalid_chunks"


async def test_live_mentions_are_found_wherever_they_stand(slack, client, question):
    post = await streamed(slack, client, question, markdown_text="see <!chan")
    where = {"channel": slack.general.id, "ts": post.ts}
    assert slack.pings == []
    await client.chat_appendStream(**where, markdown_text="nel> and &lt;!here&gt;")
    await client.chat_stopStream(**where)
    await client.chat_postMessage(channel=slack.general.id, text="<@U123> <#C1|x> <!subteam^S1>")
    await client.chat_postMessage(channel=slack.general.id, text="@here", blocks=[mrkdwn("@here")])
    await client.chat_postMessage(channel=slack.general.id, text="@channel", link_names=True)
    assert [ping.raw for ping in slack.pings] == [
        "<!channel>", "<@U123>", "<#C1|x>", "<!subteam^S1>", "@here", "@channel",
    ]  # fmt: skip


async def test_what_is_escaped_or_verbatim_or_plain_pings_nobody(slack, client):
    blocks = [
        mrkdwn("@here &lt;!channel&gt;", verbatim=True),
        {"type": "section", "text": plain("<!channel>")},
    ]
    await client.chat_postMessage(
        channel=slack.general.id, text="mail a@here.org @channel", blocks=blocks
    )
    assert slack.pings == []


async def test_posts_that_could_unfurl_are_listed(slack, client):
    link = "<https://arxiv.org/abs/1|one>"
    off = {"unfurl_links": False, "unfurl_media": False}
    await client.chat_postMessage(channel=slack.general.id, text="no link")
    await client.chat_postMessage(channel=slack.general.id, text=link, **off)
    assert slack.unfurled == []
    await client.chat_postMessage(channel=slack.general.id, text=link, unfurl_links=False)
    await client.chat_postMessage(
        channel=slack.general.id, text="x", blocks=[{"type": "markdown", "text": "http://x.org"}]
    )
    assert len(slack.unfurled) == 2


async def test_a_file_comes_up_in_three_steps(slack, client, question):
    await client.files_upload_v2(
        content="@article{a}", filename="answer.bib", title="References",
        channel=slack.general.id, thread_ts=question.ts,
    )  # fmt: skip

    (post,) = slack.replies(question)
    assert post.files[0].content == b"@article{a}"
    assert (post.files[0].filename, post.files[0].title) == ("answer.bib", "References")


async def test_a_file_that_never_came_up_cannot_be_shared(slack, client):
    got = await client.files_getUploadURLExternal(filename="a.bib", length=3)
    call = client.files_completeUploadExternal(
        files=[{"id": got["file_id"]}], channel_id=slack.general.id
    )
    assert (await refused(slack, call))["error"] == "file_not_found"


async def test_a_thread_is_read_in_pages_from_its_root(slack, client, question):
    for number in range(3):
        slack.written(slack.ben, slack.general, f"n{number}", thread=question)
    first = await client.conversations_replies(channel=slack.general.id, ts=question.ts, limit=3)
    rest = await client.conversations_replies(
        channel=slack.general.id, ts=question.ts, limit=3,
        cursor=first["response_metadata"]["next_cursor"],
    )  # fmt: skip
    history = await client.conversations_history(channel=slack.general.id)

    assert [m["text"] for m in first["messages"]] == ["Which optimizer?", "n0", "n1"]
    assert ([m["text"] for m in rest["messages"]], rest["has_more"]) == (["n2"], False)
    assert [m["reply_count"] for m in history["messages"]] == [3]


async def test_channels_say_what_they_are(slack, client):
    info = [
        (await client.conversations_info(channel=c.id))["channel"]
        for c in (slack.general, slack.private, slack.shared, slack.team.im(slack.ada))
    ]
    assert [c.get("is_private", False) for c in info] == [False, True, False, False]
    assert [c.get("is_ext_shared", False) for c in info] == [False, False, True, False]
    assert (info[3]["is_im"], info[3]["user"]) == (True, slack.ada.id)


async def test_a_status_stands_until_the_app_posts(slack, client, question):
    await client.assistant_threads_setStatus(
        channel_id=slack.general.id, thread_ts=question.ts, status="is reading"
    )
    assert slack.status(slack.general, question) == "is reading"
    await client.chat_postMessage(channel=slack.general.id, thread_ts=question.ts, text="Adam.")
    assert slack.status(slack.general, question) == ""


async def test_prompts_are_shown_in_direct_messages_only(slack, client):
    prompts = [{"title": "Optimizers", "message": "Which optimizers are there?"}]
    im = slack.team.im(slack.ada)
    await client.assistant_threads_setSuggestedPrompts(channel_id=im.id, prompts=prompts)
    assert slack.prompts[im.id] == prompts

    for channel, asked in ((slack.general, prompts), (im, prompts * 5), (im, [{"title": "x"}])):
        await refused(
            slack,
            client.assistant_threads_setSuggestedPrompts(channel_id=channel.id, prompts=asked),
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"title": plain("x" * 25)},
        {"blocks": [DIVIDER] * 101},
        {"private_metadata": "x" * 3001},
        {"blocks": [{"type": "markdown", "text": "x"}]},
        {"type": "window"},
        {"colour": "red"},
        {"blocks": [{"type": "input", "label": plain("x"),
                     "element": {"type": "plain_text_input", "action_id": "a"}}]},
    ],
)  # fmt: skip
async def test_views_that_are_wrong_are_refused(slack, client, changes):
    trigger = slack._trigger(slack.ada)
    reply = await refused(slack, client.views_open(trigger_id=trigger, view=modal(**changes)))

    assert reply["error"] == "invalid_arguments"
    assert slack.view_of(slack.ada) is None


async def test_a_trigger_opens_one_view_and_soon(slack, client):
    first, late = slack._trigger(slack.ada), slack._trigger(slack.ben)
    opened = await client.views_open(trigger_id=first, view=modal())
    again = await refused(slack, client.views_open(trigger_id=first, view=modal()))
    slack.trigger_life = 0.0
    expired = await refused(slack, client.views_open(trigger_id=late, view=modal()))
    unknown = await refused(slack, client.views_open(trigger_id="1.2", view=modal()))

    assert slack.view_of(slack.ada).id == opened["view"]["id"]
    assert [again["error"], expired["error"], unknown["error"]] == [
        "exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id",
    ]  # fmt: skip


async def test_a_view_is_updated_by_its_id_and_hash(slack, client):
    opened = await client.views_open(trigger_id=slack._trigger(slack.ada), view=modal())
    new = modal(blocks=[mrkdwn("More of it.")])
    await client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=new)
    assert "More of it." in slack.view_of(slack.ada).shown

    stale = client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=new)
    assert (await refused(slack, stale))["error"] == "hash_conflict"


async def test_a_home_tab_is_published(slack, client):
    await client.views_publish(
        user_id=slack.ada.id, view={"type": "home", "blocks": [mrkdwn("Hi")]}
    )

    assert slack.team.homes[slack.ada.id].shown == "Hi"


async def test_a_limited_call_is_told_how_long_to_wait_and_then_goes_through(slack, client):
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.trouble("chat.postMessage", retry_after=0)
    await client.chat_postMessage(channel=slack.general.id, text="x")

    assert [call.status for call in slack.called("chat.postMessage")] == [429, 200]


async def test_tiers_limit_when_they_are_on(slack, client, question):
    slack.limits.on(burst=2)
    for _ in range(2):
        await client.chat_postMessage(channel=slack.general.id, text="x")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=slack.general.id, text="x")
    await client.chat_postMessage(channel=slack.private.id, text="x")

    assert caught.value.response.status_code == 429
    assert 1 <= int(caught.value.response.headers["Retry-After"]) <= 2
    slack.expect("ratelimited")


async def test_history_can_be_as_scarce_as_for_distributed_apps(slack, client, question):
    slack.limits.commercial()
    await client.conversations_replies(channel=slack.general.id, ts=question.ts)

    call = client.conversations_replies(channel=slack.general.id, ts=question.ts)
    assert (await refused(slack, call)).headers["Retry-After"] == "60"


async def test_scripted_trouble_comes_in_turn_and_is_not_held_against_the_app(slack, client):
    slack.trouble("chat.postMessage", skip=1, error="fatal_error")
    slack.trouble("chat.postMessage", skip=1, status=500)
    slack.trouble("auth.test", delay=0.05)
    say = {"channel": slack.general.id, "text": "x"}
    await client.chat_postMessage(**say)
    for _ in range(2):
        with pytest.raises(SlackApiError):
            await client.chat_postMessage(**say)
    began = time.perf_counter()
    await client.auth_test()

    assert time.perf_counter() - began >= 0.05
    assert len(slack.visible(slack.general)) == 1
    assert slack.unexpected() == []


@pytest.mark.parametrize(("drop", "posts"), [("before", 0), ("after", 1)])
async def test_a_dropped_connection_loses_the_call_or_its_reply(slack, client, drop, posts):
    client.retry_handlers.clear()
    slack.trouble("chat.postMessage", drop=drop)
    with pytest.raises(ClientError):
        await client.chat_postMessage(channel=slack.general.id, text="x")

    assert len(slack.visible(slack.general)) == posts


async def test_two_workspaces_have_tokens_of_their_own(slack, client):
    other = slack.add_team("badgers")
    theirs = other.channel("sett")
    await client.chat_postMessage(token=other.token, channel=theirs.id, text="x")
    reply = await refused(slack, client.chat_postMessage(channel=theirs.id, text="x"))

    assert reply["error"] == "channel_not_found"
    assert (await client.auth_test(token=other.token))["team_id"] == other.id
    assert slack.visible(theirs)[0].bot_id == other.bot_id


async def test_the_scopes_of_a_token_stand_in_the_headers(slack, client):
    reply = await client.auth_test()

    assert set(reply.headers["x-oauth-scopes"].split(",")) == slack.team.scopes


async def test_a_person_can_stop_a_stream(slack, client, question):
    post = await streamed(slack, client, question, markdown_text="Adam ")
    slack.stop_by_user(post)
    call = client.chat_appendStream(channel=slack.general.id, ts=post.ts, markdown_text="is")

    assert (await refused(slack, call))["error"] == "stopped_by_user"
    assert (await slack.answer(question)).shown == "Adam "


async def test_a_reply_is_not_a_thread_to_reply_in(slack, client, question):
    reply = slack.written(slack.ben, slack.general, "And?", thread=question)
    sent = await client.chat_postMessage(channel=slack.general.id, text="x", thread_ts=reply.ts)

    assert slack.general.posts[sent["ts"]].thread_ts == question.ts
    assert len(slack.faults) == 1
    slack.faults.clear()


async def test_a_token_that_was_revoked_is_dead(slack, client):
    await client.auth_revoke()

    assert (await refused(slack, client.auth_test()))["error"] == "token_revoked"


async def test_views_are_stacked_three_deep(slack, client):
    await client.views_open(trigger_id=slack._trigger(slack.ada), view=modal())
    for _ in range(2):
        await client.views_push(trigger_id=slack._trigger(slack.ada), view=modal())
    push = client.views_push(trigger_id=slack._trigger(slack.ada), view=modal())

    assert (await refused(slack, push))["error"] == "push_limit_reached"


async def test_direct_messages_are_opened_by_a_persons_id(slack, client):
    opened = await client.conversations_open(users=slack.ada.id)
    await client.chat_postMessage(channel=slack.ada.id, text="Hello.")

    assert opened["channel"]["id"] == slack.team.im(slack.ada).id
    assert [post.text for post in slack.visible(slack.team.im(slack.ada))] == ["Hello."]
