"""The manifest asks for what the code uses, and for nothing else."""

import ast
import json
import re
from pathlib import Path

import pytest
import yaml
from bot_at_work import at_work
from fake.web import METHODS
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from rag.errors import ConfigError
from ui.bot.rules import Rule, Rules, Shelf
from ui.cli import run
from ui.slack import app as slack_app
from ui.slack import names
from ui.slack.manifest import LONGEST_NAME, as_json, as_yaml, manifest
from ui.slack.permissions import FREE_METHODS, SCOPES, events, scope_names

SLACK = Path(slack_app.__file__).parent
# What a helper of the SDK calls for us.
BEHIND = {
    "files_upload_v2": {"files.getUploadURLExternal", "files.completeUploadExternal"},
    "AsyncSayStream": {"chat.startStream", "chat.appendStream", "chat.stopStream"},
    "perform_bot_token_rotation": {"oauth.v2.access"},
    "AsyncOAuthFlow": {"oauth.v2.access", "auth.test"},
}
METHOD_BY_NAME = {name.replace(".", "_"): name for name in METHODS}


def called():
    """Every method of the Web API that a module of ours names."""
    found = set()
    for path in SLACK.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "attr", "") or getattr(node, "id", "")
            found |= BEHIND.get(name, set())
            if isinstance(node, ast.Attribute) and name in METHOD_BY_NAME:
                found.add(METHOD_BY_NAME[name])
            elif isinstance(node, ast.Attribute) and _is_web_method(name):
                found.add(name)
    return found


def _is_web_method(name):
    """Of the SDK, though the fake has no such method."""
    return "_" in name and not name.startswith("_") and hasattr(AsyncWebClient, name) and (
        name not in {*BEHIND, "BASE_URL", "retry_handlers", "base_url", "api_call", "request_id"}
    )  # fmt: skip


def test_every_method_that_is_called_stands_with_its_scope():
    listed = {method: {one.name for one in SCOPES if method in one.methods} for method in called()}

    assert {method for method, scopes in listed.items() if not scopes} <= FREE_METHODS
    for method, scopes in listed.items():
        needed = METHODS[method].scopes
        assert not needed or scopes & set(needed), method


def test_no_scope_is_asked_for_that_nothing_needs():
    told, methods = set(events()), called()
    idle = {one.name for one in SCOPES if not methods.intersection(one.methods) and not one.events}

    assert idle == {"commands"}
    assert {method for one in SCOPES for method in one.methods} <= methods
    assert {event for one in SCOPES for event in one.events} <= told
    assert all(one.why for one in SCOPES)


def test_callbacks_and_commands_are_those_the_app_listens_to():
    features = manifest()["features"]

    assert [one["callback_id"] for one in features["shortcuts"]] == [names.CHECK]
    assert [one["command"] for one in features["slash_commands"]] == [names.COMMAND]
    listened = re.findall(r'"(app_\w+|message)"', Path(slack_app.__file__).read_text())
    alone = {one.partition(".")[0] for one in events()}
    assert set(listened) == alone | {"app_uninstalled"}
    assert "app_uninstalled" in events(is_installed_by_many=True)


async def test_with_these_scopes_and_events_alone_everything_works(slack, tmp_path):
    slack.team.scopes, slack.team.events = set(scope_names()), set(events())
    several = slack.team.channel("several", "mpim")
    rules = Rules(Rule(Shelf(is_private=True)), Rule())
    async with at_work(slack, tmp_path, rules=rules):
        for user, place in ((slack.ada, slack.general), (slack.ben, slack.shared)):
            await slack.mention(user, place, "How far ahead?")
            await slack.until(lambda one=user: slack.whispers(one))
        for place in (slack.private, several):
            asked = await slack.mention(slack.ada, place, "How far ahead?")
            assert await slack.answer(asked)
            follow = await slack.message(slack.ada, place, "And why?", thread=asked)
            assert len(await slack.until(lambda one=follow: slack.replies(one)[1:])) == 1
        direct = await slack.direct(slack.ada, "How far ahead?")
        reply = await slack.answer(direct)
        await slack.click(reply, names.EXPORT, slack.ada)
        await slack.until(lambda: slack.files)
        await slack.slash(slack.ada, slack.private, "How far ahead?")
        await slack.shortcut(direct, names.CHECK, slack.ada)
        await slack.until(lambda: len(slack.whispers(slack.ada)) > 2)
        await slack.open_home(slack.ada)
        await slack.until(lambda: slack.prompts)

    assert "missing_scope" not in {call.error for call in slack.calls}


def test_over_a_socket_nothing_has_an_address():
    made = manifest()

    assert made["settings"]["socket_mode_enabled"]
    assert "http" not in as_json(made)
    assert "app_uninstalled" not in made["settings"]["event_subscriptions"]["bot_events"]


@pytest.mark.parametrize("url", ["https://papers.example.org", " https://papers.example.org/ "])
def test_over_http_slack_is_told_our_addresses(url):
    made = manifest(url=url)
    events_at = "https://papers.example.org/slack/events"

    assert not made["settings"]["socket_mode_enabled"]
    assert made["settings"]["event_subscriptions"]["request_url"] == events_at
    assert made["settings"]["interactivity"]["request_url"] == events_at
    assert made["features"]["slash_commands"][0]["url"] == events_at
    back = ["https://papers.example.org/slack/oauth_redirect"]
    assert made["oauth_config"]["redirect_urls"] == back
    assert "app_uninstalled" in made["settings"]["event_subscriptions"]["bot_events"]


@pytest.mark.parametrize(
    "url",
    [
        *("http://a.org", "a.org", "https://", "https://a.org?x=1", "https://a.org#x"),
        *("https://a b", "https://me:pw@a.org", "ftp://a.org", "https://[", "https://a.org:x"),
        "https://a.org\\x",
    ],
)
def test_an_address_that_slack_would_not_take_is_refused_in_a_sentence(url):
    with pytest.raises(ConfigError, match="--url has to be"):
        manifest(url=url)


@given(st.text(max_size=50))
def test_a_name_is_taken_as_it_is_or_refused(name):
    line = name.strip()
    if not line or len(line) > LONGEST_NAME or not line.isprintable():
        with pytest.raises(ConfigError, match="--name"):
            manifest(name)
        return
    made = manifest(name)
    assert made["display_information"]["name"] == line
    assert yaml.safe_load(as_yaml(made)) == made == json.loads(as_json(made))


def test_texts_are_as_long_as_slack_takes_them():
    made = manifest()
    about, features = made["display_information"], made["features"]

    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert len(features["agent_view"]["suggested_prompts"]) <= 4
    (shortcut,) = features["shortcuts"]
    assert (len(shortcut["name"]) <= 24, len(shortcut["description"]) <= 150) == (True, True)


def test_the_command_prints_the_manifest_alone_on_standard_output(capsys):
    assert run(["slack", "manifest", "--name", "Papers"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == manifest("Papers")
    assert "api.slack.com/apps?new_app=1" in printed.err
    assert run(["slack", "manifest", "--yaml", "--url", "https://a.org"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == manifest(url="https://a.org")


def test_a_wrong_address_is_an_error_of_the_command(capsys):
    assert run(["slack", "manifest", "--url", "http://a.org"]) == 1
    assert "--url has to be" in capsys.readouterr().err


def test_a_scope_is_named_once():
    assert len(set(scope_names())) == len(SCOPES)
