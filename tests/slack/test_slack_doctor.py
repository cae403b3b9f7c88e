"""The doctor finds what is wrong, says what to click, and shows no secret."""

import asyncio
from pathlib import Path

import pytest
import signed
from aiohttp import ClientSession, web
from slack_sdk.oauth.installation_store.models.bot import Bot

from rag.config import Settings
from ui.bot.rules_file import EXAMPLE
from ui.cli import run
from ui.commands.slack_setup import examine
from ui.slack import socket_check
from ui.slack.distributed import Distributed
from ui.slack.doctor import Patient, examined, examined_for_many
from ui.slack.permissions import SCOPES, scope_names
from ui.slack.sealing import new_key, seal
from ui.slack.token_store import installations
from ui.slack.workspaces import session

KEY = "A" * 43 + "="
PRIVATE = '[shelves.clinic]\nsource = "a.bib"\nprivate = true\n'


def patient(slack, home, **more):
    tokens = {"bot": slack.team.token, "app": slack.app_token}
    return Patient(home, **tokens | {"base_url": slack.api} | more)


async def found(examinee):
    async with session() as shared:
        return [one async for one in examined(examinee, shared)]


def sentences(findings, kind="wrong"):
    return [f"{one.said} {one.advice}".strip() for one in findings if one.kind == kind]


async def test_a_bot_that_can_work_has_nothing_wrong(slack, tmp_path):
    slack.team.scopes = set(scope_names())
    findings = await found(patient(slack, tmp_path))

    assert sentences(findings) == []
    right = " ".join(sentences(findings, "right"))
    assert f"@footnote in the workspace otters ({slack.team.id})" in right
    assert f"all {len(SCOPES)} scopes" in right
    assert "says hello" in right
    (events,) = [one for one in sentences(findings, "note") if "Event Subscriptions" in one]
    assert "app_mention, message.channels" in events


async def test_nothing_is_changed_in_slack_and_nothing_stays_open(slack, tmp_path):
    await found(patient(slack, tmp_path))
    await slack.until(lambda: not slack.sockets.open)

    assert {call.method for call in slack.calls} == {"auth.test", "apps.connections.open"}


async def test_tokens_that_are_swapped_are_told_without_asking_slack(slack, tmp_path):
    swapped = patient(slack, tmp_path, bot=slack.app_token, app=slack.team.token)
    wrong = sentences(await found(swapped))

    assert len(wrong) == 2
    assert all("are swapped" in one for one in wrong)
    assert slack.calls == []


@pytest.mark.parametrize(
    ("bot", "said"),
    [
        ("", "FOOTNOTE_SLACK_BOT_TOKEN is not set. Copy it from api.slack.com/apps"),
        ("xoxp-12345678", "holds a person's token (xoxp-), not a bot's token (xoxb-…)"),
        ("xoxe.xoxb-1-abcdefgh", "a bot's token that expires"),
        ("xoxe.xoxp-1-abcdefgh", "a token for an app's configuration"),
        ("xapp-1-A0-12345", "holds an app's token (xapp-)"),
        ("xoxb-", "OAuth & Permissions › Bot User OAuth Token"),
        ("hunter2", "is not a bot's token (xoxb-…)"),
        (' "xoxb-12345678"', "has quotes or blanks around it. Take them away."),
        ("xoxb-with space", "OAuth & Permissions › Bot User OAuth Token"),
    ],
)
async def test_what_is_no_bot_token_is_told_with_where_to_find_one(slack, tmp_path, bot, said):
    (wrong,) = sentences(await found(patient(slack, tmp_path, bot=bot)))

    assert said in wrong
    assert slack.called("auth.test") == []
    assert not bot or bot == "xoxb-" or bot not in wrong


async def test_each_scope_that_is_missing_is_named_with_where_to_add_it(slack, tmp_path):
    slack.team.scopes = set(scope_names()) - {"files:write", "groups:read"} | {"users:read"}
    findings = await found(patient(slack, tmp_path))

    (wrong,) = sentences(findings)
    assert "lacks files:write, groups:read." in wrong
    assert "Bot Token Scopes add files:write, groups:read, then “Reinstall" in wrong
    assert any("users:read" in one for one in sentences(findings, "note"))


