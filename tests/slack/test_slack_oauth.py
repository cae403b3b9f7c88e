"""Several workspaces install the app over HTTP, and each is answered with its own token."""

import asyncio
import sqlite3
import stat
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
import signed
from bot_at_work import SENTENCE, Judging, Obedient, two_examples
from cryptography.fernet import Fernet, MultiFernet
from fake.web import METHODS
from fake.world import mint
from fastapi import FastAPI
from slack_sdk.oauth.installation_store.models.bot import Bot

from rag.config import Settings
from rag.errors import ConfigError
from ui.answer_log import AnswerLog
from ui.bot.backing import Local
from ui.bot.checking import ShelfChecker
from ui.server.recording import Recorder
from ui.server.services import Services
from ui.slack import state_store
from ui.slack.distributed import Distributed, Installed, distributed, is_distributed, teams_in
from ui.slack.installing import behind_address_of_many
from ui.slack.permissions import events, scope_names
from ui.slack.running import Duty
from ui.slack.sealing import new_key, seal
from ui.slack.token_store import FILE, installations
from ui.slack.workspaces import session

# aiohttp's, of how the SDK sends an app's secret.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

KEY = "A" * 43 + "="
YES = "/slack/oauth_redirect"


def secrets(slack, **more):
    app = Distributed(
        slack.client_id, slack.client_secret, signed.SIGNING_SECRET, KEY, base_url=slack.api
    )
    return replace(app, **more)


@asynccontextmanager
async def served(slack, home, app=None):
    """A browser that sees the server of the bot; Slack delivers to it as well."""
    engine = Obedient()
    with AnswerLog(home) as log:
        services = Services(engine, shelf=None, recorder=Recorder(log))
        backing = Local(services, log, ShelfChecker(engine, Judging()), two_examples)
        async with behind_address_of_many(Duty(backing, home), app or secrets(slack)) as router:
            api = FastAPI()
            api.include_router(router)
            transport = httpx.ASGITransport(api)
            async with httpx.AsyncClient(transport=transport, base_url="https://papers") as web:
                slack.deliver_to("https://papers/slack/events", client=web)
                yield web
                await slack.quiet(0.1)
                await slack.settled()


async def installed(slack, web, team):
    """What the person sees in the end who installs it there."""
    away = await web.get("/slack/install")
    assert away.status_code == 302, away.text
    return await web.get(f"{YES}{slack.approve(away.headers['location'], team)}")


def bot(team="T1", token="xoxb-1", **more):  # noqa: S107
    kept = {"team_id": team, "team_name": "Otters", "bot_token": token, "bot_id": "B1"}
    return Bot(**kept | {"bot_user_id": "U1", "installed_at": 1.0} | more)


@asynccontextmanager
async def tokens(home, keys=KEY):
    with installations(home, seal(keys)) as kept:
        yield kept.tokens


async def test_two_workspaces_are_answered_each_with_its_own_token(slack, tmp_path):
    badgers, moles = slack.add_team("badgers"), slack.add_team("moles")
    async with served(slack, tmp_path) as web:
        pages = [await installed(slack, web, team) for team in (badgers, moles)]
        asked = [
            await slack.mention(team.person("cy"), team.channel("den"), "How far ahead?")
            for team in (badgers, moles)
        ]
        replies = [await slack.answer(one) for one in asked]

    assert [page.status_code for page in pages] == [200, 200]
    assert ["badgers" in pages[0].text, "moles" in pages[1].text] == [True, True]
    assert [SENTENCE in one.shown for one in replies] == [True, True]
    assert [one.bot_id for one in replies] == [badgers.bot_id, moles.bot_id]
    began = {call.team: call.token for call in slack.called("chat.startStream")}
    assert began == {badgers.id: badgers.token, moles.id: moles.token}


async def test_an_installation_asks_for_exactly_what_the_manifest_asks_for(slack, tmp_path):
    other = slack.add_team("badgers")
    async with served(slack, tmp_path) as web:
        await installed(slack, web, other)

    assert other.scopes == set(scope_names())


