"""Search wider and wider until enough of what is found is allowed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

GROWTH = 4


def sifted(
    search: Callable[[int], list[tuple[str, float]]],
    allowed: Callable[[Iterable[str]], Collection[str]],
    limit: int,
    *,
    width: int,
) -> list[tuple[str, float]]:
    """The best `limit` hits that are allowed; at first, `width` hits are looked at."""
    while True:
        hits = search(width)
        good = allowed(hit[0] for hit in hits)
        kept = [hit for hit in hits if hit[0] in good]
        if len(kept) >= limit or len(hits) < width:
            return kept[:limit]
        width *= GROWTH
