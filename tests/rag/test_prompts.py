"""Prompts lie in files of their own, each of their places filled, and ship with the package."""

import re
from importlib.resources import files
from random import Random
from string import Template

import pytest

from rag.answering.offered import offer
from rag.answering.prompting import (
    answer_messages,
    repair_messages,
    reword_messages,
    stand_alone_messages,
)
from rag.prompts import filled
from rag.types import Dropped, Paper, Turn

NAMES = sorted(
    path.name.removesuffix(".md")
    for path in files("prompts").iterdir()
    if path.name.endswith(".md")
)
PAPER = Paper("a", "Counting Otters", "We count otters with cameras. They make few errors.")


def texts_of_all_prompts():
    offered = offer([PAPER], unlike="", budget=500, random=Random(7))
    history = (Turn("user", "What is counted?"), Turn("assistant", "Otters are counted [1]."))
    for messages in (
        answer_messages("How?", history, offered),
        stand_alone_messages("How?", history),
        reword_messages("How?"),
        repair_messages("How?", [Dropped("By hand.", ("No source says so.",))], offered),
    ):
        yield "\n".join(message.content for message in messages)


def template(name):
    return files("prompts").joinpath(f"{name}.md").read_text(encoding="utf-8")


def test_there_are_the_prompts_that_are_meant():
    assert NAMES == ["answer", "decline", "repair", "reword", "stand_alone"]


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_needs_its_values_and_takes_no_other(name):
    places = Template(template(name)).get_identifiers()

    assert filled(name, **dict.fromkeys(places, "x"))
    with pytest.raises(ValueError, match=f"{name}.md has no place for: another"):
        filled(name, **dict.fromkeys([*places, "another"], "x"))
    for place in places:
        with pytest.raises(ValueError, match=f"{name}.md needs a value for: {place}"):
            filled(name, **dict.fromkeys(set(places) - {place}, "x"))


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_is_used(name):
    # Its longest line without a place stands in what a model is told.
    lines = [line for line in template(name).splitlines() if "$" not in line]

    assert any(max(lines, key=len) in text for text in texts_of_all_prompts())


def test_no_place_is_left_open():
    for text in texts_of_all_prompts():
        assert not re.search(r"\$\w|\$\{", text)
        assert "=====" not in text


@pytest.mark.parametrize("name", NAMES)
def test_no_prompt_names_a_number_that_could_be_an_id(name):
    assert not re.search(r"\d{3}", template(name))


def test_a_value_may_hold_dollars_and_names_of_places():
    places = Template(template("stand_alone")).get_identifiers()
    values = dict.fromkeys(places, "$question costs $5, ${conversation}, $$")

    assert "$question costs $5, ${conversation}, $$" in filled("stand_alone", **values)


def test_an_unknown_prompt_is_named():
    with pytest.raises(FileNotFoundError, match=r"nothing\.md"):
        filled("nothing")