async def test_a_restart_forgets_no_workspace_and_no_installation_under_way(slack, tmp_path):
    other = slack.add_team("badgers")
    async with served(slack, tmp_path) as web:
        away = await web.get("/slack/install")
        cookies = dict(web.cookies)
    async with served(slack, tmp_path) as web:
        web.cookies.update(cookies)
        back = slack.approve(away.headers["location"], other)
        assert (await web.get(f"{YES}{back}")).status_code == 200
    async with served(slack, tmp_path):
        asked = await slack.mention(other.person("cy"), other.channel("den"), "How far?")
        assert (await slack.answer(asked)).bot_id == other.bot_id


async def test_a_workspace_that_has_not_installed_it_is_not_answered(slack, tmp_path):
    async with served(slack, tmp_path):
        asked = await slack.mention(slack.ada, slack.general, "How far ahead?")
        await slack.quiet(0.2)
        assert [one.acked for one in asked.deliveries] == [True, True]
        assert slack.replies(asked) == []
    assert slack.calls == []


async def test_a_command_from_a_workspace_without_the_bot_is_told_so_in_our_words(slack, tmp_path):
    async with served(slack, tmp_path):
        await slack.slash(slack.ada, slack.general, "How far ahead?")
        (told,) = await slack.until(lambda: slack.whispers(slack.ada))

    assert told.shown.startswith("Footnote is not installed in this workspace any more")


@pytest.mark.parametrize("forged", ["", "?code=x", "?code=x&state=guessed", "?state=", "?code="])
async def test_a_return_that_was_not_begun_here_is_refused_in_a_sentence(slack, tmp_path, forged):
    async with served(slack, tmp_path) as web:
        page = await web.get(f"{YES}{forged}")

    assert page.status_code == 400
    assert "Nothing was installed" in page.text
    assert "guessed" not in page.text
    assert slack.calls == []


async def test_a_state_of_another_browser_is_refused(slack, tmp_path):
    async with served(slack, tmp_path) as web:
        away = await web.get("/slack/install")
        web.cookies.clear()
        page = await web.get(f"{YES}{slack.approve(away.headers['location'], slack.team)}")

    assert page.status_code == 400
    assert slack.calls == []


async def test_a_state_counts_once(slack, tmp_path):
    async with served(slack, tmp_path) as web:
        away = await web.get("/slack/install")
        cookies = dict(web.cookies)
        back = slack.approve(away.headers["location"], slack.team)
        first = await web.get(f"{YES}{back}")
        web.cookies.update(cookies)
        again = await web.get(f"{YES}{back}")

    assert (first.status_code, again.status_code) == (200, 400)
    assert len(slack.called("oauth.v2.access")) == 1


async def test_a_state_that_is_too_old_is_refused(slack, tmp_path, monkeypatch):
    monkeypatch.setattr(state_store, "LASTS", -1)
    async with served(slack, tmp_path) as web:
        page = await installed(slack, web, slack.team)

    assert page.status_code == 400
    assert "10 minutes" in page.text


async def test_what_is_begun_and_never_ended_does_not_pile_up(tmp_path, monkeypatch):
    monkeypatch.setattr(state_store, "MOST", 3)
    with installations(tmp_path, seal(KEY)) as kept:
        states = [await kept.states.async_issue() for _ in range(6)]
        assert [await kept.states.async_consume(one) for one in states] == [False] * 3 + [True] * 3


async def test_a_code_that_slack_does_not_take_is_told_in_a_sentence(slack, tmp_path):
    async with served(slack, tmp_path) as web:
        away = await web.get("/slack/install")
        state = httpx.URL(away.headers["location"]).params["state"]
        page = await web.get(YES, params={"code": "wrong", "state": state})
        slack.expect("invalid_code")

    assert page.status_code == 400
    assert "did not take the code" in page.text


