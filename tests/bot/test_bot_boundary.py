"""The bot knows no chat platform: another one is one more package beside Slack's."""

import ast
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "ui" / "bot"
FOREIGN = ("slack", "ui.slack", "ui.web", "ui.api", "aiohttp", "ui.commands", "fastapi")


@pytest.mark.parametrize("module", sorted(ROOM.glob("*.py")), ids=lambda path: path.name)
def test_the_bot_imports_no_platform_and_no_other_surface(module):
    imported = {
        name
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }

    assert not [one for one in imported if one.startswith(FOREIGN)]
