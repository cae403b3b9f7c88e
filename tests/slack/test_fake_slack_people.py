"""What people do in the fake Slack reaches a real Bolt app as Slack would send it."""

import asyncio
import html
import json
import re
import time

import httpx
import pytest
import signed
from fastapi import FastAPI, Request
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

REASON = {
    "type": "modal",
    "callback_id": "reason",
    "title": {"type": "plain_text", "text": "What is wrong?"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [{
        "type": "input", "block_id": "why", "label": {"type": "plain_text", "text": "Reason"},
        "element": {"type": "plain_text_input", "action_id": "reason"},
    }],
}  # fmt: skip
FEEDBACK = {
    "type": "context_actions",
    "elements": [{
        "type": "feedback_buttons", "action_id": "feedback",
        "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "good"},
        "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "bad"},
    }],
}  # fmt: skip


@pytest.fixture
def client(slack):
    return AsyncWebClient(slack.team.token, base_url=slack.api)


@pytest.fixture
def app(client):
    """A tiny app that answers in the thread and asks why an answer was bad."""
    made = AsyncApp(client=client, signing_secret=signed.SIGNING_SECRET)
    made.seen = []

    @made.middleware
    async def seen(body, next):
        made.seen.append(body)
        await next()

    made.event("app_mention")(mentioned)
    made.event("message")(heard)
    made.event("app_home_opened")(heard)
    made.action("feedback")(rated)
    made.view("reason")(reasoned)
    made.command("/footnote")(asked)
    made.shortcut("check")(checked)
    return made


async def mentioned(event, body, say_stream):
    # Bolt names the team of the installation, whoever asked.
    theirs = event.get("user_team") or body["team_id"]
    stream = await say_stream(buffer_size=1, recipient_team_id=theirs)
    await stream.append(markdown_text="Adam.")
    await stream.stop(blocks=[FEEDBACK])


async def heard():
    """Seen by the middleware, and that is all."""


async def rated(ack, body, client):
    await ack()
    await client.views_open(trigger_id=body["trigger_id"], view=REASON)


async def reasoned(ack, body):
    if body["view"]["state"]["values"]["why"]["reason"]["value"] == "no":
        await ack(response_action="errors", errors={"why": "Say more."})
    else:
        await ack()


async def asked(ack, respond):
    await ack("Reading …")
    await respond("Adam.", response_type="in_channel")


async def checked(ack):
    await ack()


@pytest.fixture
async def socket(slack, app):
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.5)
    await handler.connect_async()
    await slack.sockets.connected()
    yield handler
    await handler.close_async()


@pytest.fixture
async def http(slack, app):
    """The app behind FastAPI, reached without a socket of its own."""
    api = FastAPI()
    handler = AsyncSlackRequestHandler(app)

    @api.post("/slack/events")
    async def events(request: Request):
        return await handler.handle(request)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(api)) as web:
        slack.deliver_to("http://app/slack/events", client=web)
        yield web


@pytest.fixture(params=["socket", "http"])
def connected(request):
    return request.getfixturevalue(request.param)


def events(app, kind):
    return [body["event"] for body in app.seen if body.get("event", {}).get("type") == kind]


@pytest.mark.usefixtures("connected")
async def test_a_mention_comes_as_two_events_and_is_answered(slack, app):
    question = await slack.mention(slack.ada, slack.general, "is a < b & https://x.org @ben?")
    answer = await slack.answer(question)
    await slack.quiet(0.05)

    mention, message = events(app, "app_mention")[0], events(app, "message")[0]
    assert mention["ts"] == message["ts"] == question.ts
    assert (
        mention["text"]
        == f"<@{slack.team.bot.id}> is a &lt; b &amp; <https://x.org> <@{slack.ben.id}>?"
    )
    assert message["channel_type"] == "channel"
    ids = {delivery.event_id for delivery in question.deliveries}
    assert len(ids) == 2
    assert answer.shown == "Adam.\nGood\nBad"
    assert 0 < slack.latency(question) < 1
    assert all(delivery.ack_ms < 1000 for delivery in question.deliveries)


@pytest.mark.usefixtures("connected")
async def test_the_app_is_not_shown_its_own_posts_by_bolt_but_is_sent_them(slack, app):
    question = await slack.mention(slack.ada, slack.general, "Which?")
    await slack.answer(question)
    await slack.quiet(0.05)

    own = [d for d in slack.deliveries if d.payload["event"].get("bot_id") == slack.team.bot_id]
    assert own
    assert all(delivery.acked for delivery in own)
    assert not [event for event in events(app, "message") if event.get("bot_id")]