@pytest.mark.parametrize("error", ["invalid_auth", "account_inactive", "token_revoked", "odd"])
@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_token_that_slack_refuses_is_told_in_a_sentence(slack, tmp_path, method, error):
    slack.trouble(method, error=error)
    (wrong,) = sentences(await found(patient(slack, tmp_path)))

    assert "token" in wrong or "installed" in wrong
    assert ("OAuth & Permissions" if method == "auth.test" else "App-Level Tokens") in wrong


async def test_socket_mode_that_is_off_is_told_with_where_to_turn_it_on(slack, tmp_path):
    slack.socket_mode = False
    slack.expect("socket_mode_not_enabled")
    (wrong,) = sentences(await found(patient(slack, tmp_path)))

    assert "Turn Socket Mode on" in wrong
    assert wrong.endswith(
        "Under api.slack.com/apps › your app › Socket Mode turn on “Enable Socket Mode”."
    )


@pytest.mark.parametrize("trouble", [{"drop": "before"}, {"status": 503}])
async def test_slack_that_is_out_of_reach_is_told_in_a_sentence(slack, tmp_path, trouble):
    slack.trouble("auth.test", **trouble)
    slack.trouble("apps.connections.open", **trouble)
    wrong = sentences(await found(patient(slack, tmp_path)))

    assert len(wrong) == 2
    assert "Traceback" not in " ".join(wrong)
    assert all("could not be reached" in one and "opens in a browser" in one for one in wrong)
    assert "Token" not in " ".join(wrong)


async def test_a_socket_that_says_no_hello_is_told(slack, tmp_path, monkeypatch):
    async def mute(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        return socket

    monkeypatch.setattr(socket_check, "HELLO_WITHIN", 0.1)
    app = web.Application()
    app.router.add_get("/link/", mute)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.sockets.address = f"ws://127.0.0.1:{runner.addresses[0][1]}"
    (wrong,) = sentences(await found(patient(slack, tmp_path)))
    await runner.cleanup()

    assert "no hello" in wrong
    assert "firewall" in wrong


async def test_a_socket_that_does_not_open_is_told(slack, tmp_path):
    slack.sockets.address = "ws://127.0.0.1:9"
    (wrong,) = sentences(await found(patient(slack, tmp_path)))

    assert "could not be reached" in wrong


async def test_another_process_that_takes_events_is_told(slack, tmp_path):
    async with ClientSession() as other, other.ws_connect(slack.sockets.new_address()):
        await slack.sockets.connected()
        notes = sentences(await found(patient(slack, tmp_path)), "note")

    assert any("2 connections" in one for one in notes)


async def test_an_event_that_comes_is_seen_and_left_for_the_bot(slack, tmp_path):
    slack.wire.ack_timeout, slack.wire.retry_delays = 0.3, (0.1,)
    listening = asyncio.create_task(found(patient(slack, tmp_path, listen=5)))
    await slack.sockets.connected()
    writing = asyncio.create_task(slack.mention(slack.ada, slack.general, "Anybody?"))
    findings = await listening
    writing.cancel()

    assert any("An event has come (app_mention)" in one for one in sentences(findings, "right"))
    assert not any(delivery.acked for delivery in slack.deliveries)


async def test_no_event_in_time_is_told_with_what_to_turn_on(slack, tmp_path):
    (wrong,) = sentences(await found(patient(slack, tmp_path, listen=1)))

    assert "No event has come in 1 s" in wrong
    assert "Enable Events" in wrong


async def test_over_http_the_signing_secret_is_looked_at(slack, tmp_path):
    right = patient(slack, tmp_path, app="", signing=signed.SIGNING_SECRET)
    wrong = patient(slack, tmp_path, app="", signing="abc")

    findings = await found(right)
    assert sentences(findings) == []
    assert any("Request URL" in one for one in sentences(findings, "note"))
    (said,) = sentences(await found(wrong))
    assert "Signing Secret › Show" in said
    assert slack.called("apps.connections.open") == []


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("[everywhere]\nsilent = 3\n", "slack.toml:2: 'silent' has to be true or false"),
        ("[", "slack.toml:1: This is not TOML"),
        ('[everywhere]\nshelf = "none"\n', "There is no [shelves.none]"),
    ],
)
async def test_what_is_wrong_in_the_rules_is_told_with_its_line(slack, tmp_path, rules, said):
    (tmp_path / "slack.toml").write_text(rules)
    (wrong,) = sentences(await found(patient(slack, tmp_path)))

    assert said in wrong