async def test_somebody_who_says_no_is_told_that_nothing_was_installed(slack, tmp_path):
    async with served(slack, tmp_path) as web:
        page = await web.get(YES, params={"error": "<script>", "state": "x"})

    assert "as Slack was told not to" in page.text
    assert "script>" not in page.text


async def test_slack_that_is_out_of_reach_is_told_with_a_reference(slack, tmp_path):
    slack.trouble("oauth.v2.access", drop="before")
    async with served(slack, tmp_path) as web:
        page = await installed(slack, web, slack.team)

    assert page.status_code == 502
    assert "reference" in page.text


async def test_only_workspaces_that_are_let_in_may_install_it(slack, tmp_path):
    other = slack.add_team("badgers & <co>")
    app = secrets(slack, teams=frozenset({slack.team.id}))
    async with served(slack, tmp_path, app) as web:
        page = await installed(slack, web, other)
        welcome = await installed(slack, web, slack.team)

    assert (page.status_code, welcome.status_code) == (403, 200)
    assert other.id in page.text
    assert "badgers &amp; &lt;co&gt;" in page.text
    assert other.token in slack.revoked
    async with tokens(tmp_path) as kept:
        assert [one.team_id for one in await kept.bots()] == [slack.team.id]


async def test_a_workspace_that_is_let_in_no_more_is_not_answered(slack, tmp_path):
    async with served(slack, tmp_path) as web:
        await installed(slack, web, slack.team)
    slack.calls.clear()
    async with served(slack, tmp_path, secrets(slack, teams=frozenset({"T0OTHER"}))):
        await slack.mention(slack.ada, slack.general, "How far ahead?")
        await slack.quiet(0.2)
    assert slack.calls == []


async def test_what_is_written_into_the_address_does_not_get_to_slack(slack, tmp_path):
    async with served(slack, tmp_path) as web:
        bad = await web.get("/slack/install?team=T1%26redirect_uri%3Dhttps://evil.example")
        worse = await web.get("/slack/install?team=T1%0D%0Aset-cookie:x")
        good = await web.get("/slack/install?team=T0123ABC")

    assert "evil" not in bad.headers["location"]
    assert (worse.status_code, "team" in worse.headers["location"]) == (302, False)
    assert good.headers["location"].endswith("&team=T0123ABC")


async def test_the_cookie_of_an_installation_is_for_no_script_and_no_other_site(slack, tmp_path):
    async with served(slack, tmp_path) as web:
        away = await web.get("/slack/install")

    cookie = away.headers["set-cookie"].lower()
    assert all(one in cookie for one in ("secure", "httponly", "samesite=lax"))
    assert away.headers["cache-control"] == "no-store"


async def test_a_workspace_that_removes_the_app_leaves_no_token(slack, tmp_path):
    other = slack.add_team("badgers")
    async with served(slack, tmp_path) as web:
        await installed(slack, web, slack.team)
        await installed(slack, web, other)
        told = await slack.uninstall(other)
    async with tokens(tmp_path) as kept:
        left = await kept.bots()

    assert {one.type for one in told} <= set(events(is_installed_by_many=True))
    assert all(one.acked for one in told)
    assert [one.team_id for one in left] == [slack.team.id]


@pytest.mark.parametrize("kind", ["tokens_revoked", "app_uninstalled"])
async def test_either_event_is_enough(slack, tmp_path, kind):
    event = {"type": kind, "tokens": {"bot": [slack.team.bot.id]}, "event_ts": "1.0"}
    async with served(slack, tmp_path) as web:
        await installed(slack, web, slack.team)
        await slack.send_event(event, slack.team)
    async with tokens(tmp_path) as kept:
        assert await kept.bots() == []


async def test_a_persons_token_that_is_revoked_is_not_the_bots(slack, tmp_path):
    event = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}, "event_ts": "1.0"}
    async with served(slack, tmp_path) as web:
        await installed(slack, web, slack.team)
        await slack.send_event(event, slack.team)
    async with tokens(tmp_path) as kept:
        assert len(await kept.bots()) == 1