@pytest.mark.usefixtures("connected")
async def test_feedback_opens_a_modal_that_is_filled_in(slack, app):
    question = await slack.mention(slack.ada, slack.general, "Which?")
    answer = await slack.answer(question)
    await slack.click(answer, "feedback", slack.ben, choice="negative")
    view = await slack.until(lambda: slack.view_of(slack.ben))
    assert app.seen[-1]["actions"][0]["value"] == "bad"

    await slack.submit(view, {"reason": "no"})
    assert (view.open, view.errors) == (True, {"why": "Say more."})
    await slack.submit(view, {"reason": "It is wrong."})
    assert not view.open
    with pytest.raises(AssertionError, match="no evidence to click"):
        await slack.click(answer, "evidence", slack.ben)


@pytest.mark.usefixtures("connected")
async def test_a_command_is_acked_with_a_whisper_and_answered_for_all(slack, app):
    delivery = await slack.slash(slack.ada, slack.general, "a < b?")
    posts = await slack.until(lambda: slack.visible(slack.general))

    assert app.seen[-1]["text"] == "a &lt; b?"
    assert delivery.type == "/footnote"
    assert [post.text for post in slack.whispers(slack.ada)] == ["Reading …"]
    assert [post.text for post in posts] == ["Adam."]


@pytest.mark.usefixtures("connected")
async def test_a_shortcut_and_the_home_tab_reach_the_app(slack, app):
    post = slack.written(slack.ben, slack.private, "Adam is an optimizer.")
    await slack.shortcut(post, "check", slack.ada)
    await slack.until(lambda: app.seen)
    assert app.seen[-1]["message"]["text"] == "Adam is an optimizer."
    assert app.seen[-1]["channel"]["name"] == "privategroup"

    await slack.open_home(slack.ada, "messages")
    (home,) = await slack.until(lambda: events(app, "app_home_opened"))
    assert (home["tab"], home["channel"]) == ("messages", slack.team.im(slack.ada).id)


@pytest.mark.usefixtures("http")
async def test_edits_deletions_and_previews_are_told_apart(slack, app):
    post = await slack.direct(slack.ada, "one")
    await slack.unfurl(post)
    await slack.edit(post, "two")
    await slack.delete(post)
    await slack.until(lambda: len(app.seen) == 4)

    said, preview, edited, gone = events(app, "message")
    assert said["channel_type"] == "im"
    assert "edited" not in preview["message"]
    assert (edited["message"]["text"], edited["previous_message"]["text"]) == ("two", "one")
    assert (gone["subtype"], gone["deleted_ts"]) == ("message_deleted", post.ts)


@pytest.mark.usefixtures("http")
async def test_a_channel_shared_with_others_says_so(slack, app):
    other = slack.add_team("badgers")
    guest = other.person("cy")
    other.join(slack.shared)
    question = await slack.mention(guest, slack.shared, "Which?")
    await slack.answer(question)

    body = next(body for body in app.seen if body["event"]["type"] == "app_mention")
    assert body["is_ext_shared_channel"] is True
    assert (body["team_id"], body["event"]["user_team"]) == (slack.team.id, other.id)


@pytest.mark.usefixtures("connected")
async def test_an_event_comes_again_with_the_same_id_or_another(slack, app):
    question = await slack.mention(slack.ada, slack.general, "Which?")
    again = await slack.redeliver(question.deliveries[0])
    other = await slack.redeliver(question.deliveries[0], same_id=False)
    await slack.until(lambda: len(events(app, "app_mention")) == 3)
    await slack.quiet(0.1)

    assert again.event_id == question.deliveries[0].event_id != other.event_id
    assert again.attempts[1].retry == 1


async def test_what_is_not_acked_is_sent_again_with_the_retry_headers(slack):
    heard = []

    async def reply(request):
        heard.append(request.headers)
        return httpx.Response(500 if len(heard) < 3 else 200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(reply)) as web:
        slack.deliver_to("http://app/", client=web)
        post = await slack.direct(slack.ada, "Which?")

    assert [h.get("x-slack-retry-num") for h in heard] == [None, "1", "2"]
    assert heard[1]["x-slack-retry-reason"] == "http_error"
    assert post.deliveries[0].acked


async def test_a_socket_that_does_not_ack_is_sent_the_event_again(slack, app, socket):
    slack.wire.ack_timeout = 0.1
    lost = slack.sockets.open[0]
    slack.sockets.drop()
    post = await slack.direct(slack.ada, "Which?")
    await slack.until(lambda: events(app, "message"), within=8)

    assert lost not in slack.sockets.open
    assert not post.deliveries[0].attempts[0].ack_ms


async def test_a_refreshed_connection_loses_nothing(slack, app, socket):
    await slack.sockets.disconnect()
    await slack.direct(slack.ada, "Which?")
    await slack.until(lambda: events(app, "message"))

    assert len(slack.called("apps.connections.open")) == 2


