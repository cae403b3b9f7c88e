"""A scope as a condition in SQL: hard, and honest about dates that lack parts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal, TypeAlias

from rag.store.database import Connection
from rag.store.identity import folded
from rag.types import Published, Scope

Sort: TypeAlias = Literal["added", "published", "oldest", "title", "upvotes", "authors"]
Value: TypeAlias = str | int

# Papers that lack what they are sorted by come last.
ORDERS: dict[Sort, str] = {
    "added": "number",
    "published": "year DESC NULLS LAST, month DESC NULLS LAST, day DESC NULLS LAST, number",
    "oldest": "year NULLS LAST, month NULLS LAST, day NULLS LAST, number",
    "title": "title_key, number",
    "authors": "json_extract(details, '$.author_count') DESC NULLS LAST, number",
    "upvotes": "upvotes DESC NULLS LAST, number",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the table of papers, and the values of its question marks."""

    sql: str
    values: tuple[Value, ...] = ()


def condition(db: Connection, scope: Scope) -> Condition:
    """What a paper has to meet to be found within `scope`."""
    terms = [Condition("state = 'ready'")]
    if scope.paper_ids:
        terms.append(_among(scope.paper_ids))
    if scope.since is not None:
        terms.append(_bounded(scope.since, ">"))
    if scope.until is not None:
        terms.append(_bounded(scope.until, "<"))
    if scope.organization and (name := folded(scope.organization)):
        terms.append(Condition("instr(organization_key, ?) > 0", (name,)))
    if scope.source and (name := folded(scope.source)):
        terms.append(_from_sources(_sources(db, name)))
    return Condition(
        " AND ".join(f"({term.sql})" for term in terms),
        tuple(value for term in terms for value in term.values),
    )


def select(what: str, wanted: Condition, sort: Sort | None = None) -> str:
    """The query for `what` of the papers wanted; sorted, it takes a limit and an offset."""
    # Nothing here comes from outside this package: what users type stands in the values.
    query = f"SELECT {what} FROM papers WHERE {wanted.sql}"  # noqa: S608
    return query if sort is None else f"{query} ORDER BY {ORDERS[sort]} LIMIT ? OFFSET ?"


def _among(ids: tuple[str, ...]) -> Condition:
    return Condition(
        "id IN (SELECT coalesce(paper_id, value) FROM json_each(?) "
        "LEFT JOIN redirects ON former = value)",
        (json.dumps(ids),),
    )


def _bounded(limit: Published, beyond: Literal["<", ">"]) -> Condition:
    """Later (or earlier) than `limit` in its first parts, or equal in all of them.

    A comparison with a part that the paper lacks is NULL, so a paper is inside only where the
    parts that it has decide so.
    """
    equal: list[str] = []
    terms: list[str] = []
    values: list[Value] = []
    passed: list[Value] = []
    for column, part in _known_parts(limit):
        terms.append(" AND ".join([*equal, f"{column} {beyond} ?"]))
        values += [*passed, part]
        equal.append(f"{column} = ?")
        passed.append(part)
    if not equal:
        return Condition("TRUE")
    terms.append(" AND ".join(equal))
    return Condition(" OR ".join(terms), (*values, *passed))


def _known_parts(date: Published) -> list[tuple[str, int]]:
    """The run of known parts: a day without its month bounds nothing."""
    known: list[tuple[str, int]] = []
    for column, part in (("year", date.year), ("month", date.month), ("day", date.day)):
        if part is not None:
            known.append((column, part))
        elif known:
            break
    return known


def _sources(db: Connection, name: str) -> list[str]:
    """The sources that `name` is the name of, or else those that it is a part of."""
    sources = [str(row[0]) for row in db.execute("SELECT DISTINCT source FROM records")]
    exact = [source for source in sources if name in {folded(source), _base(source)}]
    return exact or [source for source in sources if name in folded(source)]


def _base(source: str) -> str:
    return folded(PurePath(source).name)


def _from_sources(sources: list[str]) -> Condition:
    return Condition(
        "id IN (SELECT paper_id FROM records WHERE source IN (SELECT value FROM json_each(?)))",
        (json.dumps(sources),),
    )
