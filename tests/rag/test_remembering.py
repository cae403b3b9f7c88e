"""What was asked before is answered from memory, and never otherwise than the engine would."""

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_by import PAPERS

from rag.build import build
from rag.chunking import NAME as CHUNKING
from rag.config import Settings
from rag.engine import Engine
from rag.errors import ConfigError, QuestionError
from rag.ingest import add, index_pending
from rag.remembering.answers import Remembering
from rag.remembering.memory import Key, Memory, weight
from rag.store.shelf import Shelf
from rag.types import (
    Answer,
    Citation,
    Completed,
    Delta,
    Hit,
    Passage,
    Record,
    Retrieved,
    Scope,
    Span,
    Turn,
)

QUESTION = "How many otters are there?"
HITS = tuple(
    Hit(paper, Passage(f"{paper.id}#0", paper.id, paper.abstract, Span(0, 1)), 0.9)
    for paper in PAPERS
)


class Engines:
    """Makes an answer of two deltas and counts; waits before the second until it may go on."""

    def __init__(self, **answer):
        self.answer = answer
        self.made = self.ended = self.closed = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.error = None

    async def stream(self, question, history=(), scope=Scope()):
        self.made += 1
        cited = (Citation(1, PAPERS[0], Span(0, 4)),)
        try:
            yield Retrieved(HITS)
            yield Delta("There are ")
            await self.go_on.wait()
            if self.error:
                raise self.error
            yield Delta(f"{self.made} [1].", cited)
            answer = Answer(question.strip(), f"There are {self.made} [1].", cited, retrieved=HITS)
            yield Completed(replace(answer, **self.answer))
            self.ended += 1
        finally:
            self.closed += 1

    async def search(self, question, *, scope=Scope(), limit=10):
        self.made += 1
        return list(HITS)


class Standing:
    """A shelf of which nothing is known but that it stands as it is, until it does not."""

    version = 0


class Calendar:
    def __init__(self):
        self.day = date(2024, 5, 17)

    def __call__(self):
        return self.day


@pytest.fixture
def engine():
    return Engines()


@pytest.fixture
def shelf():
    return Standing()


@pytest.fixture
def remembering(engine, shelf):
    return Remembering(engine, shelf, Memory(10))


async def told(remembering, question=QUESTION, *rest):
    return [one async for one in remembering.stream(question, *rest)]


def untimed(events):
    last = events[-1]
    return [*events[:-1], Completed(replace(last.answer, timings=()))]


async def test_who_asks_again_is_told_the_same_and_nothing_is_made_anew(engine, remembering):
    first = await told(remembering)
    again = await told(remembering)

    assert untimed(again) == untimed(first)
    assert engine.made == 1


async def test_stream_and_answer_are_the_same_in_memory_too(engine, remembering):
    first = await remembering.ask(QUESTION)
    again = await remembering.ask(QUESTION)
    events = await told(remembering)

    assert "".join(one.text for one in events if isinstance(one, Delta)) == again.text
    assert replace(again, timings=()) == first
    assert engine.made == 1


async def test_an_answer_from_memory_says_so_and_does_not_boast_the_times_of_the_first(remembering):
    await remembering.ask(QUESTION)
    again = await remembering.ask(QUESTION)

    assert [one.stage for one in again.timings] == ["remember"]


async def test_blanks_make_no_other_question_and_everybody_gets_their_own_back(engine, remembering):
    await remembering.ask("How many\n otters?")
    again = await remembering.ask("  How many otters? ")

    assert engine.made == 1
    assert again.question == "How many otters?"


@pytest.mark.parametrize(
    "other",
    [
        ("How many Otters are there?",),
        (QUESTION, [Turn("user", "Hello")]),
        (QUESTION, (), Scope(source="a.json")),
    ],
    ids=["spelling", "history", "scope"],
)
async def test_another_question_history_or_scope_is_made_anew(engine, remembering, other):
    await told(remembering)
    await told(remembering, *other)

    assert engine.made == 2


async def test_lists_and_tuples_of_turns_are_one_history(engine, remembering):
    turns = [Turn("user", "Hello"), Turn("assistant", "Hello.")]
    await told(remembering, QUESTION, turns)
    await told(remembering, QUESTION, tuple(turns))

    assert engine.made == 1


async def test_searching_is_the_engines(engine, remembering):
    assert await remembering.search(QUESTION) == list(HITS)
    assert await remembering.search(QUESTION) == list(HITS)
    assert engine.made == 2


@pytest.mark.parametrize("answer", [{"model": "a-model"}, {"failure": "It broke off."}])
async def test_what_a_model_wrote_or_failed_to_is_never_kept(shelf, answer):
    engine = Engines(**answer)
    remembering = Remembering(engine, shelf, Memory(10))

    await told(remembering)
    await told(remembering)

    assert engine.made == 2


async def test_an_error_is_raised_and_not_kept(engine, remembering):
    engine.error = QuestionError("No.")
    with pytest.raises(QuestionError, match=r"No\."):
        await told(remembering)

    engine.error = None
    assert isinstance((await told(remembering))[-1], Completed)
    assert engine.made == 2


