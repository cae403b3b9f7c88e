"""Events over HTTP: what is genuine is acked at once, and garbage is 401 and never 500."""

import time
from contextlib import asynccontextmanager

import httpx
import pytest
import signed
from bot_at_work import SENTENCE, at_work
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ui.slack.http import slack_router

SECRET = signed.SIGNING_SECRET
CHALLENGE = {"type": "url_verification", "challenge": "abc", "token": "x"}


@asynccontextmanager
async def served(slack, tmp_path):
    """An httpx client of the route, to which Slack delivers as well."""
    async with at_work(slack, tmp_path, secret=SECRET, by_http=True) as (engine, _, app):
        api = FastAPI()
        api.include_router(slack_router(app, SECRET))
        transport = httpx.ASGITransport(api)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            slack.deliver_to("http://test/slack/events", client=client)
            yield client, engine
            await slack.quiet(0.1)
            await slack.settled()


async def test_a_mention_is_answered_over_http(slack, tmp_path):
    async with served(slack, tmp_path) as (_, engine):
        asked = await slack.mention(slack.ada, slack.general, "How far ahead?")
        reply = await slack.answer(asked)
        assert SENTENCE in reply.shown
        await slack.click(reply, "evidence:1", slack.ada)
        assert await slack.until(lambda: slack.view_of(slack.ada))
        await slack.slash(slack.ada, slack.general, "How far ahead?")
        await slack.until(lambda: slack.whispers(slack.ada))

    assert len(engine.asked) == 2
    assert len(slack.replies(asked)) == 1


async def test_slack_is_told_that_the_address_is_ours(slack, tmp_path):
    async with served(slack, tmp_path) as (client, _):
        body, headers = signed.event(CHALLENGE)
        answer = await client.post("/slack/events", content=body, headers=headers)

    assert (answer.status_code, answer.json()) == (200, {"challenge": "abc"})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-slack-signature": ""},
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-signature": "garbage"},
        {"x-slack-signature": "v0=" + "é" * 64},
        {"x-slack-request-timestamp": ""},
        {"x-slack-request-timestamp": "yesterday"},
        {"x-slack-request-timestamp": "-1"},
        {"x-slack-request-timestamp": "1e3"},
        {"x-slack-request-timestamp": "٣٣٣"},
        {"x-slack-request-timestamp": "9" * 400},
        {"x-slack-request-timestamp": str(int(time.time()) - 301)},
        {"x-slack-request-timestamp": str(int(time.time()) + 400)},
    ],
    ids=str,
)
async def test_what_slack_did_not_sign_is_not_taken(slack, tmp_path, headers):
    async with served(slack, tmp_path) as (client, engine):
        body, right = signed.event(CHALLENGE)
        sent = (
            {name: value.encode() for name, value in (right | headers).items()} if headers else {}
        )
        answer = await client.post("/slack/events", content=body, headers=sent)

    assert answer.status_code == 401
    assert not engine.asked


@pytest.mark.parametrize("age", [301, -400])
async def test_a_right_signature_is_not_taken_long_before_or_after(slack, tmp_path, age):
    async with served(slack, tmp_path) as (client, _):
        body, headers = signed.event(CHALLENGE, timestamp=int(time.time()) - age)
        answer = await client.post("/slack/events", content=body, headers=headers)

    assert answer.status_code == 401


async def test_another_body_is_not_what_was_signed(slack, tmp_path):
    async with served(slack, tmp_path) as (client, _):
        body, headers = signed.event(CHALLENGE)
        answer = await client.post("/slack/events", content=body + " ", headers=headers)

    assert answer.status_code == 401


async def test_a_body_without_end_is_not_read_to_its_end(slack, tmp_path):
    async with served(slack, tmp_path) as (client, _):
        _, headers = signed.event(CHALLENGE)
        answer = await client.post("/slack/events", content=b"x" * 1_000_001, headers=headers)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        *("", "{", "[]", "null", "payload=", "payload=%7B", "a=b", "\x00", "1"),
        '{"type": "event_callback"}',
        '{"type": "event_callback", "event": {"type": "message"}, "event_id": 3}',
        '{"type": "event_callback", "event": {"type": "message", "user": "U", "ts": "x"}}',
    ],
)
async def test_nonsense_that_is_signed_is_survived(slack, tmp_path, body):
    async with served(slack, tmp_path) as (client, engine):
        answer = await client.post("/slack/events", content=body, headers=signed.headers(body))

    assert answer.status_code < 500
    assert not engine.asked


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(sent=st.binary(max_size=30), signature=st.binary(max_size=80), body=st.binary(max_size=80))
def test_no_header_whatever_it_holds_is_more_than_a_401(sent, signature, body):
    from starlette.requests import Request

    from ui.slack.http import is_genuine

    headers = [(b"x-slack-request-timestamp", sent), (b"x-slack-signature", signature)]
    request = Request({"type": "http", "headers": headers})

    assert not is_genuine(request, body, SECRET.encode())
