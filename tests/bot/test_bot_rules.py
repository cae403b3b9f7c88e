"""What the file of rules says, and what it is told where it says it wrongly."""

import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ConfigError
from rag.types import Published, Scope
from ui.bot.heard import Spot
from ui.bot.rules import Rule, Rules, Shelf
from ui.bot.rules_file import EXAMPLE, read_rules, rules_in
from ui.bot.toml_lines import line_of

CLINIC = Shelf(Scope(source="clinic.bib"), is_private=True)


def spot(channel, kind="public", tenant="T0123456789"):
    return Spot("slack", tenant, channel, "1", kind)


def test_the_example_says_what_its_comments_say():
    rules = rules_in(EXAMPLE)

    assert rules.of(spot("C0123456789")) == Rule(CLINIC, is_silent=True)
    assert rules.of(spot("C9")) == Rule()
    assert rules.of(spot("D1", "direct")) == Rule(CLINIC)
    assert rules.may_write("U0123456789", spot("D1", "direct"))
    assert not rules.may_write("U9", spot("D1", "direct"))
    assert rules.may_write("U9", spot("C9"))


def test_places_take_from_everywhere_what_they_do_not_say():
    rules = rules_in(
        """
        everywhere = {silent = true, per_user = "3 per hour", shelf = "new"}
        shelves.new = {since = "2025", until = 2025-10-24, papers = ["a", "b"], organization = "X"}
        [channels."T1/C1"]
        silent = false
        """
    )
    scope = Scope(("a", "b"), Published(2025), Published(2025, 10, 24), "X")

    assert rules.of(spot("C1", tenant="T1")) == Rule(Shelf(scope), per_user="3 per hour")
    assert rules.of(spot("C1", tenant="T2")).is_silent
    assert rules.direct.is_silent


def test_without_a_file_everybody_may_ask_of_everything(tmp_path):
    assert read_rules(tmp_path / "slack.toml") == Rules()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[everywhere]\nsilent = maybe", "slack.toml:2: This is not TOML: Invalid value."),
        ("[everywhere", "slack.toml:1: This is not TOML"),
        ("\n\n[every]\n", "slack.toml:3: 'every' is not known here"),
        ("[everywhere]\n\nsilent = 'yes'", "slack.toml:3: 'silent' has to be true or false"),
        ("[channels.C1]\nsilence = true", "slack.toml:2: 'silence' is not known here; there are"),
        ("# a\n[channels.C1]\nshelf = 'x'", "slack.toml:3: There is no [shelves.x] in this file."),
        ("[direct]\nallow = 'U1'", "slack.toml:2: 'allow' has to be a list of texts"),
        ("[direct]\nallow = [1]", "slack.toml:2: 'allow' has to be a list of texts"),
        ("[direct]\nper_user = 'often'", "slack.toml:2: 'often' is no rate"),
        ("[direct]\nper_user = 5", "slack.toml:2: 'per_user' has to be a text"),
        ("[shelves.x]\nsince = 'soon'", "slack.toml:2: 'soon' is no date"),
        ("[shelves.x]\nprivate = 1", "slack.toml:2: 'private' has to be true or false"),
        ("channels = 3", "slack.toml:1: 'channels' has to be a table"),
        ("[channels]\nC1 = 3", "slack.toml:2: 'C1' has to be a table"),
        ("shelves.x.source = ''", "slack.toml:1: 'source' has to be a text"),
        ('note = """\nsilent = 1\n"""\n[direct]\nsilent = 1', "slack.toml:1: 'note' is not known"),
        ("[channels.'C1' ]  # here\n'silent' = 1", "slack.toml:2: 'silent' has to be"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, told):
    with pytest.raises(ConfigError) as error:
        rules_in(text)

    assert str(error.value).startswith(told)


def test_a_file_that_is_no_text_is_told_to_be_none(tmp_path):
    (tmp_path / "slack.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigError, match="UTF-8"):
        read_rules(tmp_path / "slack.toml")


def test_a_file_with_a_mark_of_its_encoding_is_read(tmp_path):
    (tmp_path / "slack.toml").write_text("\ufeff[everywhere]\nsilent = true", encoding="utf-8")

    assert read_rules(tmp_path / "slack.toml").everywhere.is_silent


@given(st.text())
def test_any_text_is_read_or_told_to_be_wrong_with_its_line(text):
    with suppress(ConfigError):
        assert rules_in(text) == Rules()
        return
    with pytest.raises(ConfigError, match=r"^slack\.toml:\d+: "):
        rules_in(text)


NAMES = st.text(st.sampled_from("ab=.#[] é"), min_size=1, max_size=5)


@given(st.lists(NAMES, min_size=1, max_size=3), st.integers(0, 3))
def test_a_key_is_found_on_the_line_that_sets_it(path, blanks):
    key = ".".join(f'"{name}"' for name in path)
    text = "\n" * blanks + f"{key} = 1"

    assert tomllib.loads(text)
    assert line_of(text, path) == blanks + 1
