"""Evaluation: folders in the BEIR layout are read, shelved and measured, answers are scored."""

import gzip
import importlib.util
import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.config import Settings
from rag.errors import EvaluationError
from rag.evaluation.beir import Collection, evaluate, evaluate_folder, read_folder
from rag.evaluation.questions import ALL, Question, Response, read_questions, score
from rag.evaluation.ranking import document_ids
from rag.evaluation.shelving import fill
from rag.store.shelf import Shelf
from rag.types import Encoded, Hit, Paper, Passage, Record, Span, Turn

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "rag" / "sample" / "questions.jsonl"
SCORER = ROOT.parent / "shared" / "eval" / "score.py"
DIMENSION = 8
CORPUS = (
    {"_id": "d1", "title": "Wings", "text": "Wings lift. They bend.", "metadata": {}},
    {"_id": "d2", "title": "Hulls", "text": "Hulls float."},
    {"_id": "d3", "title": "Wheels", "text": "Wheels roll."},
)
QUERIES = ({"_id": "q1", "text": "What lifts?"}, {"_id": "q2", "text": "What floats?"})
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t2\nq2\td3\t1\n"


def lines(items):
    return "".join(json.dumps(item) + "\n" for item in items)


def make_folder(folder, *, corpus=CORPUS, queries=QUERIES, **qrels):
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text(lines(corpus))
    (folder / "queries.jsonl").write_text(lines(queries))
    for split, text in (qrels or {"test": QRELS}).items():
        (folder / "qrels" / f"{split}.tsv").write_text(text)
    return folder


def document(name, title="A title", text="A text."):
    return Record(title, text, identifiers=(("id", name),))


@dataclass
class Rankings:
    """A search that finds for each question the papers that the test gives."""

    papers: dict[str, list[tuple[str, ...]]]

    def search(self, question, keywords, *, limit):
        return [self._hit(names) for names in self.papers.get(question, [])][:limit]

    def _hit(self, names):
        identifiers = tuple(("id", name) for name in names)
        paper = Paper(names[0], "A title", "A text.", identifiers=identifiers)
        return Hit(paper, Passage(f"{names[0]}#0", names[0], "A text.", Span(0, 7)), 1.0)


def measured(qrels, papers, progress=lambda done: None):
    queries = tuple((name, name) for name in qrels)
    collection = Collection((document("d1"),), queries, qrels)
    return evaluate(collection, Rankings(papers), progress)


class Counting:
    """An encoder that counts what it encodes, and is interrupted after `most` papers."""

    name, dimension = "counting", DIMENSION

    def __init__(self, most=10**9):
        self.count = 0
        self._most = most

    def encode(self, papers):
        if self.count + len(papers) > self._most:
            raise KeyboardInterrupt
        self.count += len(papers)
        return [
            Encoded(np.ones((len(cut), DIMENSION), np.float32), np.ones((1, 8), np.int8))
            for _, cut in papers
        ]


def counting_shelf(home):
    return Shelf.open(home, encoder_name=Counting.name, dimension=DIMENSION)


def test_a_folder_is_read_with_its_judged_questions(tmp_path):
    queries = (*QUERIES, {"_id": "q3", "text": "Judged by nobody."})
    unknown = QRELS + "q9\td1\t1\n"

    collection = read_folder(make_folder(tmp_path, queries=queries, test=unknown))

    assert [record.title for record in collection.documents] == ["Wings", "Hulls", "Wheels"]
    assert collection.documents[1].identifiers == (("id", "d2"),)
    assert collection.documents[1].line == 2
    assert collection.queries == (("q1", "What lifts?"), ("q2", "What floats?"))
    assert collection.qrels == {"q1": {"d1": 1}, "q2": {"d2": 2, "d3": 1}}
    assert collection.skipped == 0