async def test_ten_threads_at_once_are_each_answered(slack, socket):
    questions = await asyncio.gather(
        *(slack.mention(slack.ada, slack.general, f"Question {n}?") for n in range(10))
    )
    answers = [await slack.answer(question) for question in questions]

    assert [answer.thread_ts for answer in answers] == [question.ts for question in questions]


async def test_only_what_the_app_subscribed_to_and_can_see_is_sent(slack, http):
    slack.team.events -= {"message.im"}
    away = slack.team.channel("away", with_bot=False)
    await slack.direct(slack.ada, "Which?")
    await slack.message(slack.ada, away, "Which?")

    assert slack.deliveries == []


async def test_signatures_are_those_the_sdk_checks(slack):
    body, headers = signed.event({"type": "url_verification"})
    verifier = SignatureVerifier(signed.SIGNING_SECRET)

    assert verifier.is_valid_request(body, headers)
    _, old = signed.event({"type": "url_verification"}, timestamp=int(time.time()) - 301)
    assert not verifier.is_valid_request(body, old)
    body, headers = signed.interaction({"type": "shortcut"}, secret=signed.SIGNING_SECRET[1:])
    assert not verifier.is_valid_request(body, headers)
    assert json.loads(httpx.QueryParams(body)["payload"]) == {"type": "shortcut"}


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_an_installation_gives_the_token_that_then_answers(slack, tmp_path):
    other = slack.add_team("badgers")
    state = FileOAuthStateStore(expiration_seconds=60, base_dir=str(tmp_path / "state"))
    flow = AsyncOAuthFlow(
        client=AsyncWebClient(base_url=slack.api),
        settings=AsyncOAuthSettings(
            client_id=slack.client_id, client_secret=slack.client_secret,
            scopes=["chat:write", "app_mentions:read"],
            installation_store=FileInstallationStore(base_dir=str(tmp_path / "installed")),
            state_store=state,
        ),
    )  # fmt: skip
    app = AsyncApp(
        client=AsyncWebClient(base_url=slack.api), signing_secret=signed.SIGNING_SECRET,
        oauth_flow=flow,
    )  # fmt: skip

    @app.event("app_mention")
    async def mentioned(event, say):
        await say(text="Adam.", thread_ts=event["ts"])

    @app.event("message")
    async def said():
        pass

    handler, api = AsyncSlackRequestHandler(app), FastAPI()

    @api.api_route("/{path:path}", methods=["GET", "POST"])
    async def everything(request: Request):
        return await handler.handle(request)

    transport = httpx.ASGITransport(api)
    async with httpx.AsyncClient(transport=transport, base_url="https://app") as web:
        page = await web.get("/slack/install")
        (address,) = re.findall(r'href="([^"]*/oauth/v2/authorize[^"]*)"', page.text)
        back = slack.approve(html.unescape(address), other)
        landed = await web.get(f"/slack/oauth_redirect{back}")
        assert landed.status_code == 200, landed.text
        slack.deliver_to("https://app/slack/events", client=web)
        question = await slack.mention(other.person("cy"), other.channel("sett"), "Which?")
        assert (await slack.answer(question)).bot_id == other.bot_id

    assert other.scopes == {"chat:write", "app_mentions:read"}
    assert {c.token for c in slack.called("chat.postMessage")} == {other.token}


@pytest.mark.usefixtures("http")
async def test_an_edit_that_first_names_the_app_is_a_mention_too(slack, app):
    post = await slack.message(slack.ada, slack.general, "Which?")
    await slack.edit(post, "@footnote which?")
    await slack.answer(post)

    (mention,) = events(app, "app_mention")
    assert (mention["ts"], mention["edited"]["user"]) == (post.ts, slack.ada.id)


@pytest.mark.usefixtures("http")
async def test_another_bots_message_names_its_bot(slack, app):
    await slack.message(slack.robot, slack.general, "Which?")
    await slack.until(lambda: app.seen)

    assert app.seen[0]["event"]["bot_id"] not in (None, slack.team.bot_id)


@pytest.mark.usefixtures("http")
async def test_an_app_that_is_removed_is_told_and_its_token_is_dead(slack, client):
    told = await slack.uninstall(slack.team)
    await slack.direct(slack.ada, "Which?")

    assert [delivery.type for delivery in told] == ["tokens_revoked", "app_uninstalled"]
    assert len(slack.deliveries) == 2
    with pytest.raises(SlackApiError, match="token_revoked"):
        await client.auth_test()
    slack.expect("token_revoked")


async def test_nothing_is_sent_where_nobody_listens(slack):
    post = await slack.mention(slack.ada, slack.general, "Which?")

    assert [delivery.attempts for delivery in post.deliveries] == [[], []]
    with pytest.raises(AssertionError, match="Nothing came of it"):
        await slack.answer(post, within=0.02)
