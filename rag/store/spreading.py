"""How papers spread over months, sources and organisations."""

from __future__ import annotations

import json
from dataclasses import dataclass

from rag.store.conditions import Condition
from rag.store.database import Connection
from rag.store.scoping import condition, select
from rag.types import Scope


@dataclass(frozen=True, slots=True)
class Spread:
    """How many papers there are, of each month, and of the sources and organisations with most.

    A month is (year, month) in order of time; a year without months is (year, None), and papers
    without a year are left out. `named` is how many papers name an organisation.
    """

    papers: int
    by_month: tuple[tuple[int, int | None, int], ...]
    by_source: tuple[tuple[str, int], ...]
    by_organization: tuple[tuple[str, int], ...]
    named: int


def spread(db: Connection, scope: Scope, most: int) -> Spread:
    """Of the ready papers within `scope`; at most so many sources and organisations."""
    wanted = condition(db, scope)
    counts = select("count(*), count(nullif(organization_key, ''))", wanted)
    papers, named = db.execute(counts, wanted.values).fetchone()
    return Spread(
        papers=int(papers),
        by_month=_months(db, wanted),
        by_source=_sources(db, _unfinished() if scope.is_empty else _within(wanted), most),
        by_organization=_organizations(db, wanted, most),
        named=int(named),
    )


def _months(db: Connection, wanted: Condition) -> tuple[tuple[int, int | None, int], ...]:
    query = select("year, month, count(*)", wanted)
    return tuple(
        db.execute(
            f"{query} AND year IS NOT NULL GROUP BY year, month ORDER BY year, month",
            wanted.values,
        )
    )


def _sources(db: Connection, records: Condition, most: int) -> tuple[tuple[str, int], ...]:
    query = (
        f"SELECT source, count(*) FROM records WHERE {records.sql} "  # noqa: S608
        "GROUP BY source ORDER BY 2 DESC, min(arrival) LIMIT ?"
    )
    return tuple(db.execute(query, (*records.values, most)))


def _within(wanted: Condition) -> Condition:
    return Condition(f"paper_id IN ({select('id', wanted)})", wanted.values)


def _unfinished() -> Condition:
    """All but the records of papers that are not ready: few, where every paper is wanted."""
    return Condition("paper_id NOT IN (SELECT id FROM papers WHERE state <> 'ready')")


def _organizations(db: Connection, wanted: Condition, most: int) -> tuple[tuple[str, int], ...]:
    """Counted by keys, which an index holds; only what is shown is read from its papers."""
    keyed = select("organization_key, count(*)", wanted)
    counts = db.execute(
        f"{keyed} AND organization_key <> '' "
        "GROUP BY organization_key ORDER BY 2 DESC, organization_key LIMIT ?",
        (*wanted.values, most),
    ).fetchall()
    keys = json.dumps([key for key, _ in counts])
    names = dict(
        db.execute(
            "SELECT organization_key, min(organization) FROM papers WHERE state = 'ready' "
            "AND organization_key IN (SELECT value FROM json_each(?)) GROUP BY organization_key",
            (keys,),
        ).fetchall()
    )
    return tuple((names[key], count) for key, count in counts)
