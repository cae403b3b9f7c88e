"""What a measurement was made with, to be told where it differs from that of a baseline."""

from __future__ import annotations

from dataclasses import dataclass, fields
from importlib.metadata import version

from rag.chunking import NAME as CHUNKING
from rag.config import Settings
from rag.models.encoder_choice import encoder_for
from rag.models.judge import CHECKSUM

SHORT = 12  # digits of a checksum


@dataclass(frozen=True, slots=True)
class Conditions:
    """The parts that make a difference; `llm` is empty where no language model writes."""

    version: str
    encoder: str
    judge: str
    chunking: str
    llm: str

    def differing(self, other: Conditions) -> tuple[tuple[str, str, str], ...]:
        """The parts that are not the same: their names, what they are here, and what there."""
        pairs = ((one.name, getattr(self, one.name), getattr(other, one.name)) for one in PARTS)
        return tuple(pair for pair in pairs if pair[1] != pair[2])


# A version alone changes nothing, and is in every release another.
PARTS = tuple(one for one in fields(Conditions) if one.name != "version")


def conditions(settings: Settings) -> Conditions:
    """What a measurement with these settings is made with."""
    return Conditions(
        version=version("footnote"),
        encoder=encoder_for(settings).name,
        judge=CHECKSUM[:SHORT],
        chunking=CHUNKING,
        llm=settings.llm,
    )
