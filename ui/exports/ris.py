"""The cited papers as RIS, by rispy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.types import Published
from ui.exports.works import Kind, Work

TYPES: Mapping[Kind, str] = {"preprint": "UNPB", "article": "JOUR", "other": "GEN"}


def written(works: Sequence[Work]) -> str:
    """A `.ris` file: a record a paper, of the tags that are known."""
    from rispy import RisWriter, dumps

    class Plain(RisWriter):  # type: ignore[misc]  # rispy is not typed
        """Records without numbers before them, which the format does not have."""

        def set_header(self, count: int) -> str:
            return ""

    return str(dumps([_record(work) for work in works], implementation=Plain))


def _record(work: Work) -> dict[str, str | list[str]]:
    record: dict[str, str | list[str]] = {
        "type_of_reference": TYPES[work.kind],
        "id": work.key,
        "title": work.title,
        "authors": [name.last_first for name in work.authors],
        "year": str(work.published.year) if work.published else "",
        "date": _date(work.published),
        "abstract": work.abstract,
        "doi": work.doi,
        "accession_number": _accession(work),
        "urls": [work.url] if work.url else [],
    }
    return {name: value for name, value in record.items() if value}


def _date(published: Published | None) -> str:
    """`2025/10/24`; parts that are not known are left empty, as the format has it."""
    if published is None or not published.month:
        return ""
    day = f"{published.day:02}" if published.day else ""
    return f"{published.year:04}/{published.month:02}/{day}"


def _accession(work: Work) -> str:
    if work.arxiv:
        return f"arXiv:{work.arxiv}"
    return f"PMID:{work.pmid}" if work.pmid else ""