async def test_channels_are_asked_about_by_id_or_link(slack, tmp_path):
    away = slack.team.channel("away", with_bot=False)
    hidden = slack.team.channel("hidden", "private", with_bot=False)
    slack.expect("channel_not_found")
    link = f"https://otters.slack.com/archives/{away.id}"
    asked = (slack.general.id, link, hidden.id, "#general", slack.general.id)
    findings = await found(patient(slack, tmp_path, channels=asked))

    wrong = sentences(findings)
    assert [one.said for one in findings if "#general." in one.said] == [
        "The bot is in the channel #general."
    ]
    assert "“#general” is no channel's id" in wrong[0]
    assert "not in the channel #away. Write in that channel: /invite @footnote" in wrong[1]
    assert f"sees no channel {hidden.id}" in wrong[2]


async def test_channels_of_the_rules_are_asked_about_where_the_bot_is_to_answer(slack, tmp_path):
    quiet = slack.team.channel("quiet", with_bot=False)
    away = slack.team.channel("away", with_bot=False)
    (tmp_path / "slack.toml").write_text(
        f"[channels.{quiet.id}]\nanswers = false\n"
        f'[channels."{slack.team.id}/{away.id}"]\nsilent = true\n'
        '[channels."T0OTHER/C0OTHER"]\nsilent = true\n'
    )
    (wrong,) = sentences(await found(patient(slack, tmp_path)))

    assert "not in the channel #away" in wrong


async def test_private_papers_in_a_channel_where_others_read_along_are_told(slack, tmp_path):
    places = (slack.general, slack.shared, slack.private)
    (tmp_path / "slack.toml").write_text(
        PRIVATE + "".join(f'[channels.{one.id}]\nshelf = "clinic"\n' for one in places)
    )
    wrong = sentences(await found(patient(slack, tmp_path)))

    assert ["#general" in wrong[0], "#partners" in wrong[1], len(wrong)] == [True, True, 2]
    assert f"[channels.{slack.general.id}] in slack.toml" in wrong[0]


async def test_an_archived_channel_is_told(slack, tmp_path):
    slack.general.archived = True
    (wrong,) = sentences(await found(patient(slack, tmp_path, channels=(slack.general.id,))))

    assert "archived" in wrong


async def test_a_channel_that_slack_does_not_tell_about_is_told(slack, tmp_path):
    unsure, refused = slack.general.id, slack.private.id
    slack.trouble("conversations.info", error="internal_error", when=_about(unsure))
    slack.trouble("conversations.info", error="ekm_access_denied", when=_about(refused))
    asked = patient(slack, tmp_path, channels=(unsure, refused))
    wrong = sentences(await found(asked))

    assert ["it had trouble of its own" in wrong[0], "ekm_access_denied" in wrong[1]] == [
        True,
        True,
    ]


def _about(channel):
    return lambda args: args["channel"] == channel


def many(slack, **more):
    given = {"client_secret": "f" * 32, "signing_secret": signed.SIGNING_SECRET}
    return Distributed(
        **{"client_id": "111.222", "token_keys": KEY, "base_url": slack.api} | given | more
    )


async def found_for_many(slack, home, app, **more):
    async with session() as shared:
        asked = patient(slack, home, bot="", app="", **more)
        return [one async for one in examined_for_many(asked, app, shared)]


async def keep(home, *teams):
    with installations(home, seal(KEY)) as kept:
        for team in teams:
            await kept.tokens.async_save_bot(
                Bot(
                    team_id=team.id,
                    team_name=team.name,
                    bot_token=team.token,
                    bot_id=team.bot_id,
                    bot_user_id=team.bot.id,
                    installed_at=1.0,
                )
            )


