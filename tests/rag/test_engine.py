"""The engine over a real shelf with the real models: events, citations, refusals, concurrency."""

import asyncio
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written_by import PAPERS, QUESTION, SMOOTH, Model, Shelf, engine_with, reading

from rag.answering.closing import NO_MODEL
from rag.answering.extractive import quoted
from rag.engine import LONGEST_QUESTION, Engine
from rag.errors import ChatError, QuestionError
from rag.language.sentences import sentences
from rag.types import Completed, Delta, Published, Retrieved, Scope, Turn

MARKER = re.compile(r"\[(\d+)\]")
FACT = "How does FlashAttention save memory?"
QUESTIONS = (
    FACT,
    "How many otters did RiverWatch find in Scotland?",
    "How are otters counted?",
    "What does RiverWatch cost and how long does it run?",
    "which batch of examples makes Adam need a bias correction",
    "What F1 does BERT reach on SQuAD?",
    "BERT or Adam: who is older, and how many layers does BERT-Large have?",
    "Which papers quantise language models?",
    "Compare GPTQ, AWQ and LLM.int8().",
    "What approaches are there to save GPU memory?",
    "How does U-Net separate touching cells?",
    "What is the vocabulary size of BERT's tokenizer?",
    "How do graph networks forecast floods?",
    "What is the population of Mongolia?",
    "Does it work?",
    "the of and",
    "???",
    "[1]",
    "Who wrote the Adam paper?",
    "Which papers are from 2022?",
    "What is the newest paper?",
)


class DoubtfulReader:
    """A judge who sees no answer anywhere."""

    def __init__(self, answerable=-3.0):
        self.answerable = answerable

    def read(self, question, papers, spans):
        return [reading(len(of_one), self.answerable) for of_one in spans]


async def collect(engine, question, history=(), scope=Scope()):
    return [event async for event in engine.stream(question, history, scope)]


def check(events):
    """What holds for every answer that is not small talk; returns it."""
    retrieved, *deltas, completed = events
    assert isinstance(retrieved, Retrieved)
    assert all(isinstance(delta, Delta) and delta.text for delta in deltas)
    assert isinstance(completed, Completed)
    answer = completed.answer
    assert "".join(delta.text for delta in deltas) == answer.text
    assert [one for delta in deltas for one in delta.citations] == list(answer.citations)
    assert retrieved.hits == answer.retrieved
    assert bool(answer.citations) is not bool(answer.refusal)
    check_citations(answer)
    return answer


def check_citations(answer):
    numbers = [citation.number for citation in answer.citations]
    assert [int(number) for number in MARKER.findall(answer.text)] == numbers
    assert list(dict.fromkeys(numbers)) == list(range(1, len(set(numbers)) + 1))
    assert len({(c.number, c.paper.id) for c in answer.citations}) == len(set(numbers))
    found = {hit.paper.id for hit in answer.retrieved}
    for citation in answer.citations:
        assert citation.paper.id in found
        if citation.span is not None:
            assert citation.span in sentences(citation.paper.abstract)
            assert f" {quoted(citation.sentence)} [{citation.number}]" in answer.text


@pytest.mark.parametrize("question", QUESTIONS)
async def test_events_come_in_order_and_every_marker_belongs_to_its_citation(engine, question):
    answer = check(await collect(engine, question))

    assert answer.question == question
    assert len({hit.paper.id for hit in answer.retrieved}) == len(answer.retrieved)


async def test_asking_gives_what_the_stream_ends_with(engine):
    *_, completed = await collect(engine, FACT)
    answer = await engine.ask(FACT)

    assert (answer.text, answer.citations) == (completed.answer.text, completed.answer.citations)


async def test_a_fact_is_answered_from_the_paper_that_has_it(engine, paper_titled):
    answer = await engine.ask(FACT)

    assert answer.citations[0].paper == paper_titled("FlashAttention")
    assert answer.retrieved[0].paper == paper_titled("FlashAttention")
    assert not answer.refusal


