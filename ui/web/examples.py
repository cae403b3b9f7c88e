"""Example questions that this very shelf answers: made of its titles, then really asked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from rag.language.latex import readable
from rag.types import Answer, Paper
from ui.server import incidents
from ui.server.services import Library, Services
from ui.web import texts

SHOWN = 4
LOOKED_AT = 60  # papers
TRIED = 24  # questions
LONGEST = 90  # characters, so that a question is one or two lines
_NAMED = re.compile(r"([^\s:][^:]{1,38}):\s+\S")
_PLAIN_NAME = re.compile(r"\w[\w.+-]*")
_RESULT = re.compile(r"\d(?:\.\d+)?\s*%|\d+(?:\.\d+)?x\b|accuracy|outperform|error", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be shown, its kind, and the paper that it is about if it is about one."""

    kind: str
    question: str
    paper_id: str

    def repeats(self, others: Sequence[Candidate]) -> bool:
        return any(self.paper_id == one.paper_id for one in others)

    def adds_to(self, others: Sequence[Candidate]) -> bool:
        """Whether it is of another kind and about another paper than all these."""
        return not self.repeats(others) and all(self.kind != one.kind for one in others)


class Examples:
    """Chosen once for each state of the shelf; asking them warms the models as well."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._choosing = asyncio.Lock()
        self._chosen: dict[object, tuple[str, ...]] = {}

    async def chosen(self) -> tuple[str, ...]:
        """Four at most, none on an empty shelf; chosen now where that has not been done."""
        shelf = self._services.shelf
        async with self._choosing:
            state = await asyncio.to_thread(shelf.statistics)
            if state not in self._chosen:
                self._chosen = {state: await self._choose(shelf)}
            return self._chosen[state]

    async def _choose(self, shelf: Library) -> tuple[str, ...]:
        newest = await asyncio.to_thread(shelf.find, sort="published", limit=LOOKED_AT)
        candidates = list(_candidates(newest))
        kept: list[Candidate] = []
        tried = 0
        while len(kept) < SHOWN and tried < TRIED and candidates:
            candidate = next((one for one in candidates if one.adds_to(kept)), candidates[0])
            candidates.remove(candidate)
            if candidate.repeats(kept):
                continue
            tried += 1
            if await self._is_answered(candidate):
                kept.append(candidate)
        return tuple(one.question for one in kept)

    async def _is_answered(self, candidate: Candidate) -> bool:
        try:
            answer = await self._services.engine.ask(candidate.question)
        except Exception as error:  # noqa: BLE001  (without examples the chat is still a chat)
            incidents.note(error)
            return False
        return _answers(answer, candidate.paper_id)


def _answers(answer: Answer, paper_id: str) -> bool:
    """Whether it is an answer, and the paper asked about is what it cites first."""
    if answer.refusal or not answer.citations:
        return False
    return not paper_id or answer.citations[0].paper.id == paper_id


def _candidates(papers: Sequence[Paper]) -> Iterator[Candidate]:
    """Kinds in turn, each beginning at another paper; those to prefer come first."""
    named = [(name, paper) for paper in papers if (name := _name(paper))]
    measured = [(name, paper) for name, paper in named if _RESULT.search(paper.abstract)]
    rows = zip_longest(
        _asking(texts.ASK_WHAT, named),
        _asking(texts.ASK_HOW, named[2:] + named[:2]),
        _asking(texts.ASK_RESULTS, measured[4:] + measured[:4]),
        [Candidate("record", question, "") for question in texts.ASK_RECORDS],
    )
    in_turn = (one for row in rows for one in row if one)
    # Where papers name nothing of their own there are still their titles.
    about = _asking(texts.ASK_ABOUT, [(readable(one.title), one) for one in papers])
    return (one for one in chain(in_turn, about) if len(one.question) <= LONGEST)


def _asking(template: str, named: Sequence[tuple[str, Paper]]) -> list[Candidate]:
    return [Candidate(template, template.format(name=name), paper.id) for name, paper in named]


def _name(paper: Paper) -> str:
    """What a paper calls its own, as in "LoRA: Low-Rank Adaptation"; empty where it has none."""
    found = _NAMED.match(readable(paper.title))
    name = found[1].strip() if found else ""
    return name if _PLAIN_NAME.fullmatch(name) else ""