async def test_an_answer_of_yesterday_is_made_anew_because_questions_speak_of_last_month(
    engine, shelf
):
    today = Calendar()
    remembering = Remembering(engine, shelf, Memory(10), today)
    await told(remembering)
    today.day = date(2024, 5, 18)
    await told(remembering)

    assert engine.made == 2


async def test_after_a_change_of_the_shelf_everything_is_made_anew(engine, shelf, remembering):
    await told(remembering)
    shelf.version += 1
    await told(remembering)

    assert engine.made == 2


async def test_what_was_begun_before_a_change_is_neither_kept_nor_joined_after_it(
    engine, shelf, remembering
):
    engine.go_on.clear()
    before = asyncio.create_task(told(remembering))
    await asyncio.sleep(0.01)
    shelf.version += 1
    after = asyncio.create_task(told(remembering))
    await asyncio.sleep(0.01)
    assert engine.made == 2

    engine.go_on.set()
    await asyncio.gather(before, after)
    shelf.version -= 1
    await told(remembering)
    assert engine.made == 3


async def test_all_who_ask_the_same_at_once_share_one_answer(engine, remembering):
    engine.go_on.clear()
    asking = [asyncio.create_task(told(remembering)) for _ in range(20)]
    await asyncio.sleep(0.01)
    engine.go_on.set()
    first, *others = await asyncio.gather(*asking)

    assert engine.made == 1
    assert all(other == first for other in others)
    assert isinstance(first[-1], Completed)


async def test_who_joins_late_is_told_from_the_beginning(engine, remembering):
    engine.go_on.clear()
    async with aclosing(remembering.stream(QUESTION)) as early:
        assert await anext(early) == Retrieved(HITS)
        assert await anext(early) == Delta("There are ")
        late = asyncio.create_task(told(remembering))
        await asyncio.sleep(0.01)
        engine.go_on.set()
        rest = [one async for one in early]

    assert (await late)[2:] == rest
    assert engine.made == 1


@pytest.mark.parametrize("leaver", [0, 1])
async def test_one_who_leaves_takes_the_answer_from_nobody(engine, remembering, leaver):
    engine.go_on.clear()
    asking = [asyncio.create_task(told(remembering)) for _ in range(2)]
    await asyncio.sleep(0.01)
    asking[leaver].cancel()
    await asyncio.wait({asking[leaver]})
    engine.go_on.set()
    events = await asking[1 - leaver]

    assert isinstance(events[-1], Completed)
    assert (engine.made, engine.ended) == (1, 1)


async def test_when_the_last_has_left_the_engine_stops_and_the_next_begins_anew(
    engine, remembering
):
    engine.go_on.clear()
    for _ in range(2):
        async with aclosing(remembering.stream(QUESTION)) as events:
            await anext(events)
    assert (engine.made, engine.ended, engine.closed) == (2, 0, 2)

    engine.go_on.set()
    assert isinstance((await told(remembering))[-1], Completed)


async def test_who_leaves_with_the_end_in_hand_leaves_the_answer_to_others(engine, remembering):
    async for event in remembering.stream(QUESTION):
        if isinstance(event, Completed):
            break
    await told(remembering)

    assert engine.made == 1


async def test_an_error_reaches_all_who_share_the_answer(engine, remembering):
    engine.go_on.clear()
    engine.error = QuestionError("No.")
    asking = [asyncio.create_task(told(remembering)) for _ in range(3)]
    await asyncio.sleep(0.01)
    engine.go_on.set()

    results = await asyncio.gather(*asking, return_exceptions=True)

    assert [type(one) for one in results] == [QuestionError] * 3


def test_each_event_loop_makes_its_own_and_all_remember_together(engine, remembering):
    for _ in range(2):
        asyncio.run(told(remembering))

    assert engine.made == 1


def events_of(letters):
    return (Completed(Answer("Why?", "x" * letters)),)


def key(question, state=0):
    return Key(state, question)


def test_what_was_asked_for_longest_ago_is_forgotten_first():
    memory = Memory(2)
    for question in ("a", "b"):
        memory.keep(key(question), events_of(1))
    memory.recall(key("a"))
    memory.keep(key("c"), events_of(1))

    assert [bool(memory.recall(key(one))) for one in "abc"] == [True, False, True]


def test_what_takes_more_room_than_there_is_is_not_kept():
    memory = Memory(10, most_bytes=5000)
    memory.keep(key("a"), events_of(100))
    memory.keep(key("b"), events_of(10_000))

    assert len(memory) == 0
    memory.keep(key("a"), events_of(100))
    assert memory.recall(key("a"))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2000)), max_size=40))
def test_memory_never_holds_more_than_it_may(kept):
    memory = Memory(5, most_bytes=6000)
    for number, letters in kept:
        memory.keep(key(str(number)), events_of(letters))
        left = [key(str(one)) for one in range(10) if memory.recall(key(str(one)))]

        assert len(left) == len(memory) <= 5
        assert sum(weight((one, memory.recall(one))) for one in left) <= 6000