def test_packed_files_byte_order_marks_and_windows_line_ends_change_nothing(tmp_path):
    plain = make_folder(tmp_path / "plain")
    odd = make_folder(tmp_path / "odd", test="\ufeff" + QRELS.replace("\n", "\r\n"))
    for name in ("corpus.jsonl", "queries.jsonl"):
        text = "\ufeff" + (odd / name).read_text().replace("\n", "\r\n\r\n")
        (odd / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
        (odd / name).unlink()

    read = read_folder(odd)

    assert read.queries == read_folder(plain).queries
    assert read.qrels == read_folder(plain).qrels
    assert [record.line for record in read.documents] == [1, 3, 5]


def test_a_number_may_stand_for_an_id(tmp_path):
    folder = make_folder(
        tmp_path, corpus=[{"_id": 7, "title": "A", "text": "B"}], test="q\td\ts\nq1\t7\t1\n"
    )

    assert read_folder(folder).documents[0].identifiers == (("id", "7"),)


def test_title_and_text_stand_in_for_each_other_and_a_document_without_both_is_skipped(tmp_path):
    corpus = [
        {"_id": "1", "title": "", "text": "It is first. It is second."},
        {"_id": "2", "title": "Only a title", "text": " "},
        {"_id": "3", "title": None, "text": "x" * 1000},
        {"_id": "4", "title": " ", "text": ""},
        {"_id": "5"},
    ]

    collection = read_folder(make_folder(tmp_path, corpus=corpus))

    first, second, third = collection.documents
    assert (first.title, first.abstract) == ("It is first.", "It is first. It is second.")
    assert (second.title, second.abstract) == ("Only a title", "Only a title")
    assert (len(third.title), len(third.abstract)) == (300, 1000)
    assert collection.skipped == 2


def test_without_a_split_the_test_judgements_count_or_else_all(tmp_path):
    train, dev = "q\td\ts\nq1\td2\t1\n", "q\td\ts\nq1\td3\t1\n"
    with_test = make_folder(tmp_path / "a", test=QRELS, train=train)
    without = make_folder(tmp_path / "b", dev=dev, train=train)

    assert read_folder(with_test).qrels["q1"] == {"d1": 1}
    assert read_folder(with_test, split="train").qrels == {"q1": {"d2": 1}}
    assert read_folder(without).qrels == {"q1": {"d2": 1, "d3": 1}}


def test_a_judgement_file_without_a_header_loses_no_line(tmp_path):
    assert read_folder(make_folder(tmp_path, test="q1\td1\t1\n")).qrels == {"q1": {"d1": 1}}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "corpus.jsonl",
            '{"_id": "1", "text": "a"}\n\n{"_id": ',
            "corpus.jsonl:3: The line is not",
        ),
        ("corpus.jsonl", "[1]", "corpus.jsonl:1: The line is wrong"),
        ("corpus.jsonl", '{"title": "a"}', "corpus.jsonl:1: _id is wrong"),
        ("corpus.jsonl", '{"_id": " ", "text": "a"}', "corpus.jsonl:1: _id is wrong"),
        ("corpus.jsonl", '{"_id": "1", "text": 5}', "corpus.jsonl:1: text is wrong"),
        ("corpus.jsonl", '{"_id": "1"}\n' * 2, "corpus.jsonl:2: The _id '1' stands on an earlier"),
        ("corpus.jsonl", '{"_id": "1"}', "has a text"),
        ("corpus.jsonl", "", "has a text"),
        ("queries.jsonl", '{"_id": "q1", "text": ""}', "queries.jsonl:1: text is wrong"),
        ("queries.jsonl", '{"_id": "1", "text": "a"}\n' * 2, "queries.jsonl:2: The _id '1'"),
        ("queries.jsonl", '{"_id": "other", "text": "a"}', "has a judgement"),
        ("qrels/test.tsv", "q\td\ts\nq1\td1\n", "test.tsv:2: This is no judgement"),
        ("qrels/test.tsv", "q\td\ts\nq1\t0\td1\t1\n", "test.tsv:2: This is no judgement"),
        ("qrels/test.tsv", "q\td\ts\nq1\td1\thigh\n", "test.tsv:2: This is no judgement"),
        ("qrels/test.tsv", QRELS + "q1\td1\t0\n", "test.tsv:5: Question 'q1' and document 'd1'"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path, name, text, said):
    folder = make_folder(tmp_path)
    (folder / name).write_text(text)

    with pytest.raises(EvaluationError) as error:
        read_folder(folder)

    assert said in str(error.value)


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_missing_file_is_named_with_the_layout_that_is_expected(tmp_path, name):
    folder = make_folder(tmp_path)
    (folder / name).unlink()

    with pytest.raises(EvaluationError, match=r"There is no .*BEIR layout"):
        read_folder(folder)


