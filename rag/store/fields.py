"""The fields of the lexical index, and whether one on disk was made with others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

from rag.store.named import Bearing

TEXT_FIELDS = ("title", "abstract", "names")
NAME_FIELDS: tuple[Bearing, ...] = get_args(Bearing)  # keys of a paper's names, each in one of them
SPELT = "spelt_1"  # all but the used ones; to be renumbered when names are told anew
ALL = {"id", *TEXT_FIELDS, *NAME_FIELDS, SPELT}


def is_outdated(index: Path) -> bool:
    """Whether an index, sound as far as can be seen, lacks fields or has others."""
    try:
        described = json.loads((index / "meta.json").read_bytes())
        return {field["name"] for field in described["schema"]} != ALL
    except (OSError, ValueError, TypeError, KeyError):
        return False  # there is none, or it is damaged, which opening it tells
