"""A search in the papers' own terms where the first one was not enough."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_by import AWQ, OTTERS, SMOOTH, Model, NoReader, Shelf, WordChecker, evidence, reading

from rag.answering.finding import RETRIEVED, merged
from rag.answering.writer import Writer
from rag.engine import Engine
from rag.errors import ChatError
from rag.types import Paper, Scope, Turn, Usage

EVERYDAY = "Can a chatbot be squeezed onto my phone without getting dumb?"
TERMS = "post-training quantization, activations, ZipNet"
FAST = "SmoothQuant runs 1.56 times faster [{1}]."
SWIM = "Otters swim in rivers [{1}]."
FAR, NEAR = 0.35, 0.8  # scores on a shelf that hardly has the subject, and on one that has
PAPER_IDS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0, 1)), max_size=30)


class Drawers(Shelf):
    """A shelf that finds some papers for the terms, and others for any other question."""

    def __init__(self, first, by_terms, terms=TERMS):
        super().__init__(())
        self.hits = [evidence(paper, score=score).hit for paper, score in first]
        self.by_terms = [evidence(paper, score=score).hit for paper, score in by_terms]
        self.terms = terms
        self.scopes = []

    def search(self, question, keywords, *, scope=None, limit=10):
        self.scopes.append(scope)
        found = super().search(question, keywords, scope=scope, limit=limit)
        return self.by_terms[:limit] if question == self.terms else found


class Judging(NoReader):
    """A judge with an opinion of each paper; counts how often it is asked."""

    def __init__(self, answerable=5.0, **by_id):
        self.answerable, self.by_id = answerable, by_id
        self.calls = []

    def read(self, question, papers, spans):
        self.calls.append([paper.id for paper in papers])
        logits = [self.by_id.get(paper.id, self.answerable) for paper in papers]
        return [reading(len(of_one), logit) for of_one, logit in zip(spans, logits, strict=True)]


def drawers(score=FAR):
    return Drawers([(OTTERS, score), (AWQ, score - 0.02)], [(SMOOTH, NEAR), (AWQ, 0.5)])


def engine_over(shelf, model, reader=None):
    reader = reader or Judging()
    return Engine(shelf, reader, shelf, Writer(model, WordChecker(), reader))


def ids(answer):
    return [hit.paper.id for hit in answer.retrieved]


async def test_where_the_shelf_hardly_has_the_subject_the_papers_own_terms_are_searched_for():
    model, shelf = Model(TERMS, FAST), drawers()

    answer = await engine_over(shelf, model).ask(EVERYDAY)

    assert shelf.searched == [EVERYDAY, TERMS]
    assert ids(answer) == ["smooth", "awq", "otters"]
    assert [citation.paper for citation in answer.citations] == [SMOOTH]
    assert EVERYDAY in model.asked[0][1].content


async def test_the_abstracts_are_read_with_the_question_as_it_was_asked():
    model = Model(TERMS, FAST)

    await engine_over(drawers(), model).ask(EVERYDAY)

    assert len(model.asked) == 2
    assert EVERYDAY in model.asked[1][1].content
    assert TERMS not in model.asked[1][1].content


@pytest.mark.parametrize(
    "question", ["How does ZyloNet shrink?", "How does SmoothQuant count otters?"]
)
async def test_what_the_abstracts_alone_would_refuse_is_searched_for_in_other_terms(question):
    model, shelf = Model(TERMS, FAST), Drawers([(OTTERS, 0.9)], [(SMOOTH, 0.95)])

    await engine_over(shelf, model, Judging(-4.0)).ask(question)

    assert shelf.searched == [question, TERMS]


async def test_what_was_found_for_sure_costs_no_further_call():
    model, shelf = Model(SWIM), drawers(NEAR)

    answer = await engine_over(shelf, model).ask(EVERYDAY)

    assert shelf.searched == [EVERYDAY]
    assert len(model.asked) == 1
    assert "reword" not in [timing.stage for timing in answer.timings]


@pytest.mark.parametrize(
    ("question", "score"),
    [
        ("Hello!", FAR),
        ("What is the newest paper?", FAR),
        ("How do I boil an egg?", 0.1),
        ("Why does SmoothQuant need training?", 0.9),
    ],
)
async def test_small_talk_records_false_premises_and_other_subjects_need_no_other_words(
    question, score
):
    model = Model(TERMS, FAST)
    shelf = Drawers([(SMOOTH, score)], [(AWQ, 0.9)])

    answer = await engine_over(shelf, model, Judging(-9.0)).ask(question)

    assert model.asked == []
    assert not answer.refusal or answer.refusal.kind in ("off-topic", "false-premise")


async def test_an_empty_shelf_asks_nobody():
    model = Model(TERMS, FAST)

    answer = await engine_over(Drawers([], []), model).ask(EVERYDAY)

    assert answer.refusal.kind == "empty-shelf"
    assert model.asked == []


@pytest.mark.parametrize("reply", [ChatError("timeout", "Too slow."), "", "???", "I cannot do it."])
async def test_where_the_model_knows_no_other_words_it_goes_on_with_what_there_is(reply):
    model, shelf = Model(reply, SWIM), drawers()

    answer = await engine_over(shelf, model).ask(EVERYDAY)

    assert shelf.searched == [EVERYDAY]
    assert ids(answer) == ["otters", "awq"]
    assert [citation.paper for citation in answer.citations] == [OTTERS]
    assert answer.failure is None


async def test_the_call_is_on_record_with_its_time_and_cost():
    answer = await engine_over(drawers(), Model(TERMS, FAST)).ask(EVERYDAY)

    assert [timing.stage for timing in answer.timings] == [
        "understand", "retrieve", "read", "reword", "retrieve again", "read again",
        "first sentence", "write", "check",
    ]  # fmt: skip
    assert answer.usage == Usage(300, 30)  # of both calls


async def test_the_scope_and_the_dates_of_a_question_hold_for_both_searches():
    shelf = drawers()
    scope = Scope(paper_ids=("otters", "awq", "smooth"))

    await engine_over(shelf, Model(TERMS, FAST)).ask(
        "Which papers from 2022 squeeze chatbots onto phones?", scope=scope
    )

    first, second = shelf.scopes
    assert first == second
    assert first.paper_ids == scope.paper_ids
    assert first.since.year == 2022


async def test_nothing_is_read_twice_where_nothing_new_was_found():
    shelf = Drawers([(OTTERS, FAR), (AWQ, 0.3)], [(AWQ, 0.3), (OTTERS, FAR)])
    reader = Judging()

    answer = await engine_over(shelf, Model(TERMS, SWIM), reader).ask(EVERYDAY)

    assert shelf.searched == [EVERYDAY, TERMS]
    read = [paper_id for call in reader.calls for paper_id in call]
    assert len(read) == len(set(read))
    assert "read again" not in [timing.stage for timing in answer.timings]


async def test_a_paper_for_which_there_was_no_hope_is_answered_from_what_other_words_find():
    reader = Judging(-9.0, smooth=5.0)

    answer = await engine_over(drawers(), Model(TERMS, FAST), reader).ask("How fast is it?")

    assert answer.citations
    assert not answer.refusal


async def test_what_other_words_find_takes_no_answer_away():
    hopeless = [Paper(f"p{n}", f"Paper {n}", "We sail boats.") for n in range(8)]
    shelf = Drawers([(OTTERS, 0.4)], [(paper, 0.45) for paper in hopeless])
    reader = Judging(-12.0, otters=5.0)

    answer = await engine_over(shelf, Model(TERMS, SWIM), reader).ask("What swims?")

    assert any("p0" in call for call in reader.calls)
    assert [citation.paper for citation in answer.citations] == [OTTERS]


async def test_a_name_of_the_models_own_is_searched_for_and_never_shown():
    reader = Judging(-12.0)

    answer = await engine_over(drawers(), Model(TERMS), reader).ask("How fast is it?")

    assert answer.refusal
    assert "ZipNet" not in answer.text


async def test_terms_are_searched_for_as_the_shelf_spells_them():
    shelf = drawers()
    shelf.respelt = lambda text: text.replace("quantisation", "quantization")

    await engine_over(shelf, Model(TERMS.replace("zation", "sation"), FAST)).ask(EVERYDAY)

    assert shelf.searched == [EVERYDAY, TERMS]


async def test_a_follow_up_is_reworded_as_the_question_that_it_stands_for():
    history = (Turn("user", "What is SmoothQuant?"), Turn("assistant", "A method [1]."))
    model, shelf = Model("How fast is a squeezed chatbot?", TERMS, FAST), drawers()

    answer = await engine_over(shelf, model).ask("And how fast is it?", history)

    assert shelf.searched == ["How fast is a squeezed chatbot?", TERMS]
    assert "How fast is a squeezed chatbot?" in model.asked[1][1].content
    assert len(model.asked) == 3
    assert answer.usage == Usage(600, 60)


async def test_giving_up_ends_the_models_call():
    model = Model([TERMS, 60.0])
    asking = asyncio.create_task(engine_over(drawers(), model).ask(EVERYDAY))
    for _ in range(500):
        await asyncio.sleep(0 if model.asked else 0.01)

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert model.ended == ["CancelledError"]


@given(PAPER_IDS, PAPER_IDS)
def test_two_searches_make_one_list_each_paper_with_its_better_score(some, others):
    both = merged(*([hit(*one) for one in found] for found in (some, others)))

    best = {}
    for paper_id, score in (*some, *others):
        best[paper_id] = max(score, best.get(paper_id, 0.0))
    assert {one.paper.id: one.score for one in both} == best
    assert [one.score for one in both] == sorted(best.values(), reverse=True)


def test_no_more_papers_are_kept_than_one_search_finds_and_the_first_goes_first():
    some = [hit(f"a{n}", 0.5) for n in range(RETRIEVED)]
    others = [hit(f"b{n}", 0.5) for n in range(RETRIEVED)]

    assert merged(some, others) == some


def hit(paper_id, score):
    return evidence(Paper(paper_id, paper_id, "It is."), score=score).hit
