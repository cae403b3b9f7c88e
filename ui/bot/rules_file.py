"""Reads the file of rules, TOML; whatever is wrong in it is told with its line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from rag.config import rate
from rag.errors import ConfigError
from rag.loaders.dates import parse_date
from rag.types import Published, Scope
from ui.bot.rules import Rule, Rules, Shelf
from ui.bot.toml_lines import line_of, parsed_wrongly

EXAMPLE = """\
[shelves.clinic]             # some of the papers, under a name of your choice
source = "clinic.bib"        # and, or: organization, since, until, papers = ["id", …]
private = true               # never spoken of where strangers may read along

[everywhere]                 # what holds unless a place says otherwise
answers = true               # false: the bot says nothing there, except to a command why
silent = false               # true: nothing rather than that there is no answer
per_user = "10/minute"       # how often one person may ask
per_channel = "30/minute"    # and all of a channel together

[direct]                     # direct messages
shelf = "clinic"
allow = ["U0123456789"]      # only these people; without it everybody

[channels.C0123456789]       # one channel, by its id; also "T0123456789/C0123456789"
shelf = "clinic"
silent = true
"""
Table: TypeAlias = Mapping[str, object]

TABLES = ("shelves", "everywhere", "direct", "channels")
OF_SHELF = ("source", "organization", "since", "until", "papers", "private")
OF_PLACE = ("shelf", "answers", "silent", "per_user", "per_channel")
LARGEST = 1_000_000  # bytes


def read_rules(path: Path) -> Rules:
    """What the file says; where there is none, what holds by default. Raises ConfigError."""
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(f"{path} is larger than {LARGEST:,} bytes, too large for rules.")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Rules()
    except UnicodeDecodeError:
        raise ConfigError(f"{path} cannot be read. It has to be UTF-8 text.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}.") from None
    return rules_in(text, name=str(path))


def rules_in(text: str, *, name: str = "slack.toml") -> Rules:
    """The rules that a text states; `name` stands before the line of what is wrong."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, why = parsed_wrongly(text, error)
        raise ConfigError(f"{name}:{line}: This is not TOML: {why}.") from None
    return _Reading(name, text, content).rules()


@dataclass(frozen=True, slots=True)
class _Reading:
    """A file that is being read."""

    name: str
    text: str
    content: Table

    def rules(self) -> Rules:
        self._known((), self.content, TABLES)
        shelves = {
            one: self._shelf(("shelves", one), table) for one, table in self._tables("shelves")
        }
        everywhere = self._rule(("everywhere",), self._table("everywhere"), shelves, Rule())
        direct = self._table("direct")
        return Rules(
            everywhere,
            self._rule(("direct",), _without(direct, "allow"), shelves, everywhere),
            {
                one: self._rule(("channels", one), table, shelves, everywhere)
                for one, table in self._tables("channels")
            },
            frozenset(self._names(("direct", "allow"), direct["allow"]))
            if "allow" in direct
            else None,
        )

    def _shelf(self, at: tuple[str, ...], table: Table) -> Shelf:
        self._known(at, table, OF_SHELF)
        since, until = self._date((*at, "since"), table), self._date((*at, "until"), table)
        scope = Scope(
            paper_ids=tuple(self._names((*at, "papers"), table.get("papers", []))),
            since=since,
            until=until,
            organization=self._text((*at, "organization"), table),
            source=self._text((*at, "source"), table),
        )
        return Shelf(scope, self._flag((*at, "private"), table, default=False))

    def _rule(
        self, at: tuple[str, ...], table: Table, shelves: Mapping[str, Shelf], default: Rule
    ) -> Rule:
        self._known(at, table, OF_PLACE)
        name = self._text((*at, "shelf"), table)
        if name is not None and name not in shelves:
            raise self._wrong((*at, "shelf"), f"There is no [shelves.{name}] in this file.")
        return replace(
            default,
            shelf=shelves[name] if name is not None else default.shelf,
            answers=self._flag((*at, "answers"), table, default=default.answers),
            is_silent=self._flag((*at, "silent"), table, default=default.is_silent),
            per_user=self._rate((*at, "per_user"), table) or default.per_user,
            per_channel=self._rate((*at, "per_channel"), table) or default.per_channel,
        )

    def _tables(self, name: str) -> list[tuple[str, Table]]:
        return [(one, self._table(name, one)) for one in self._table(name)]

    def _table(self, *at: str) -> Table:
        found: object = self.content
        for one in at:
            found = found.get(one, {}) if isinstance(found, dict) else {}
        if not isinstance(found, dict):
            raise self._wrong(at, f"{at[-1]!r} has to be a table: [{'.'.join(at)}].")
        return found

    def _known(self, at: tuple[str, ...], table: Table, names: tuple[str, ...]) -> None:
        for one in table:
            if one not in names:
                known = ", ".join(names)
                raise self._wrong((*at, one), f"{one!r} is not known here; there are {known}.")

    def _text(self, at: tuple[str, ...], table: Table) -> str | None:
        value = table.get(at[-1])
        if value is not None and not (isinstance(value, str) and value.strip()):
            raise self._wrong(at, f"{at[-1]!r} has to be a text in quotes.")
        return value.strip() if isinstance(value, str) else None

    def _flag(self, at: tuple[str, ...], table: Table, *, default: bool) -> bool:
        value = table.get(at[-1], default)
        if not isinstance(value, bool):
            raise self._wrong(at, f"{at[-1]!r} has to be true or false, without quotes.")
        return value

    def _names(self, at: tuple[str, ...], value: object) -> list[str]:
        if not (isinstance(value, list) and all(isinstance(one, str) and one for one in value)):
            raise self._wrong(at, f'{at[-1]!r} has to be a list of texts, as in ["U012", "U345"].')
        return value

    def _rate(self, at: tuple[str, ...], table: Table) -> str | None:
        if (written := self._text(at, table)) is None:
            return None
        try:
            return rate(written)
        except ValueError:
            raise self._wrong(at, f'{written!r} is no rate; write it like "10/minute".') from None

    def _date(self, at: tuple[str, ...], table: Table) -> Published | None:
        if (value := table.get(at[-1])) is None:
            return None
        found = parse_date(str(value))
        if found is None or not found.year:
            raise self._wrong(at, f'{str(value)!r} is no date; write it like "2025" or "2025-10".')
        return found

    def _wrong(self, at: tuple[str, ...], why: str) -> ConfigError:
        return ConfigError(f"{self.name}:{line_of(self.text, at)}: {why}")


def _without(table: Table, name: str) -> Table:
    return {key: value for key, value in table.items() if key != name}