async def test_a_removal_that_slack_did_not_sign_removes_nothing(slack, tmp_path):
    forged = {"type": "event_callback", "team_id": slack.team.id, "api_app_id": slack.app_id}
    forged |= {"event": {"type": "app_uninstalled"}, "event_id": "Ev1"}
    async with served(slack, tmp_path) as web:
        await installed(slack, web, slack.team)
        body, headers = signed.event(forged, secret="another")  # noqa: S106
        assert (await web.post("/slack/events", content=body, headers=headers)).status_code == 401
    async with tokens(tmp_path) as kept:
        assert len(await kept.bots()) == 1


async def test_nobody_reads_a_token_in_the_file(slack, tmp_path):
    async with served(slack, tmp_path) as web:
        await installed(slack, web, slack.team)
        files = [path for path in tmp_path.iterdir() if path.name.startswith(FILE)]
        found = [path.read_bytes() for path in files]
        modes = {stat.S_IMODE(path.stat().st_mode) for path in files}

    assert files
    assert not any(b"xoxb-" in content or b"otters" in content for content in found)
    assert modes == {0o600}


async def test_a_new_key_reads_what_the_old_one_wrote_and_then_stands_alone(tmp_path):
    new = new_key()
    async with tokens(tmp_path) as kept:
        await kept.async_save_bot(bot())
    async with tokens(tmp_path, f"{new}, {KEY}") as kept:
        assert [one.bot_token for one in await kept.bots()] == ["xoxb-1"]
    async with tokens(tmp_path, new) as kept:
        found = await kept.async_find_bot(enterprise_id=None, team_id="T1")
    assert found.bot_token == "xoxb-1"  # noqa: S105


async def test_another_key_is_told_at_the_start_and_destroys_nothing(tmp_path):
    async with tokens(tmp_path) as kept:
        await kept.async_save_bot(bot())
    with pytest.raises(ConfigError, match="encrypted with another key"):
        async with tokens(tmp_path, new_key()):
            pass
    async with tokens(tmp_path) as kept:
        assert len(await kept.bots()) == 1


@pytest.mark.parametrize("keys", ["", " , ", "short", KEY[:-4], f"{KEY},nonsense", "é" * 44])
def test_a_key_that_is_none_is_told_with_how_to_make_one(keys):
    with pytest.raises(ConfigError, match="footnote slack key") as told:
        seal(keys)
    assert "short" not in str(told.value)
    assert KEY not in str(told.value)


async def test_a_token_under_another_workspaces_id_is_not_used(tmp_path):
    async with tokens(tmp_path) as kept:
        await kept.async_save_bot(bot("T1"))
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("UPDATE installations SET place = 'T2'")
    db.close()
    async with tokens(tmp_path) as kept:
        assert await kept.async_find_bot(enterprise_id=None, team_id="T2") is None


async def test_an_organizations_token_serves_its_workspaces_by_their_own_id_later(tmp_path):
    org = bot(None, enterprise_id="E1", enterprise_name="Lakes", is_enterprise_install=True)
    async with tokens(tmp_path) as kept:
        await kept.async_save_bot(org)
        assert await kept.async_find_bot(enterprise_id=None, team_id="T7") is None
        assert await kept.async_find_bot(enterprise_id="E1", team_id="T7")
        assert await kept.async_find_bot(enterprise_id=None, team_id="T7")
        await kept.async_delete_bot(enterprise_id="E1", team_id="T7")
        assert len(await kept.bots()) == 1
        await kept.async_delete_bot(enterprise_id="E1", team_id=None)
        assert await kept.bots() == []


async def test_a_workspaces_own_token_comes_before_its_organizations(tmp_path):
    async with tokens(tmp_path) as kept:
        await kept.async_save_bot(bot(None, "xoxb-org", enterprise_id="E1"))
        await kept.async_save_bot(bot("T1", "xoxb-own", enterprise_id="E1"))
        found = await kept.async_find_bot(enterprise_id="E1", team_id="T1")
    assert found.bot_token == "xoxb-own"  # noqa: S105


