"""Retrieval: late interaction is what its formula says, a scope bars, the order is one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.chunking import NAME
from rag.ingest import index_pending
from rag.language.latex import readable
from rag.language.words import keywords
from rag.models.scaling import AT_ONCE
from rag.retrieval.fusion import Scores
from rag.retrieval.late_interaction import max_similarity
from rag.retrieval.retriever import Retriever
from rag.store.shelf import Shelf
from rag.types import EncodedQuestion, Published, Record, Scope

SIGNALS = st.builds(
    Scores, *[st.floats(-1, 1), st.floats(0, 500), st.floats(-1, 1), st.floats(0, 1)]
)
ANIMALS = (
    Record("Otters in rivers", "Otters live in rivers. They eat fish.", published=Published(2021)),
    Record("Whales at sea", "Whales live at sea. They sing.", organization="Polar Lab"),
    Record("Owls at night", "Owls fly at night. They eat mice.", published=Published(2024, 5)),
    Record("Bees and flowers", "Bees fly to flowers by day.", published=Published(2024, 7, 1)),
    Record("Sheep on hills", "Sheep live on hills. They eat grass.", organization="Hill Farm"),
)


def open_shelf(home, encoder):
    return Shelf.open(
        home,
        encoder_name=encoder.name,
        dimension=encoder.dimension,
        chunking=NAME,
        analyse=readable,
    )


@pytest.fixture
def shelf(tmp_path, hashing):
    with open_shelf(tmp_path / "home", hashing) as opened:
        opened.stage("animals", ANIMALS)
        index_pending(opened, hashing, lambda _: None)
        yield opened


@pytest.fixture
def search(shelf, hashing):
    retriever = Retriever(shelf, hashing)

    def ask(question, **options):
        return retriever.search(question, keywords(question), **options)

    return ask


def titles(hits):
    return [hit.paper.title for hit in hits]


def random_question(rng, tokens, dimension=16):
    rows = rng.normal(size=(tokens, dimension)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    weights = rng.random(tokens).astype(np.float32) + 0.01
    return EncodedQuestion(rows[0], rows, weights / weights.sum())


def random_papers(rng, lengths, dimension=16):
    return {
        f"paper {number}": rng.integers(-127, 128, (length, dimension), dtype=np.int8)
        for number, length in enumerate(lengths)
    }


def by_double_loop(question, papers):
    scores = {}
    for paper_id, tokens in papers.items():
        if len(tokens):
            scores[paper_id] = sum(
                float(weight) * max(float(np.dot(row, token / 127.0)) for token in tokens)
                for row, weight in zip(question.tokens, question.weights, strict=True)
            )
    return scores


@given(st.integers(0, 2**32), st.integers(1, 8), st.lists(st.integers(0, 12), max_size=6))
def test_late_interaction_is_the_mean_of_the_best_matches_of_each_token(seed, asked, lengths):
    rng = np.random.default_rng(seed)
    question, papers = random_question(rng, asked), random_papers(rng, lengths)

    assert max_similarity(question, papers) == pytest.approx(
        by_double_loop(question, papers), abs=1e-4
    )


def test_late_interaction_over_many_tokens_is_the_same():
    rng = np.random.default_rng(1)
    question, papers = random_question(rng, 40, 96), random_papers(rng, (150, 0, 1, 90), 96)
    assert AT_ONCE < 40 * 96 * 241

    assert max_similarity(question, papers) == pytest.approx(
        by_double_loop(question, papers), abs=1e-3
    )


@given(SIGNALS, st.sampled_from(["dense", "lexical", "late", "named"]), st.floats(0, 1))
def test_a_score_lies_between_0_and_1_and_no_better_signal_makes_it_worse(signals, name, more):
    better = {field: getattr(signals, field) for field in ("dense", "lexical", "late", "named")}
    better[name] += more

    assert 0 <= signals.score <= 1
    assert Scores(**better).score >= signals.score


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(since=Published(2024)), {"Owls at night", "Bees and flowers"}),
        (Scope(since=Published(2024, 6)), {"Bees and flowers"}),
        (Scope(until=Published(2023)), {"Otters in rivers"}),
        (Scope(organization="polar lab"), {"Whales at sea"}),
        (Scope(organization="nobody"), set()),
        (Scope(paper_ids=("unknown",)), set()),
        (Scope(source="animals"), {record.title for record in ANIMALS}),
        (Scope(source="another"), set()),
    ],
)
def test_a_paper_outside_the_scope_is_never_found(search, scope, expected):
    for question in ("Where do otters live?", "Who eats mice?", "What about it?"):
        assert set(titles(search(question, scope=scope))) == expected


def test_a_scope_of_papers_bars_a_better_one(search):
    [best, *_] = search("What do otters eat in rivers?")
    [other, *_] = search("Who sings at sea?")

    [hit] = search("What do otters eat in rivers?", scope=Scope(paper_ids=(other.paper.id,)))

    assert (best.paper.title, hit.paper.title) == ("Otters in rivers", "Whales at sea")


def test_hits_are_best_first_each_paper_once_with_a_passage_of_its_own(search):
    hits = search("Which animals live in rivers and eat fish?")

    assert len(hits) == len({hit.paper.id for hit in hits}) == len(ANIMALS)
    assert titles(hits)[0] == "Otters in rivers"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert all(hit.passage.paper_id == hit.paper.id for hit in hits)
    assert all(hit.passage.text in hit.paper.abstract for hit in hits)


def test_no_more_hits_than_asked_for(search):
    assert titles(search("Where do otters live?", limit=1)) == ["Otters in rivers"]


def test_the_passage_of_a_hit_is_the_one_that_is_nearest(shelf, hashing, search):
    filler = "Nothing of it is said here at all, for this is about the weather. " * 12
    said = "Badgers dig setts below hedges. "
    shelf.stage("more", [Record("Badgers", filler + said + filler)])
    index_pending(shelf, hashing, lambda _: None)

    [hit, *_] = search("badgers dig setts below hedges.")

    assert hit.paper.title == "Badgers"
    assert said.strip() in hit.passage.text


def test_papers_that_are_equally_good_stand_in_the_order_of_their_ids(shelf, hashing, search):
    shelf.stage("twins", [Record(f"Twin {n}", "Frogs croak in ponds.") for n in "dbca"])
    index_pending(shelf, hashing, lambda _: None)

    runs = [[hit.paper.id for hit in search("Where do frogs croak?")][:4] for _ in range(3)]

    assert runs[0] == sorted(runs[0])
    assert runs[0] == runs[1] == runs[2]


def test_a_removed_paper_is_not_found(shelf, search):
    [best, *_] = search("Where do otters live?")
    shelf.remove([best.paper.id])

    assert "Otters in rivers" not in titles(search("Where do otters live?"))


def test_a_paper_that_waits_to_be_indexed_is_not_found(shelf, search):
    shelf.stage("later", [Record("Later", "Otters live in rivers and eat fish.")])

    assert "Later" not in titles(search("Where do otters live?"))


def test_an_empty_shelf_has_no_hits(tmp_path, hashing):
    with open_shelf(tmp_path / "empty", hashing) as shelf:
        retriever = Retriever(shelf, hashing)

        assert retriever.search("Where do otters live?", "otters") == []
        assert retriever.search("?", "", scope=Scope(organization="a")) == []


@pytest.mark.parametrize("question", ["", "?", "the of", '"', "a AND (b", "x:y~2^3", "\\", "*"])
def test_any_question_can_be_searched(search, question):
    assert len(search(question)) == len(ANIMALS)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How does FlashAttention save memory?", "FlashAttention"),
        ("an optimiser that keeps running averages of gradients", "Adam"),
        ("cutting cell nuclei out of microscope pictures", "U-Net"),
        ("virtual memory for the cache of a serving system", "Efficient Memory"),
        ("keep outlier features in 16 bits", "LLM.int8()"),
        ("RiverWatch", "Counting Otters"),
    ],
)
def test_questions_find_their_paper_with_the_real_models(application, question, expected):
    [best, *_] = application.retriever.search(question, keywords(question))

    assert best.paper.title.startswith(expected)


def test_words_are_found_as_people_write_them_not_as_latex(application, paper_titled):
    otters = paper_titled("Counting Otters")
    assert "56times longer" in otters.abstract

    found = {wording: application.shelf.lexical(wording, 5) for wording in ("56×", "56times")}

    assert [[paper_id for paper_id, _ in hits] for hits in found.values()] == [[otters.id]] * 2
    assert application.shelf.lexical("emph", 5) == []
