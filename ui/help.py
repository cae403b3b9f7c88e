"""The page that `footnote --help` shows: commands by what they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click.core import Context
    from typer._click.formatting import HelpFormatter

# The panels of the first page.
ASK = "Ask"
SHELF = "The shelf"
UPKEEP = "Upkeep"


class Sections(TyperGroup):
    """Lists commands in the order in which they were written, below the panel they name."""

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, command in self.commands.items():
            panel = getattr(command, "rich_help_panel", None)  # a group may stand among them
            if isinstance(panel, str):
                row = (name, command.get_short_help_str(limit=formatter.width))
                sections.setdefault(panel, []).append(row)
        for heading, rows in sections.items():
            with formatter.section(heading):
                formatter.write_dl(rows, col_max=12)