def test_a_split_that_is_not_there_is_answered_with_those_that_are(tmp_path):
    folder = make_folder(tmp_path, dev=QRELS, train=QRELS)

    with pytest.raises(EvaluationError, match=r"no test\.tsv .* one of: dev, train"):
        read_folder(folder, split="test")


def test_a_packed_file_that_was_cut_is_told_with_the_line_where_it_ends(tmp_path):
    folder = make_folder(tmp_path)
    (folder / "corpus.jsonl").unlink()
    packed = gzip.compress(lines(CORPUS).encode(), compresslevel=0)
    (folder / "corpus.jsonl.gz").write_bytes(packed[:-40])

    with pytest.raises(EvaluationError, match=r"corpus\.jsonl\.gz:\d: The file cannot be read on"):
        read_folder(folder)


@given(
    name=st.sampled_from(["corpus.jsonl", "corpus.jsonl.gz", "queries.jsonl", "qrels/test.tsv"]),
    content=st.binary() | st.text().map(str.encode),
)
def test_no_bytes_raise_anything_but_an_evaluation_error(tmp_path_factory, name, content):
    folder = make_folder(tmp_path_factory.mktemp("folder"))
    (folder / name.removesuffix(".gz")).unlink()
    (folder / name).write_bytes(content)

    try:
        read_folder(folder)
    except EvaluationError as error:
        assert str(folder) in str(error)  # noqa: PT017


def test_figures_are_means_over_the_judged_questions():
    qrels = {"q1": {"d1": 1}, "q2": {"d2": 2, "d3": 1}, "q3": {"d9": 1}}
    papers = {"q1": [("d1",), ("d2",)], "q2": [("d1",), ("d3",), ("d2",)]}

    evaluation = measured(qrels, papers)

    figures = dict(evaluation.figures)
    second = (1 / math.log2(3) + 2 / math.log2(4)) / (2 + 1 / math.log2(3))
    assert figures["nDCG@10"] == pytest.approx((1 + second + 0) / 3)
    assert figures["MRR@10"] == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert figures["P@1"] == pytest.approx(1 / 3)
    assert figures["R@5"] == figures["R@100"] == pytest.approx(2 / 3)
    assert (evaluation.documents, evaluation.questions) == (1, 3)
    assert evaluation.seconds_per_question >= 0


def test_a_grade_below_zero_means_not_relevant():
    evaluation = measured({"q1": {"d1": -1, "d2": 1}}, {"q1": [("d1",), ("d2",)]})

    assert dict(evaluation.figures)["MRR@10"] == 0.5


def test_a_paper_made_of_two_documents_stands_for_both():
    evaluation = measured({"q1": {"d1": 1, "d2": 1}}, {"q1": [("d2", "d1")]})

    assert dict(evaluation.figures)["R@5"] == 1


def test_each_question_is_reported_as_it_is_asked():
    heard = []

    measured({"q1": {"d1": 1}, "q2": {"d1": 1}}, {}, heard.append)

    assert heard == [1, 2]


def test_documents_that_share_a_title_or_a_text_stay_apart(tmp_path):
    documents = [document("1"), document("2"), document("3", title="?"), document("4", title="?")]
    with counting_shelf(tmp_path) as shelf:
        fill(shelf, Counting(), documents, lambda done: None)

        names = [document_ids(paper) for paper in shelf.find()]

    assert sorted(names) == [("1",), ("2",), ("3",), ("4",)]