async def test_each_workspace_that_has_installed_the_app_is_examined(slack, tmp_path):
    badgers, moles = slack.add_team("badgers"), slack.add_team("moles")
    badgers.scopes = set(scope_names()) - {"chat:write"}
    await keep(tmp_path, slack.team, badgers, moles)
    app = many(slack, teams=frozenset({slack.team.id, badgers.id}))
    findings = await found_for_many(slack, tmp_path, app, channels=(slack.general.id,))
    slack.expect("channel_not_found")

    (wrong,) = sentences(findings)
    assert "lacks chat:write" in wrong
    assert any("moles has installed the app, but" in one for one in sentences(findings, "note"))
    assert any("opens the tokens" in one for one in sentences(findings, "right"))
    assert {call.token for call in slack.called("auth.test")} == {slack.team.token, badgers.token}


async def test_before_anybody_has_installed_it_is_said_how(slack, tmp_path):
    findings = await found_for_many(slack, tmp_path, many(slack))

    assert sentences(findings) == []
    assert any("/slack/install" in one for one in sentences(findings, "note"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("app", "said"),
    [
        ({"token_keys": "short"}, "FOOTNOTE_SLACK_TOKEN_KEY is wrong"),
        ({"token_keys": new_key()}, "encrypted with another key"),
        ({"client_id": "A0123"}, "two numbers with a dot between"),
        ({"client_secret": signed.SIGNING_SECRET}, "are the same"),
    ],
)
async def test_secrets_of_several_workspaces_are_looked_at(slack, tmp_path, app, said):
    await keep(tmp_path, slack.team)
    (wrong,) = sentences(await found_for_many(slack, tmp_path, many(slack, **app)))

    assert said in wrong


async def test_no_secret_is_ever_printed(slack, tmp_path, capsys):
    secrets = (slack.team.token, slack.app_token, signed.SIGNING_SECRET, "xoxp-shh-1234", "hunter2")
    for bot, app in [(0, 1), (1, 0), (3, 4), (4, 3), (2, 2)]:
        slack.trouble("auth.test", error="invalid_auth")
        examinee = patient(slack, tmp_path, bot=secrets[bot], app=secrets[app])
        await examine(Settings(_env_file=None), examinee)
        assert repr(examinee) == repr(patient(slack, tmp_path, bot="", app=""))
    printed = capsys.readouterr()

    assert "✗" in printed.out
    assert not any(one in printed.out + printed.err for one in secrets)


async def test_the_exit_code_is_that_of_a_failure_where_something_is_wrong(slack, tmp_path, capsys):
    settings = Settings(_env_file=None)
    assert await examine(settings, patient(slack, tmp_path)) == 0
    assert "✓" in capsys.readouterr().out
    assert await examine(settings, patient(slack, tmp_path, bot="")) == 1
    printed = capsys.readouterr()
    assert "✗ FOOTNOTE_SLACK_BOT_TOKEN is not set." in printed.out
    assert "  → Copy it from api.slack.com/apps" in printed.out
    assert "1 thing to put right" in printed.err


@pytest.mark.usefixtures("bare")
def test_the_command_without_any_setting_says_where_to_begin(capsys):
    assert run(["slack", "doctor"]) == 1
    assert capsys.readouterr().out.count("is not set") == 2


@pytest.mark.usefixtures("bare")
def test_half_of_the_settings_for_several_workspaces_are_named(monkeypatch, capsys):
    monkeypatch.setenv("FOOTNOTE_SLACK_CLIENT_ID", "111.222")
    assert run(["slack", "doctor"]) == 1
    assert "FOOTNOTE_SLACK_TEAMS are missing" in capsys.readouterr().err


def test_a_key_is_printed_alone(capsys):
    assert run(["slack", "key"]) == 0
    printed = capsys.readouterr()
    assert seal(printed.out.strip())
    assert "FOOTNOTE_SLACK_TOKEN_KEY" in printed.err


def test_the_page_shows_the_whole_example_of_the_rules():
    page = (Path(__file__).parents[2] / "docs" / "slack.md").read_text(encoding="utf-8")

    assert EXAMPLE in page
    assert all(f"`{name}`" in page for name in scope_names())


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """No setting of anybody's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path))
    for name in ("BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET", "CLIENT_ID", "TOKEN_KEY"):
        monkeypatch.delenv(f"FOOTNOTE_SLACK_{name}", raising=False)