async def test_a_workspace_of_an_organization_that_is_let_in_is_let_in(slack, tmp_path):
    app = secrets(slack, teams=frozenset({"E1"}))
    async with tokens(tmp_path) as kept, session() as shared:
        await kept.async_save_bot(bot(None, enterprise_id="E1"))
        found = await Installed(app, kept, shared).of("T7", "E1")
        assert (found.me.tenant, found.me.user) == ("T7", "U1")
        strangers = Installed(secrets(slack, teams=frozenset({"E2"})), kept, shared)
        assert await strangers.of("T7", "E1") is None


@pytest.fixture
def rotating(slack, monkeypatch):
    """Slack renews tokens, each refresh token once."""
    refresh = {"xoxe-1"}
    ordinary = METHODS["oauth.v2.access"]

    async def access(of, team, args):
        if args.get("grant_type") != "refresh_token":
            return await ordinary.run(of, team, args)
        refresh.remove(args["refresh_token"])
        refresh.add(mint("xoxe-"))
        slack.team.token = f"xoxe.xoxb-1-{mint('')}"
        slack.teams_by_token[slack.team.token] = slack.team
        token = {"access_token": slack.team.token, "refresh_token": next(iter(refresh))}
        return token | {"token_type": "bot", "expires_in": 43_200}

    monkeypatch.setitem(METHODS, "oauth.v2.access", replace(ordinary, run=access))


@pytest.mark.usefixtures("rotating")
async def test_a_token_about_to_expire_is_renewed_once_for_all_who_wait(slack, tmp_path):
    old = bot(slack.team.id, bot_refresh_token="xoxe-1", bot_token_expires_in=60)  # noqa: S106
    async with tokens(tmp_path) as kept, session() as shared:
        await kept.async_save_bot(old)
        workspaces = Installed(secrets(slack), kept, shared)
        found = await asyncio.gather(*(workspaces.of(slack.team.id) for _ in range(5)))
        stored = await kept.async_find_bot(enterprise_id=None, team_id=slack.team.id)

    assert {one.client.token for one in found} == {slack.team.token, stored.bot_token}
    assert len({one.client.token for one in found}) == 1
    assert stored.bot_token_expires_at > time.time() + 40_000
    assert len(slack.called("oauth.v2.access")) == 1


async def test_a_token_that_cannot_be_renewed_is_used_as_long_as_it_lasts(slack, tmp_path):
    old = bot(slack.team.id, bot_refresh_token="xoxe-1", bot_token_expires_in=60)  # noqa: S106
    slack.trouble("oauth.v2.access", drop="before")
    async with tokens(tmp_path) as kept, session() as shared:
        await kept.async_save_bot(old)
        found = await Installed(secrets(slack), kept, shared).of(slack.team.id)
    assert found.client.token == "xoxb-1"  # noqa: S105


def test_what_is_missing_for_several_workspaces_is_named():
    settings = Settings(_env_file=None, slack_client_id="1.2", slack_token_key=KEY)

    assert is_distributed(settings)
    assert not is_distributed(Settings(_env_file=None, slack_signing_secret="x"))  # noqa: S106
    with pytest.raises(ConfigError) as told:
        distributed(settings)
    assert "CLIENT_SECRET and FOOTNOTE_SLACK_SIGNING_SECRET and FOOTNOTE_SLACK_TEAMS are" in str(
        told.value
    )


def test_workspaces_are_named_by_ids_or_all():
    assert teams_in(" T0123ABC, E0456DEF ,") == {"T0123ABC", "E0456DEF"}
    assert teams_in(" * ") is None
    with pytest.raises(ConfigError, match="at “otters”"):
        teams_in("T0123ABC,otters")


def test_secrets_are_never_shown_with_what_holds_them(slack):
    shown = repr(secrets(slack))

    assert not any(one in shown for one in (KEY, slack.client_secret, signed.SIGNING_SECRET))
    assert isinstance(seal(KEY), MultiFernet)
    assert Fernet(new_key())