def test_a_run_that_was_killed_goes_on_and_a_second_one_embeds_nothing(tmp_path):
    documents = [document(str(n), title=f"Title {n}") for n in range(300)]
    broken, second, third, heard = Counting(most=150), Counting(), Counting(), []

    with counting_shelf(tmp_path) as shelf, pytest.raises(KeyboardInterrupt):
        fill(shelf, broken, documents, lambda done: None)
    with counting_shelf(tmp_path) as shelf:
        fill(shelf, second, documents, heard.append)
        fill(shelf, third, documents, heard.append)

    assert (broken.count, second.count, third.count) == (128, 172, 0)
    assert heard == [128, 192, 256, 300, 300]


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Settings whose home keeps the graph that was built for the first test."""
    return Settings(home=tmp_path_factory.mktemp("home"))


def test_a_folder_is_measured_from_end_to_end(tmp_path, own):
    folder, first, second = make_folder(tmp_path), [], []

    evaluation = evaluate_folder(folder, own, lambda *event: first.append(event))
    again = evaluate_folder(folder, own, lambda *event: second.append(event))

    assert dict(evaluation.figures)["MRR@10"] == 1
    assert (evaluation.documents, evaluation.questions, evaluation.skipped) == (3, 2, 0)
    assert first == [(0, 5), (3, 5), (4, 5), (5, 5)]
    assert second == [(3, 5), (4, 5), (5, 5)]
    assert again.figures == evaluation.figures
    assert {path.name for path in own.home.iterdir()} == {"evaluation", "models"}


def test_a_shelf_that_another_encoder_made_is_made_anew(tmp_path, own):
    corpus = [*CORPUS, {"_id": "d4", "title": "Rails", "text": "Rails guide."}]
    folder, heard = make_folder(tmp_path, corpus=corpus), []
    others = set(own.home.glob("evaluation/*"))
    evaluate_folder(folder, own, lambda *event: None)
    (home,) = set(own.home.glob("evaluation/*")) - others
    with Shelf.open(home) as shelf:
        shelf.reset_encoder("former", DIMENSION)

    evaluation = evaluate_folder(folder, own, lambda *event: heard.append(event))

    assert heard[0] == (0, 6)
    assert dict(evaluation.figures)["MRR@10"] == 1


QUESTION = Question(
    id="1",
    type="fact",
    question="How many?",
    history=(),
    gold_titles=("Gold", "Silver"),
    facts=(("three",), ("4.5x", "4.5 fold")),
    answerable=True,
)
UNANSWERABLE = replace(QUESTION, id="2", type="unanswerable", facts=(), answerable=False)


def scored(response, question=QUESTION):
    groups = score([question], {question.id: response})
    return {group.name: dict(group.figures) for group in groups}[ALL]


def test_the_shipped_questions_are_read():
    questions = read_questions(SAMPLE)

    assert len(questions) == 264
    followup = next(question for question in questions if question.history)
    assert isinstance(followup.history[0], Turn)
    assert followup.history[0].role == "user"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"answerable": None}, "answerable is wrong"),
        ({"history": [{"role": "system", "content": "x"}]}, r"history\.0\.role is wrong"),
        ({"facts": ["three"]}, r"facts\.0 is wrong"),
        ({"gold_titles": []}, "needs at least one of gold_titles"),
        ({"id": "S001"}, "'S001' stands on an earlier line"),
    ],
)
def test_a_question_that_is_wrong_is_told_with_file_and_line(tmp_path, change, said):
    good, other = map(json.loads, SAMPLE.read_text().splitlines()[:2])
    path = tmp_path / "questions.jsonl"
    path.write_text(lines([good, other | change]))

    with pytest.raises(EvaluationError, match=rf"questions\.jsonl:2: .*{said}"):
        read_questions(path)


def test_a_file_without_a_question_is_refused(tmp_path):
    (tmp_path / "questions.jsonl").write_text("\n")

    with pytest.raises(EvaluationError, match="no question"):
        read_questions(tmp_path / "questions.jsonl")


def test_a_right_answer_has_every_figure():
    figures = scored(
        Response("**Three** [1], 4.5 times [2].", False, ("Gold", "Silver"), ("Gold", "Silver"), 2)
    )

    assert figures == {
        "nDCG@10": 1, "R@5": 1, "MRR": 1, "facts": 1, "right": 1, "cite P": 1, "cite R": 1,
        "words": 5, "p50 s": 2, "p95 s": 2, "refuse P": 0, "refuse R": 0, "refuse F1": 0,
    }  # fmt: skip


def test_a_half_right_answer_is_half_right():
    figures = scored(
        Response("Three.", False, ("Gold", "Lead", "Tin", "Iron"), ("Lead", "Lead", "Gold"))
    )

    ideal = 1 + 1 / math.log2(3)
    assert figures["nDCG@10"] == pytest.approx(1 / math.log2(3) / ideal)
    assert figures["MRR"] == figures["R@5"] == figures["facts"] == figures["cite R"] == 0.5
    assert figures["cite P"] == 0.25
    assert figures["right"] == 0


def test_a_fact_counts_only_at_the_beginning_of_an_answer():
    late = Response("so " * 120 + "three 4.5x")

    assert scored(late)["facts"] == 0
    assert scored(late, replace(QUESTION, type="multi"))["facts"] == 1


def test_refusing_is_right_only_where_there_is_no_answer():
    refused = {"1": Response(refused=True), "2": Response(refused=True)}

    whole, fact, unanswerable = score([QUESTION, UNANSWERABLE], refused)

    assert (whole.name, fact.name, unanswerable.name) == ("all", "fact", "unanswerable")
    assert (whole.questions, fact.questions) == (2, 1)
    assert dict(unanswerable.figures) == {"words": 0, "refused": 1}
    assert dict(fact.figures)["right"] == 0
    assert "cite P" not in dict(fact.figures)
    figures = dict(whole.figures)
    assert figures["refuse P"] == 0.5
    assert figures["refuse R"] == 1
    assert figures["refuse F1"] == pytest.approx(2 / 3)


def test_a_question_without_a_response_counts_as_answered_with_nothing():
    groups = score([QUESTION], {})

    assert {value for _, value in groups[0].figures} == {0}


def pieces(rows):
    """What answers are made of: facts in several spellings, markers, mark-up, and filling."""
    ways = [way for row in rows for fact in row["facts"] for way in fact]
    spellings = [
        *ways,
        *(way.upper() for way in ways),
        *(way.replace("%", "\\%").replace("x", " times") for way in ways),
        *(f"*{way}*" for way in ways),
    ]
    filling = ["2 times", "3times", "×", "–", "’", "[1]", "[1, 2]", "[3–4]", "$x$", "`a`"]
    filling += ["\\", "\u00a0", "5", "%", "[a]", "6\ntimes", "many words " * 30]
    return st.sampled_from(spellings) | st.sampled_from(filling)


def responses(row, titles, texts):
    some = st.lists(st.sampled_from([*row["gold_titles"] * 20, *titles]), max_size=12)
    way = st.tuples(st.sampled_from(["", " "]), st.lists(texts, max_size=12)).map(
        lambda pair: pair[0].join(pair[1])
    )
    everything = " ".join(ways[0] for ways in row["facts"])
    return st.none() | st.fixed_dictionaries(
        {
            "id": st.just(row["id"]),
            "answer": way | st.just(everything),
            "refused": st.booleans(),
            "citations": some,
            "retrieved": some,
        },
        optional={"seconds": st.floats(0, 100)},
    )


def response(row):
    return Response(
        row["answer"],
        row["refused"],
        tuple(row["citations"]),
        tuple(row["retrieved"]),
        row.get("seconds"),
    )


@pytest.mark.skipif(not SCORER.exists(), reason="the other scorer is not here")
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_run_has_the_same_figures_as_by_the_other_scorer(data):
    spec = importlib.util.spec_from_file_location("other_scorer", SCORER)
    other = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(other)
    rows = [json.loads(line) for line in SAMPLE.read_text().splitlines()][::9]
    titles = [title for row in rows for title in row["gold_titles"]]
    texts = pieces(rows)
    run = [one for row in rows if (one := data.draw(responses(row, titles, texts)))]
    questions = read_questions(SAMPLE)[::9]

    theirs = other.score({one["id"]: one for one in run}, rows)
    ours = score(questions, {one["id"]: response(one) for one in run})

    assert {group.name for group in ours} == set(theirs)
    for group in ours:
        assert dict(group.figures) | {"n": group.questions} == pytest.approx(theirs[group.name])
