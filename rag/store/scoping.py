"""A scope as a condition in SQL: hard, and honest about dates that lack parts."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Literal, TypeAlias

from rag.store.authorship import AUTHOR_COUNT, written_by
from rag.store.conditions import Condition, all_of, between
from rag.store.database import Connection
from rag.store.dating import dated
from rag.store.identity import normal_text
from rag.types import Scope

Sort: TypeAlias = Literal[
    "added", "published", "oldest", "title",
    "upvotes", "fewest-upvotes", "authors", "fewest-authors",
]  # fmt: skip

# Papers that lack what they are sorted by come last.
ORDERS: dict[Sort, str] = {
    "added": "number",
    "published": "year DESC NULLS LAST, month DESC NULLS LAST, day DESC NULLS LAST, number",
    "oldest": "year NULLS LAST, month NULLS LAST, day NULLS LAST, number",
    "title": "title_key, number",
    "authors": f"{AUTHOR_COUNT} DESC NULLS LAST, number",
    "fewest-authors": f"{AUTHOR_COUNT} NULLS LAST, number",
    "upvotes": "upvotes DESC NULLS LAST, number",
    "fewest-upvotes": "upvotes NULLS LAST, number",
}


def condition(db: Connection, scope: Scope) -> Condition:
    """What a paper has to meet to be found within `scope`."""
    terms = [Condition("state = 'ready'"), *dated(scope), *_counted(scope)]
    if scope.paper_ids:
        terms.append(_among(scope.paper_ids))
    if scope.organization and (name := normal_text(scope.organization)):
        terms.append(Condition("instr(organization_key, ?) > 0", (name,)))
    if scope.source and (name := normal_text(scope.source)):
        terms.append(_from_sources(_sources(db, name)))
    terms += [written_by(db, name) for name in scope.authors]
    return all_of(terms)


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


def _counted(scope: Scope) -> list[Condition]:
    ranges = ((AUTHOR_COUNT, scope.author_count), ("upvotes", scope.upvotes))
    return [between(column, wanted) for column, wanted in ranges if wanted is not None]


def _sources(db: Connection, name: str) -> list[str]:
    """The sources that `name` is the name of, or else those that it is a part of."""
    sources = [str(row[0]) for row in db.execute("SELECT DISTINCT source FROM records")]
    exact = [source for source in sources if name in {normal_text(source), _base(source)}]
    return exact or [source for source in sources if name in normal_text(source)]


def _base(source: str) -> str:
    return normal_text(PurePath(source).name)


def _from_sources(sources: list[str]) -> Condition:
    return Condition(
        "id IN (SELECT paper_id FROM records WHERE source IN (SELECT value FROM json_each(?)))",
        (json.dumps(sources),),
    )