def test_a_history_counts_as_well():
    long = Key(0, "Why?", (Turn("user", "x" * 10_000),))
    memory = Memory(10, most_bytes=5000)
    memory.keep(long, events_of(1))

    assert memory.recall(long) is None


def test_a_paper_that_stands_in_an_answer_many_times_weighs_once():
    paper = replace(PAPERS[0], abstract="x" * 10_000)
    once = Completed(Answer("Why?", "", (Citation(1, paper, None),)))
    often = Completed(Answer("Why?", "", (Citation(1, paper, None),) * 20))

    assert 10_000 < weight(once) <= weight(often) < 12_000


def test_of_a_state_that_is_over_nothing_is_left():
    memory = Memory(10)
    memory.keep(key("a", state=0), events_of(1))
    memory.keep(key("b", state=1), events_of(1))

    assert len(memory) == 1
    assert memory.recall(key("a", state=0)) is None


OTTERS = {"title": "Counting Otters", "abstract": "We count otters. There are 1,204 otters."}
BEES = {"title": "Counting Bees", "abstract": "We count bees. There are 90 bees."}


def shelved(tmp_path, entries, built):
    file = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
    file.write_text(json.dumps(entries))
    return add([str(file)], built.shelf, built.encoder, lambda _: None)


async def titles(built):
    events = await told(built.answering, "How many animals are counted?")
    return sorted(hit.paper.title for hit in events[0].hits)


async def test_a_shelf_that_has_grown_shrunk_or_been_embedded_anew_is_asked_anew(tmp_path, empty):
    assert empty.remembering
    assert (await empty.answering.ask("How many papers are there?")).refusal
    shelved(tmp_path, [OTTERS], empty)
    assert await titles(empty) == ["Counting Otters"]
    assert "1" in (await empty.answering.ask("How many papers are there?")).text

    shelved(tmp_path, [BEES], empty)
    assert await titles(empty) == ["Counting Bees", "Counting Otters"]

    [bees] = [paper for paper in empty.shelf.find() if paper.title == "Counting Bees"]
    empty.shelf.remove([bees.id])
    assert await titles(empty) == ["Counting Otters"]

    shelved(tmp_path, [{**OTTERS, "abstract": "There are 7 otters, not more."}], empty)
    [hit] = (await told(empty.answering, "How many animals are counted?"))[0].hits
    assert hit.paper == empty.shelf.find()[0]

    empty.shelf.reset_encoder(empty.encoder.name, empty.encoder.dimension, chunking=CHUNKING)
    assert (await empty.answering.ask("How many animals are counted?")).refusal
    index_pending(empty.shelf, empty.encoder, lambda _: None)
    assert await titles(empty) == ["Counting Otters"]


CHANGES = {
    "stage": lambda shelf: shelf.stage("a.json", [Record("Otters", "Otters swim.")]),
    "index": lambda shelf: shelf.index([], [], []),
    "remove": lambda shelf: shelf.remove([]),
    "reset": lambda shelf: shelf.reset_encoder("hashing", 32),
    "mend": lambda shelf: shelf.mend(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_of_the_shelf_gives_it_another_version(tmp_path, hashing, change):
    with Shelf.open(tmp_path / "home", encoder_name=hashing.name, dimension=32) as shelf:
        before = shelf.version
        change(shelf)

        assert shelf.version > before


def test_while_a_change_goes_on_the_version_is_neither_the_old_nor_the_new(tmp_path, hashing):
    with Shelf.open(tmp_path / "home", encoder_name=hashing.name, dimension=32) as shelf:
        seen = []

        def records():
            seen.append(shelf.version)
            yield Record("Otters", "Otters swim.")

        before = shelf.version
        shelf.stage("a.json", records())

        assert before < seen[0] < shelf.version


def test_looking_papers_up_changes_no_version(application):
    before = application.shelf.version
    application.shelf.find()
    application.retriever.search("How does BERT read?", "BERT read")
    application.shelf.check()

    assert application.shelf.version == before


@pytest.mark.parametrize(
    "settings", [{"remember": 0}, {"llm": "scripted:replies.jsonl"}], ids=["off", "with a model"]
)
def test_nothing_is_remembered_where_that_is_not_wanted(tmp_path, home_with_graphs, settings):
    (tmp_path / "replies.jsonl").write_text('{"reply": "Yes."}\n')
    with build(Settings(home=home_with_graphs(tmp_path / "home"), **settings)) as built:
        assert isinstance(built.answering, Engine)


def test_what_is_measured_is_made_anew_each_time(application):
    assert isinstance(application.engine, Engine)
    assert isinstance(application.answering, Remembering)


def test_fewer_than_no_answers_cannot_be_remembered(monkeypatch):
    from rag.config import load_settings

    monkeypatch.setenv("FOOTNOTE_REMEMBER", "-1")

    with pytest.raises(ConfigError, match="FOOTNOTE_REMEMBER is wrong"):
        load_settings()