async def test_an_answer_says_how_long_each_stage_took(engine):
    answer = await engine.ask(FACT)

    assert len({timing.stage for timing in answer.timings}) == len(answer.timings) > 0
    assert all(timing.seconds >= 0 for timing in answer.timings)


async def test_brackets_and_latex_of_a_paper_are_shown_so_that_only_ours_are_markers(engine):
    answer = check(await collect(engine, "How many otters did RiverWatch find in Scotland?"))

    assert "RiverWatch found 1,204 otters (7) along 310 km of river in Scotland. [1]" in answer.text
    assert "**Counting Otters (1) along Rivers**" in answer.text


async def test_a_question_for_several_papers_cites_several(engine, paper_titled):
    answer = check(await collect(engine, "Which papers compress language models to 4 bits?"))

    cited = {citation.paper.id for citation in answer.citations}
    assert cited >= {paper_titled("GPTQ").id, paper_titled("AWQ").id}
    assert answer.text.startswith("- **")


@pytest.mark.parametrize(
    "question",
    [
        "What is the population of Mongolia?",
        "Why does the Swin Transformer shift its windows between layers?",
        "How long do I have to boil an egg?",
    ],
)
async def test_what_the_shelf_cannot_answer_is_refused_with_a_reason(engine, question):
    answer = check(await collect(engine, question))

    assert answer.refusal
    assert answer.text == answer.refusal.reason
    assert len(answer.refusal.nearest) <= 3
    assert answer.citations == ()


async def test_small_talk_is_answered_without_a_search(engine):
    delta, completed = await collect(engine, "Hello!")

    assert isinstance(delta, Delta)
    assert completed.answer.text == delta.text
    assert (completed.answer.citations, completed.answer.retrieved) == ((), ())
    assert completed.answer.refusal is None


async def test_a_follow_up_goes_on_with_the_paper_before(engine, paper_titled):
    first = await engine.ask("What does BERT-Large score on GLUE?")
    history = [Turn("user", first.question), Turn("assistant", first.text)]

    answer = check(await collect(engine, "And on SQuAD?", history))

    assert answer.citations[0].paper == paper_titled("BERT")
    assert "SQuAD" in answer.text
    assert answer.question == "And on SQuAD?"


async def test_a_question_that_stands_alone_does_not_mind_the_history(engine):
    history = [Turn("user", "What do otters eat?"), Turn("assistant", "Fish [1].")]

    assert (await engine.ask(FACT, history)).text == (await engine.ask(FACT)).text


async def test_nothing_outside_the_scope_is_retrieved_or_cited(engine, paper_titled):
    bert = paper_titled("BERT")

    answer = check(await collect(engine, FACT, scope=Scope(paper_ids=(bert.id,))))

    assert {hit.paper.id for hit in answer.retrieved} == {bert.id}
    assert {citation.paper.id for citation in answer.citations} <= {bert.id}


@pytest.mark.parametrize(
    "scope",
    [
        Scope(since=Published(2000)),
        Scope(until=Published(2999, 1)),
        Scope(since=Published(2022, 6), until=Published(2024)),
    ],
)
async def test_a_scope_and_the_dates_of_a_question_hold_both(engine, scope):
    alone = await engine.ask("Which papers are from 2022?")

    answer = check(await collect(engine, "Which papers are from 2022?", scope=scope))

    inside = {
        citation.paper.id
        for citation in alone.citations
        if scope.since != Published(2022, 6) or citation.paper.published.month >= 6
    }
    assert {citation.paper.published.year for citation in answer.citations} == {2022}
    assert {citation.paper.id for citation in answer.citations} == inside


async def test_a_scope_without_papers_is_refused(engine):
    answer = check(await collect(engine, FACT, scope=Scope(since=Published(2999))))

    assert answer.refusal.kind == "not-on-shelf"
    assert answer.retrieved == ()


@pytest.mark.parametrize("question", [FACT, "Which papers are from 2022?", "???"])
async def test_an_empty_shelf_is_refused(empty, question):
    answer = check(await collect(empty.engine, question))

    assert answer.refusal.kind in ("empty-shelf", "not-on-shelf")
    assert (answer.retrieved, answer.citations, answer.refusal.nearest) == ((), (), ())


