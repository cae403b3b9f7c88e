"""`footnote slack`: what it says before it can begin, and that it begins and ends."""

import asyncio
import logging
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import signed
from bot_at_work import SENTENCE, Obedient, at_work
from fastapi import FastAPI

from rag.config import Settings
from rag.errors import ConfigError
from ui.bot.backing import Local
from ui.cli import run
from ui.commands import slacking
from ui.server.services import Services
from ui.slack.running import Duty, Tokens, behind_address
from ui.slack.running import run as run_bot
from ui.slack.workspaces import SlackError

RUNNING = """
import asyncio, sys
from pathlib import Path
from types import SimpleNamespace
sys.path.insert(0, {tests!r})
import bot_at_work as b
from ui.slack import running

duty = running.Duty(b.Local(b.Services(b.Obedient(), shelf=None)), Path({home!r}))
tokens = running.Tokens({bot!r}, {app!r}, {api!r})
asyncio.run(running.run(duty, tokens, lambda only: print(only.name, only.bot_name, flush=True)))
"""


def complaint(capfd, monkeypatch, **settings):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    code = run(["slack"])
    assert code == 1
    return " ".join(capfd.readouterr().err.split())


def test_tokens_that_are_not_set_are_asked_for(capfd, monkeypatch):
    told = complaint(capfd, monkeypatch, FOOTNOTE_SLACK_BOT_TOKEN="xoxb-1-secret")  # noqa: S106

    assert "There is no FOOTNOTE_SLACK_APP_TOKEN." in told
    assert "secret" not in told


def test_settings_of_a_bot_that_is_served_are_told_to_be(capfd, monkeypatch):
    told = complaint(capfd, monkeypatch, FOOTNOTE_SLACK_SIGNING_SECRET="8f" * 16)

    assert "start `footnote serve`" in told


def test_what_is_not_installed_is_told_how_to_install(capfd, monkeypatch):
    monkeypatch.setattr(slacking, "NEEDED", ("no_such_package",))

    assert "pip install 'footnote[slack]'" in complaint(capfd, monkeypatch)


def test_wrong_rules_are_told_with_their_line(capfd, monkeypatch, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "slack.toml").write_text("\n[everywhere]\nloud = true\n")
    tokens = {f"FOOTNOTE_SLACK_{name}_TOKEN": "xoxb-1" for name in ("BOT", "APP")}

    assert "slack.toml:3: 'loud' is not known here" in complaint(capfd, monkeypatch, **tokens)


@pytest.mark.parametrize(
    ("which", "trouble", "told"),
    [
        ("auth.test", {"error": "invalid_auth"}, "Slack does not know the bot's token"),
        ("auth.test", {"error": "token_revoked"}, "The bot's token was revoked"),
        ("auth.test", {"error": "something_new"}, "Slack refused the bot's token: something_new."),
        ("auth.test", {"status": 503}, "Slack"),
        ("auth.test", {"drop": "before"}, "Slack could not be reached"),
        ("apps.connections.open", {"error": "invalid_auth"}, "does not know the app's token"),
        ("apps.connections.open", {"error": "missing_scope"}, "The app's token lacks a scope"),
        ("apps.connections.open", {"error": "not_allowed_token_type"}, "begins with xoxb-"),
    ],
)
async def test_tokens_that_slack_refuses_are_told_of_at_once(slack, tmp_path, which, trouble, told):
    slack.trouble(which, **trouble)
    duty = Duty(Local(Services(Obedient(), shelf=None)), tmp_path)
    tokens = Tokens(slack.team.token, slack.app_token, slack.api)

    with pytest.raises(SlackError, match=told) as error:
        await run_bot(duty, tokens, lambda _: pytest.fail("it is no bot"))
    assert slack.team.token not in str(error.value)


async def test_beside_the_pages_nothing_is_listened_to_without_a_secret(tmp_path):
    async with slacking.events_routes(api(tmp_path)) as routes:
        assert routes == ()


async def test_a_secret_without_a_token_is_told_of(tmp_path):
    with pytest.raises(ConfigError, match="FOOTNOTE_SLACK_BOT_TOKEN is not"):
        async with slacking.events_routes(api(tmp_path, slack_signing_secret="shh")):  # noqa: S106
            pass


async def test_beside_the_pages_events_are_answered_at_an_address(slack, tmp_path):
    duty = Duty(Local(Services(Obedient(), shelf=None)), tmp_path)
    tokens = Tokens(slack.team.token, base_url=slack.api)
    async with behind_address(duty, tokens, signed.SIGNING_SECRET) as route:
        app = FastAPI()
        app.include_router(route)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            slack.deliver_to("http://test/slack/events", client=client)
            reply = await slack.answer(await slack.direct(slack.ada, "What is TideNet?"))
            await slack.settled()

    assert SENTENCE in reply.shown


def api(home, **settings):
    """As much of what is served as the bot asks for before it begins."""
    return SimpleNamespace(application=SimpleNamespace(settings=Settings(home=home, **settings)))


async def test_it_answers_from_its_start_to_a_signal(slack, tmp_path):
    names = {"bot": slack.team.token, "app": slack.app_token, "api": slack.api}
    code = RUNNING.format(tests=str(Path(__file__).parent), home=str(tmp_path), **names)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert await asyncio.wait_for(process.stdout.readline(), 30) == b"otters footnote\n"
    reply = await slack.answer(await slack.direct(slack.ada, "What is TideNet?"), within=10)
    assert SENTENCE in reply.shown
    await slack.settled()
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)

    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert time.monotonic() - began < 5


async def test_what_goes_wrong_is_logged_also_once_bolt_has_begun(slack, tmp_path, caplog):
    ours = logging.getLogger("footnote")
    ours.addHandler(caplog.handler)
    level = ours.level
    ours.setLevel(logging.INFO)
    try:
        async with at_work(slack, tmp_path):
            await slack.answer(await slack.direct(slack.ada, "What is TideNet?"))
            reply = await slack.answer(await slack.direct(slack.ada, "fail at once"))
    finally:
        ours.removeHandler(caplog.handler)
        ours.setLevel(level)

    noted = [one.incident.reference for one in caplog.records if one.name == "footnote.web"]
    assert noted
    assert noted[-1] in reply.shown


async def test_what_is_recorded_of_an_answer_names_nobody(slack, tmp_path):
    async with at_work(slack, tmp_path) as (_, log, _):
        await slack.answer(await slack.direct(slack.ada, "What is TideNet?"))
        (entry,) = await slack.until(lambda: log.latest(limit=2))

    assert entry.given.owner
    assert slack.ada.id not in entry.given.owner
