"""Every stage that an answer can go through has words for who waits for it."""

import ast
from dataclasses import replace
from pathlib import Path

from acting import cited

import rag
from rag.types import Timing
from ui.server.exchange import Exchange
from ui.web import texts
from ui.web.steps import steps

# What names a stage, and which of its arguments is the name.
NAMING = {"Timing": 0, "timed": 0, "spent": 0}
SOURCES = [
    path
    for room in ("answering", "remembering")
    for path in (Path(rag.__path__[0]) / room).rglob("*.py")
] + [Path(rag.__path__[0]) / "engine.py"]


def stages():
    """Each name that stands in the code where a stage begins."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = NAMING.get(name)
            named = node.args[place] if place is not None and len(node.args) > place else None
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                yield named.value


def test_every_stage_that_the_engine_can_tell_of_has_words():
    assert set(stages()) == set(texts.STEPS)


def test_stages_are_told_apart_where_both_can_come_in_one_answer():
    for first, again in (("retrieve", "retrieve again"), ("read", "read again")):
        assert texts.STEPS[first] != texts.STEPS[again]


def test_an_answer_that_was_remembered_says_so_and_not_what_it_took():
    answer = replace(cited("q"), timings=(Timing("remember", 0.0001),))
    exchange = Exchange("q", "done", hits=answer.retrieved, answer=answer, seconds=0.0001)

    assert "<summary>2 passages from 2 papers · asked before</summary>" in steps(exchange)


async def test_a_real_answer_has_only_stages_with_words(engine):
    answer = await engine.ask("How does FlashAttention save memory?")

    assert {one.stage for one in answer.timings} <= set(texts.STEPS)
    assert answer.timings
