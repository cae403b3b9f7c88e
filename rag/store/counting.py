"""How much there is on the shelf."""

from __future__ import annotations

from dataclasses import dataclass

from rag.store.database import Connection


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much there is; `records` counts a paper once for every source that has it."""

    papers: int
    pending: int
    records: int
    passages: int
    by_source: tuple[tuple[str, int], ...]
    by_year: tuple[tuple[int | None, int], ...]
    by_organization: tuple[tuple[str, int], ...]


def statistics(db: Connection) -> Statistics:
    return Statistics(
        papers=_number(db, "SELECT count(*) FROM papers WHERE state <> 'removing'"),
        pending=_number(db, "SELECT count(*) FROM papers WHERE state = 'pending'"),
        records=_number(db, "SELECT count(*) FROM records"),
        passages=_number(db, "SELECT count(*) FROM passages"),
        by_source=tuple(
            db.execute("SELECT source, count(*) FROM records GROUP BY source ORDER BY min(arrival)")
        ),
        by_year=tuple(
            db.execute(
                "SELECT year, count(*) FROM papers WHERE state <> 'removing' "
                "GROUP BY year ORDER BY year DESC NULLS LAST"
            )
        ),
        by_organization=tuple(
            db.execute(
                "SELECT min(organization), count(*) AS papers FROM papers "
                "WHERE state <> 'removing' AND organization IS NOT NULL "
                "GROUP BY organization_key ORDER BY papers DESC, organization_key"
            )
        ),
    )


def _number(db: Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])
