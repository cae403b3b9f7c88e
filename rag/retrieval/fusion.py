"""One score from three: dense, lexical and late interaction, on scales of their own.

A name of the question that is a paper's own adds to them.

The scales are absolute, not stretched over what happened to be found: BM25 saturates as
b / (b + k), so a question that shares no rare word with the shelf leaves the word to the vectors.
"""

from __future__ import annotations

from dataclasses import dataclass

DENSE = 1.0
LEXICAL = 0.5
LATE = 2.0
NAMED = 1.0
HALF_LEXICAL = 30.0  # the BM25 score that counts half


@dataclass(frozen=True, slots=True)
class Scores:
    """What the searches say of one paper; `lexical` is a BM25 score, `dense` and `late` cosines.

    `named`, 0 to 1, is how surely the question names the paper.
    """

    dense: float
    lexical: float
    late: float
    named: float = 0.0

    @property
    def score(self) -> float:
        """0 to 1."""
        lexical = self.lexical / (self.lexical + HALF_LEXICAL)
        total = DENSE * self.dense + LEXICAL * lexical + LATE * self.late
        total += NAMED * self.named
        return min(1.0, max(0.0, total / (DENSE + LEXICAL + LATE)))
