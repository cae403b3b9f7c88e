"""The verifier of a server, asked over its API."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Paper, Verdict
from ui.remote.connection import Connection
from ui.remote.shapes import read, read_list


class RemoteVerifier:
    """Checks as `rag.answering.verification.Verifier` does; may be asked from several threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def check(self, sentence: str, papers: Sequence[Paper]) -> list[Verdict]:
        """One verdict a paper, in order; the papers need not be on the server's shelf."""
        asked = [
            {"sentence": sentence, "abstract": paper.abstract, "title": paper.title}
            for paper in papers
        ]
        shown = self._connection.call("POST", "/check", {"sentences": asked})
        return [read(Verdict, one) for one in read_list(shown, "verdicts")]
