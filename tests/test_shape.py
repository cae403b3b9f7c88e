"""The shape of the code: every module says what it is for, and none is a box for odds and ends."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    path.relative_to(ROOT)
    for room in ("rag", "ui", "prompts")
    for path in (ROOT / room).rglob("*.py")
)
ODDS_AND_ENDS = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


def test_there_are_modules_to_look_at():
    assert len(MODULES) > 50


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_says_what_it_is_for(module):
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))

    # A package without code of its own is named after what is in it.
    assert ast.get_docstring(tree) or not tree.body


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_is_named_for_its_subject(module):
    parts = {part for name in module.with_suffix("").parts for part in name.lower().split("_")}

    assert not parts & ODDS_AND_ENDS