async def test_an_empty_shelf_is_told_from_one_without_an_answer(empty):
    assert (await empty.engine.ask(FACT)).refusal.kind == "empty-shelf"


async def test_an_empty_shelf_is_polite(empty):
    assert (await empty.engine.ask("hi")).refusal is None


@pytest.mark.parametrize("question", ["", "  \n\t", "x" * (LONGEST_QUESTION + 1)])
async def test_a_question_that_cannot_be_asked_is_an_error_in_stream_and_search(engine, question):
    with pytest.raises(QuestionError, match="The question"):
        await collect(engine, question)
    with pytest.raises(QuestionError, match="The question"):
        await engine.ask(question)
    with pytest.raises(QuestionError, match="The question"):
        await engine.search(question)


@pytest.mark.parametrize(
    "question",
    [
        "word " * (LONGEST_QUESTION // 5),
        "x" * LONGEST_QUESTION,
        "How does it work? " * 200,
        "half a character \ud83d",
        "\x00",
        "😀" * 100,
        '"; DROP TABLE papers; --',
        "title:otters AND (rivers OR \\",
        "**bold** <script> $x$ \\emph{y}",
    ],
)
async def test_any_other_question_is_answered_or_refused(engine, question):
    answer = check(await collect(engine, question))

    assert answer.text.encode()


async def test_blanks_around_a_question_do_not_count(engine):
    assert (await engine.ask(f"  {FACT}\n")).question == FACT


async def test_ten_questions_at_once_are_answered_each_as_the_same_one_beside_it(engine):
    questions = [*QUESTIONS[:5], *QUESTIONS[:5]]

    together = await asyncio.gather(*(collect(engine, question) for question in questions))
    answers = [check(events) for events in together]

    assert [answer.question for answer in answers] == questions
    for one, other in zip(answers[:5], answers[5:], strict=True):
        assert (one.text, one.citations) == (other.text, other.citations)
    assert len({answer.text for answer in answers}) == 5


async def test_the_event_loop_goes_on_while_a_question_is_answered(engine):
    beats = 0

    async def beat():
        nonlocal beats
        while True:
            await asyncio.sleep(0.001)
            beats += 1

    heart = asyncio.create_task(beat())
    await engine.ask(FACT)
    heart.cancel()

    assert beats >= 3


async def test_a_stream_that_nobody_reads_to_its_end_can_be_closed(engine):
    stream = engine.stream(FACT)
    assert isinstance(await anext(stream), Retrieved)

    await stream.aclose()

    assert (await engine.ask(FACT)).citations


async def test_searching_gives_papers_best_first(engine, paper_titled):
    hits = await engine.search(FACT, limit=3)

    assert len(hits) == 3
    assert hits[0].paper == paper_titled("FlashAttention")
    only = Scope(paper_ids=(paper_titled("Adam").id,))
    assert [hit.paper for hit in await engine.search(FACT, scope=only)] == [paper_titled("Adam")]


FAST = "SmoothQuant runs 1.56 times faster [{1}]."
HISTORY = (Turn("user", "What is SmoothQuant?"), Turn("assistant", "A method [1]."))


async def test_with_a_model_events_come_in_order_and_make_up_the_answer():
    reply = f"Two papers address this:\n- {FAST}\n- AWQ protects 7% of salient weights [{{2}}]."
    events = await collect(engine_with(Model(reply, "")), QUESTION)

    retrieved, *deltas, completed = events
    answer = completed.answer
    assert isinstance(retrieved, Retrieved)
    assert len(deltas) == 3
    assert "".join(delta.text for delta in deltas) == answer.text
    assert answer.text.startswith("Two papers address this:\n- SmoothQuant runs 1.56 times")
    assert [citation.paper for citation in answer.citations] == [SMOOTH]
    assert [one.sentence for one in answer.dropped] == ["AWQ protects 7% of salient weights."]
    assert (answer.model, answer.failure, answer.refusal) == ("parrot", None, None)
    assert answer.usage.prompt_tokens == 300
    stages = [timing.stage for timing in answer.timings]
    assert stages == ["understand", "retrieve", "read", "first sentence", "write", "check"]


async def test_the_model_puts_a_follow_up_in_words_of_its_own_and_that_is_searched_for():
    engine = engine_with(Model("How fast is SmoothQuant?", FAST))

    answer = await engine.ask("And how fast is it?", HISTORY)

    assert engine._searcher.searched == ["How fast is SmoothQuant?"]
    assert answer.question == "And how fast is it?"
    assert answer.citations
    assert answer.usage.prompt_tokens == 300  # of both calls


@pytest.mark.parametrize("reply", [ChatError("timeout", "Too slow."), "", "I cannot do that."])
async def test_where_the_model_cannot_restate_a_follow_up_it_is_understood_without_it(reply):
    engine = engine_with(Model(reply, FAST))

    await engine.ask("And how fast is it?", HISTORY)

    (searched,) = engine._searcher.searched
    assert searched.endswith("how fast is SmoothQuant?")
    assert "SmoothQuant" in searched


@pytest.mark.parametrize(
    ("question", "papers", "score"),
    [
        ("Hello!", PAPERS, 0.9),
        ("What is the newest paper?", PAPERS, 0.9),
        ("How do I boil an egg?", PAPERS, 0.1),
        ("And how fast is it?", (), 0.9),
    ],
)
async def test_no_model_is_asked_where_nothing_is_to_be_written(question, papers, score):
    model = Model(FAST)

    await collect(engine_with(model, papers, score=score), question)
    history = HISTORY if not papers else ()
    await collect(engine_with(model, papers, score=score), question, history)

    assert model.asked == []


async def test_evidence_that_alone_would_not_do_is_left_to_the_model():
    doubtful = DoubtfulReader()

    refused = await Engine(shelf := Shelf(PAPERS), doubtful, shelf).ask(QUESTION)
    answer = await engine_with(Model(FAST), reader=doubtful).ask(QUESTION)

    assert refused.refusal
    assert answer.citations


async def test_a_model_is_asked_for_other_words_alone_where_there_is_no_hope_of_an_answer():
    model = Model("otters, rivers")
    engine = engine_with(model, reader=DoubtfulReader(-9.0), score=0.35)

    answer = await engine.ask(QUESTION)

    assert answer.refusal
    assert len(model.asked) == 1
    assert engine._searcher.searched == [QUESTION, "otters, rivers"]


async def test_a_model_that_fails_is_on_record_beside_the_abstracts_own_words():
    answer = await engine_with(Model(ChatError("auth", "The key was refused."))).ask(QUESTION)

    assert answer.failure == "The key was refused."
    assert answer.model is None
    assert answer.citations
    assert NO_MODEL in answer.text


async def test_closing_the_stream_ends_the_models_call():
    model = Model([FAST, 60.0])
    stream = engine_with(model).stream(QUESTION)
    assert isinstance(await anext(stream), Retrieved)
    assert isinstance(await anext(stream), Delta)

    await stream.aclose()

    assert model.ended == ["CancelledError"]


async def test_two_questions_to_one_writing_engine_do_not_mix():
    both = engine_with(Model(f"{FAST} Otters swim in rivers [{{3}}].", size=2))

    one, other = await asyncio.gather(both.ask(QUESTION), both.ask(QUESTION))

    assert one.text == other.text
    assert one.citations == other.citations


@given(st.text(max_size=60), st.text(alphabet="[]()0123456789 .\n*`", max_size=40))
@settings(max_examples=60, deadline=None)
def test_whatever_a_model_writes_the_deltas_are_the_text(one, other):
    events = asyncio.run(collect(engine_with(Model(f"{one}{FAST}{other}", one)), QUESTION))

    _, *deltas, completed = events
    answer = completed.answer
    assert "".join(delta.text for delta in deltas) == answer.text
    assert all(delta.text for delta in deltas)
    numbers = [str(citation.number) for citation in answer.citations]
    assert MARKER.findall(answer.text) == numbers
    assert bool(answer.citations) is not bool(answer.refusal)
