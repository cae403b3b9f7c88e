"""The cited papers as CSL-JSON, after the schema of the Citation Style Language 1.0.2."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from rag.types import Published
from ui.exports.names import Name
from ui.exports.works import Kind, Work

TYPES: Mapping[Kind, str] = {
    "preprint": "article",
    "article": "article-journal",
    "other": "document",
}


def written(works: Sequence[Work]) -> str:
    """A list of items, one a paper."""
    return json.dumps([_item(work) for work in works], ensure_ascii=False, indent=2) + "\n"


def _item(work: Work) -> dict[str, object]:
    item = {
        "id": work.key,
        "type": TYPES[work.kind],
        "title": work.title,
        "author": [_name(name) for name in work.authors],
        "issued": _date(work.published),
        "publisher": "arXiv" if work.kind == "preprint" else "",
        "number": f"arXiv:{work.arxiv}" if work.arxiv else "",
        "DOI": work.doi,
        "PMID": work.pmid,
        "URL": work.url,
        "abstract": work.abstract,
    }
    return {name: value for name, value in item.items() if value}


def _name(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": name.literal}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: value for part, value in parts.items() if value}


def _date(published: Published | None) -> dict[str, list[list[int]]]:
    """Only the parts that are known, the year first."""
    if published is None or published.year is None:
        return {}
    month, day = published.month, published.day
    parts = [published.year, *([month] if month else []), *([day] if month and day else [])]
    return {"date-parts": [parts]}
