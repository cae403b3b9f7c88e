"""What a page's address says of the scope, as in `/?since=2025-10&organization=Qualcomm`.

The address is the only place that holds it: it survives a reload, and any page can link to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from rag.errors import FootnoteError
from rag.loaders.dates import parse_date
from rag.types import Published, Scope
from ui import render
from ui.scope_in_words import ONLY as ONLY
from ui.scope_in_words import ORGANIZATION as ORGANIZATION
from ui.scope_in_words import SINCE as SINCE
from ui.scope_in_words import SOURCE as SOURCE
from ui.scope_in_words import UNTIL as UNTIL
from ui.server import texts

LONGEST = 200  # characters of a name
MOST = 100  # papers that are named one by one


class FilterError(FootnoteError):
    """An address asks for a filter that there cannot be."""


def scope_of(asked: Mapping[str, str]) -> Scope:
    """The hard filters that an address asks for; raises FilterError rather than leave one out."""
    since, until = _date(asked, SINCE), _date(asked, UNTIL)
    if since and until and _first(since) > _last(until):
        raise FilterError(texts.DATES_CROSS)
    return Scope(
        paper_ids=_ids(asked),
        since=since,
        until=until,
        organization=_name(asked, ORGANIZATION),
        source=_name(asked, SOURCE),
    )


def address(scope: Scope) -> str:
    """The query of an address that asks for this scope, without its question mark."""
    values = {
        SINCE: render.iso_date(scope.since) or "",
        UNTIL: render.iso_date(scope.until) or "",
        ORGANIZATION: scope.organization or "",
        SOURCE: scope.source or "",
        ONLY: ",".join(scope.paper_ids),
    }
    return urlencode({name: value for name, value in values.items() if value})


def _date(asked: Mapping[str, str], name: str) -> Published | None:
    if not (text := asked.get(name, "").strip()):
        return None
    found = parse_date(text)
    if found is None or not found.year:
        raise FilterError(texts.NO_DATE.format(text=text[:LONGEST]))
    return found


def _first(date: Published) -> tuple[int, int, int]:
    return date.year or 0, date.month or 0, date.day or 0


def _last(date: Published) -> tuple[int, int, int]:
    return date.year or 9999, date.month or 12, date.day or 31


def _name(asked: Mapping[str, str], name: str) -> str | None:
    return " ".join(asked.get(name, "").split())[:LONGEST] or None


def _ids(asked: Mapping[str, str]) -> tuple[str, ...]:
    named = dict.fromkeys(one.strip() for one in asked.get(ONLY, "").split(",") if one.strip())
    if len(named) > MOST:
        raise FilterError(texts.TOO_MANY_PAPERS.format(most=MOST))
    return tuple(named)
