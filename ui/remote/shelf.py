"""The shelf of a server, looked at over its API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from rag.errors import PaperNotFoundError
from rag.types import Paper, Scope
from ui.remote.connection import Connection
from ui.remote.shapes import page_fields, read, read_list

if TYPE_CHECKING:
    from rag.store.counting import Statistics
    from rag.store.scoping import Sort

PAGE: Final = 200  # papers
IDS: Final = 100


class RemoteShelf:
    """What `rag.store.shelf.Shelf` is asked by a command."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def statistics(self) -> Statistics:
        from rag.store.counting import Statistics

        return read(Statistics, self._connection.call("GET", "/stats")["shelf"])

    def embedding(self) -> str | None:
        """What it was embedded with, to be shown."""
        shown = self._connection.call("GET", "/stats")["embedding"]
        return None if shown is None else str(shown)

    def find(
        self,
        scope: Scope = Scope(),
        *,
        sort: Sort = "added",
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Paper]:
        """The ready papers within `scope`."""
        found: list[Paper] = []
        while limit is None or len(found) < limit:
            wanted = PAGE if limit is None else min(PAGE, limit - len(found))
            place = {"sort": sort, "limit": wanted, "offset": offset + len(found)}
            page = self._page(page_fields(scope) | place)
            found += page
            if len(page) < wanted:
                break
        return found

    def count(self, scope: Scope = Scope()) -> int:
        """How many papers `find` would give without a limit."""
        asked = page_fields(scope) | {"limit": 1}
        return int(self._connection.call("GET", "/papers", params=asked)["total"])

    def resolve(self, text: str) -> Paper:
        """The paper that a person means by an id, its beginning, an identifier or a title."""
        asked = {"name": text}
        return read(Paper, self._connection.call("GET", "/papers/meant", params=asked))

    def papers(self, ids: Sequence[str]) -> list[Paper]:
        """The ready ones of these papers, in the order asked for."""
        found: dict[str, Paper] = {}
        for begin in range(0, len(ids), IDS):
            few = list(ids[begin : begin + IDS])
            found |= {paper.id: paper for paper in self._page({"id": few, "limit": len(few)})}
        return [found[one] for one in ids if one in found]

    def remove(self, ids: Iterable[str]) -> list[str]:
        """Removes papers for good; returns the ids of those that there were."""
        return [one for one in ids if self._is_removed(one)]

    def _is_removed(self, paper_id: str) -> bool:
        with suppress(PaperNotFoundError):
            self._connection.call("DELETE", f"/papers/{quote(paper_id, safe='')}")
            return True
        return False

    def _page(self, asked: dict[str, object]) -> list[Paper]:
        shown = self._connection.call("GET", "/papers", params=asked)
        return [read(Paper, one) for one in read_list(shown, "papers")]
