"""The gate: figures with intervals, baselines that are kept, and what counts as a fall."""

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rag.config import Settings
from rag.errors import EvaluationError
from rag.evaluation.answering import evaluate_questions
from rag.evaluation.baseline import Baseline, check_target, read_baseline, write_baseline
from rag.evaluation.beir import Collection, evaluate
from rag.evaluation.bootstrap import estimates
from rag.evaluation.cases import cases
from rag.evaluation.comparison import TOLERANCE, Change, compare
from rag.evaluation.conditions import Conditions, conditions
from rag.evaluation.measured import Case, Measured, Share, digest
from rag.evaluation.questions import ALL, Question, Response, read_questions, score
from rag.evaluation.shipped import BASELINE, PAPERS, QUESTIONS, sample_shelf
from rag.types import Answer, Citation, Hit, Paper, Passage, Record, Refusal, Span

MADE_WITH = Conditions("1.0", "encoder", "judge", "sentences", "")
SAMPLE = files("rag.sample")


def measured(*values, name="set", papers=3):
    """A set whose questions have these values of one mean, `facts`."""
    return Measured(
        name, papers, tuple(case(str(place), value) for place, value in enumerate(values))
    )


def case(name, value):
    return Case(name, "fact", digest(name), (Share("facts", value, 1),))


def only(comparison):
    (change,) = comparison.changes
    return change


values = st.lists(st.floats(0, 1), min_size=1, max_size=40)
shares = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from([0, 1]), st.booleans(), st.booleans()),
    min_size=1,
    max_size=30,
)


def mixed(rows):
    """A mean over some of the questions, a precision and an F1, as answers have them."""
    return Measured(
        "set",
        3,
        tuple(
            Case(
                str(place),
                "fact",
                digest(place),
                (
                    Share("cite P", value * counts, counts),
                    Share("refuse P", refused and wanted, refused),
                    Share("refuse F1", 2 * (refused and wanted), refused + wanted),
                ),
            )
            for place, (value, counts, refused, wanted) in enumerate(rows)
        ),
    )


@given(shares)
def test_a_run_never_falls_or_rises_against_itself(rows):
    comparison = compare(mixed(rows), mixed(rows))

    assert not comparison.fallen
    assert not comparison.risen
    assert {change.difference for change in comparison.changes} <= {0}
    assert not any(change.worse or change.better for change in comparison.changes)


@given(values, st.floats(TOLERANCE * 1.01, 1))
def test_a_run_in_which_every_question_is_worse_falls(before, less):
    change = only(compare(measured(*before), measured(*(value - less for value in before))))

    assert change.outcome == "fell"
    assert len(change.worse) == len(before)


@given(values, st.floats(0, TOLERANCE * 0.99))
def test_a_fall_within_the_tolerance_is_none_however_sure(before, less):
    change = only(compare(measured(*before), measured(*(value - less for value in before))))

    assert change.outcome == "held"


@given(st.lists(st.tuples(*[st.tuples(st.floats(0, 1), *[st.sampled_from([0, 1])] * 3)] * 2)))
def test_what_falls_one_way_rises_the_other_way_by_as_much(pairs):
    before, now = mixed([one for one, _ in pairs]), mixed([other for _, other in pairs])

    there, back = compare(before, now), compare(now, before)

    opposite = {"fell": "rose", "rose": "fell", "held": "held"}
    for change, reverse in zip(there.changes, back.changes, strict=True):
        assert reverse.figure == change.figure
        assert reverse.difference == pytest.approx(-change.difference)
        assert reverse.interval.low == pytest.approx(-change.interval.high, abs=1e-9)
        assert reverse.interval.high == pytest.approx(-change.interval.low, abs=1e-9)
        if abs(change.interval.low) > 1e-9 and abs(change.interval.high) > 1e-9:
            assert reverse.outcome == opposite[change.outcome]


@given(shares)
def test_an_interval_holds_values_that_the_figure_can_have(rows):
    for one in estimates(mixed(rows).cases):
        assert -1e-9 <= one.interval.low <= one.interval.high <= 1 + 1e-9
        assert -1e-9 <= one.value <= 1 + 1e-9


def test_intervals_are_those_that_theory_gives_for_a_mean():
    ones, zeros = [1.0] * 60, [0.0] * 40
    (one,) = estimates(measured(*ones, *zeros).cases)

    error = 1.96 * (0.6 * 0.4 / 100) ** 0.5
    assert one.value == pytest.approx(0.6)
    assert one.interval.low == pytest.approx(0.6 - error, abs=0.01)
    assert one.interval.high == pytest.approx(0.6 + error, abs=0.01)


def test_pairing_sees_a_small_fall_that_intervals_side_by_side_would_hide():
    before = [1.0, 0.0] * 50
    now = [value - 0.02 for value in before]

    apart = [estimates(measured(*run).cases)[0].interval for run in (before, now)]

    assert apart[0].low < apart[1].high
    assert only(compare(measured(*before), measured(*now))).outcome == "fell"


@pytest.mark.parametrize(("lost", "outcome"), [(1, "held"), (3, "held"), (4, "fell"), (9, "fell")])
def test_it_takes_four_questions_lost_and_none_won_to_be_more_than_chance(lost, outcome):
    before = [1.0] * 150
    now = [0.0] * lost + [1.0] * (150 - lost)

    assert only(compare(measured(*before), measured(*now))).outcome == outcome


def test_as_many_questions_won_as_lost_is_chance():
    before, now = [1.0] * 6 + [0.0] * 6 + [1.0] * 90, [0.0] * 6 + [1.0] * 6 + [1.0] * 90

    change = only(compare(measured(*before), measured(*now)))

    assert change.outcome == "held"
    assert (len(change.worse), len(change.better)) == (6, 6)


def test_the_questions_that_became_worse_are_named_worst_first():
    change = only(compare(measured(1, 1, 1, 0.5), measured(0.9, 1, 0, 1)))

    assert change.worse == ("2", "0")
    assert change.better == ("3",)


def test_a_wrong_refusal_more_pulls_precision_down_and_is_named():
    before = mixed([(1, 1, True, True)] * 5 + [(1, 1, False, False)] * 5)
    now = mixed([(1, 1, True, True)] * 5 + [(0, 0, True, False)] * 5)

    changes = {change.figure: change for change in compare(before, now).changes}

    assert changes["refuse P"].outcome == changes["refuse F1"].outcome == "fell"
    assert changes["refuse P"].worse == changes["refuse F1"].worse == tuple("56789")
    assert changes["cite P"].outcome == "held"


def test_a_precision_of_nothing_is_not_compared():
    refusing, answering = [(1, 1, True, True)], [(1, 1, False, True)]

    compared = {change.figure for change in compare(mixed(refusing), mixed(answering)).changes}

    assert compared == {"cite P", "refuse F1"}


def test_only_questions_in_the_same_words_are_compared():
    before = measured(1, 1, 1, 1)
    changed = replace(before.cases[1], digest="other", shares=(Share("facts", 0, 1),))
    now = Measured("set", 5, (before.cases[0], changed, case("new", 0)))

    comparison = compare(before, now)

    assert (comparison.shared, comparison.altered) == (1, 1)
    assert (comparison.added, comparison.gone) == (1, 2)
    assert (comparison.papers_before, comparison.papers_now) == (3, 5)
    assert only(comparison).difference == 0


def test_nothing_in_common_gives_no_figure():
    assert compare(measured(1), replace(measured(1), cases=())).changes == ()


def test_a_comparison_comes_out_the_same_every_time():
    before, now = measured(*[0.5, 1] * 20), measured(*[0.4, 1, 1, 0.9] * 10)

    assert compare(before, now) == compare(before, now)


@given(rows=shares, papers=st.integers(0, 10**6), name=st.text(st.characters(codec="utf-8")))
@settings(max_examples=30)
def test_a_baseline_is_read_as_it_was_written(tmp_path_factory, rows, papers, name):
    path = tmp_path_factory.mktemp("kept") / "baseline.json"
    kept = Baseline(MADE_WITH, (replace(mixed(rows), name=name, papers=papers), measured(1)))
    assume(name != "set")
    write_baseline(path, kept)

    read = read_baseline(path)

    assert read.conditions == kept.conditions
    for mine, theirs in zip(read.sets, kept.sets, strict=True):
        assert (mine.name, mine.papers) == (theirs.name, theirs.papers)
        assert not any(change.difference > 1e-5 for change in compare(theirs, mine).changes)
        assert compare(theirs, mine).shared == len(theirs.cases)


def test_a_baseline_has_a_line_for_every_question(tmp_path):
    path = tmp_path / "baseline.json"
    write_baseline(path, Baseline(MADE_WITH, (measured(1, 0.25),)))

    rows = [line for line in path.read_text().splitlines() if '"id"' in line]

    assert json.loads(rows[1]) == {
        "id": "1", "type": "fact", "digest": digest("1"), "figures": {"facts": [0.25, 1]}
    }  # fmt: skip
    assert json.loads(path.read_text())["format"] == 1


def test_rounding_in_the_file_makes_no_question_worse(tmp_path):
    now, path = measured(1 / 3, 2 / 3, 1 / 7), tmp_path / "baseline.json"
    write_baseline(path, Baseline(MADE_WITH, (now,)))

    change = only(compare(read_baseline(path).sets[0], now))

    assert change.worse == change.better == ()
    assert change.outcome == "held"


def test_storing_replaces_what_was_there_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "baseline.json"
    for value in (1, 0):
        write_baseline(path, Baseline(MADE_WITH, (measured(value),)))

    assert read_baseline(path).sets == (measured(0),)
    assert [one.name for one in tmp_path.iterdir()] == ["baseline.json"]


def test_a_baseline_that_cannot_be_stored_leaves_the_old_one(tmp_path):
    path = tmp_path / "baseline.json"
    write_baseline(path, Baseline(MADE_WITH, (measured(1),)))

    with pytest.raises(UnicodeEncodeError):
        write_baseline(path, Baseline(MADE_WITH, (measured(1, name="\udc80"),)))

    assert read_baseline(path).sets == (measured(1),)


def test_a_place_that_cannot_be_written_is_told_before_anything_is_measured(tmp_path):
    check_target(tmp_path / "new.json")

    with pytest.raises(EvaluationError, match=r"nowhere/new\.json: No such file or directory\."):
        check_target(tmp_path / "nowhere" / "new.json")
    with pytest.raises(EvaluationError, match=r"nowhere/new\.json"):
        write_baseline(tmp_path / "nowhere" / "new.json", Baseline(MADE_WITH, ()))


def kept_text(**changes):
    content = {"format": 1, "conditions": vars_of(MADE_WITH), "sets": []}
    return json.dumps(content | changes)


def vars_of(conditions):
    return {name: getattr(conditions, name) for name in conditions.__slots__}


def question_row(**changes):
    return {"id": "1", "type": "", "digest": "", "figures": {"facts": [1, 1]}} | changes


def a_set(*rows):
    return {"name": "set", "papers": 3, "questions": rows}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is damaged, or is no baseline"),
        ('{"format": 1', "is damaged, or is no baseline"),
        ("[]", "is damaged, or is no baseline"),
        ("{}", "is damaged, or is no baseline"),
        ('{"format": 1}', "is damaged, or is no baseline"),
        (kept_text(format=2), "has format 2, and this version of Footnote reads 1"),
        (kept_text(format="new"), "is damaged, or is no baseline"),
        (kept_text(sets=[a_set(question_row(figures={"facts": 1}))]), "is damaged"),
        (kept_text(sets=[a_set(question_row(figures={"facts": [-1, 1]}))]), "is damaged"),
        (kept_text(sets=[a_set(question_row(figures={"facts": [1e999, 1]}))]), "is damaged"),
        (kept_text(sets=[a_set(question_row(), question_row())]), "an id twice in set"),
        (kept_text(sets=[a_set(), a_set()]), "twice in the names of its sets"),
        ("[" * 100_000, "is damaged, or is no baseline"),
    ],
)
def test_a_file_that_is_no_baseline_is_one_sentence_with_its_name(tmp_path, text, said):
    path = tmp_path / "baseline.json"
    path.write_text(text)

    with pytest.raises(EvaluationError, match=said) as error:
        read_baseline(path)

    assert str(path) in str(error.value)


def test_a_baseline_that_is_not_there_is_named(tmp_path):
    with pytest.raises(EvaluationError, match=r"none\.json cannot be read: No such file"):
        read_baseline(tmp_path / "none.json")


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_raise_anything_but_an_evaluation_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("damaged") / "baseline.json"
    path.write_bytes(content)

    with pytest.raises(EvaluationError):
        read_baseline(path)


@given(st.data())
def test_a_baseline_cut_or_overwritten_anywhere_is_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("cut") / "baseline.json"
    write_baseline(path, Baseline(MADE_WITH, (measured(1, 0.5, 0),)))
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(place, len(content)))
    content[place:end] = data.draw(st.binary(max_size=5))
    path.write_bytes(content)

    try:
        read_baseline(path)
    except EvaluationError as error:
        assert str(path) in str(error)  # noqa: PT017


def test_what_was_measured_otherwise_is_told_but_for_the_version():
    other = replace(MADE_WITH, version="2.0", judge="another", llm="qwen3:8b")

    assert MADE_WITH.differing(other) == (("judge", "judge", "another"), ("llm", "", "qwen3:8b"))


def test_conditions_are_those_of_the_settings(tmp_path):
    made_with = conditions(Settings(home=tmp_path))

    assert "MiniLM" in made_with.encoder
    assert made_with.llm == ""


FACT = Question(
    id="1",
    type="fact",
    question="How many?",
    history=(),
    gold_titles=("Gold",),
    facts=(("three",),),
    answerable=True,
)
NONE = replace(FACT, id="2", type="unanswerable", gold_titles=(), facts=(), answerable=False)


def test_the_figures_of_cases_are_those_of_the_scores():
    questions = [*(replace(FACT, id=str(n)) for n in range(9)), *(
        replace(NONE, id=f"u{n}") for n in range(4)
    )]  # fmt: skip
    answers = [
        Response("Three.", False, ("Gold", "Lead"), ("Lead", "Gold")),
        Response("", True, (), ("Gold",)),
        Response("Two.", False, ("Lead",), ()),
    ]
    responses = {one.id: answers[n % 3] for n, one in enumerate(questions)}

    whole = next(group for group in score(questions, responses) if group.name == ALL)
    known = dict(whole.figures)

    found = {one.figure: one.value for one in estimates(cases(questions, responses))}
    assert list(found) == [
        *("nDCG@10", "R@5", "MRR", "facts", "right", "cite P"),
        *("refuse P", "refuse R", "refuse F1"),
    ]
    assert found == pytest.approx({name: known[name] for name in found})


@pytest.mark.parametrize(
    "change",
    [
        {"question": "How few?"},
        {"facts": (("four",),)},
        {"gold_titles": ("Lead",)},
        {"answerable": False},
    ],
)
def test_a_question_that_asks_or_wants_something_else_has_another_digest(change):
    (first,), (second,) = (cases([one], {}) for one in (FACT, replace(FACT, **change)))

    assert first.digest != second.digest


class Answering:
    """An answerer that knows everything, but for what it was made to lose."""

    def __init__(self, questions, lost=(), refused=()):
        self._questions = {one.question: one for one in questions}
        self._lost, self._refused = lost, refused

    async def ask(self, question, history=()):
        asked = self._questions[question]
        if not asked.answerable or asked.type in self._refused:
            return Answer(question, "No.", refusal=Refusal("not-on-shelf", "It is not here."))
        text = " ".join(ways[0] for ways in asked.facts)
        titles = ("Something else",) if asked.type in self._lost else asked.gold_titles
        papers = [Paper(title, title, text) for title in titles]
        span = Span(0, len(text))
        return Answer(
            question,
            text,
            tuple(Citation(n, paper, span) for n, paper in enumerate(papers, 1)),
            retrieved=tuple(Hit(one, Passage(one.id, one.id, text, span), 1.0) for one in papers),
        )


async def run(answerer):
    with_path = Path(str(SAMPLE.joinpath(QUESTIONS)))
    answered = await evaluate_questions(with_path, answerer, lambda done, total: None)
    return Measured("sample", 72, answered.cases)


async def test_the_gate_catches_an_answerer_that_breaks_on_one_kind_of_question(tmp_path):
    questions = read_questions(Path(str(SAMPLE.joinpath(QUESTIONS))))
    path = tmp_path / "baseline.json"
    write_baseline(path, Baseline(MADE_WITH, (await run(Answering(questions)),)))
    before = read_baseline(path).sets[0]

    whole = compare(before, await run(Answering(questions)))
    lost = compare(before, await run(Answering(questions, lost=["followup"])))
    refused = compare(before, await run(Answering(questions, refused=["followup"])))

    followups = {one.id for one in questions if one.type == "followup"}
    assert whole.fallen == whole.risen == ()
    assert {one.figure for one in lost.fallen} == {"nDCG@10", "R@5", "MRR", "right", "cite P"}
    assert {one.figure for one in refused.fallen} >= {"facts", "right", "refuse P", "refuse F1"}
    for change in (*lost.fallen, *refused.fallen):
        if change.figure not in ("refuse P", "refuse F1"):
            assert set(change.worse) == followups
        assert set(change.worse) <= followups


class Finding:
    """A search that finds for each question the document of its name, or one before it."""

    def __init__(self, wrong):
        self._wrong = wrong

    def search(self, question, keywords, *, limit):
        names = ["other", question] if question in self._wrong else [question]
        return [self._hit(name) for name in names]

    def _hit(self, name):
        paper = Paper(name, name, name, identifiers=(("id", name),))
        return Hit(paper, Passage(name, name, name, Span(0, 1)), 1.0)


def test_the_gate_catches_a_search_that_ranks_worse():
    names = [f"q{number}" for number in range(30)]
    collection = Collection(
        (Record("T", "A."),), tuple((one, one) for one in names), {one: {one: 1} for one in names}
    )

    good, bad = (
        Measured("beir", 1, evaluate(collection, Finding(wrong), lambda done: None).cases)
        for wrong in ((), names[:6])
    )

    fallen = {change.figure: change for change in compare(good, bad).fallen}
    assert set(fallen) == {"nDCG@10", "MRR@10", "P@1"}
    assert fallen["P@1"].worse == tuple(names[:6])
    assert isinstance(fallen["P@1"], Change)
    assert not compare(bad, good).fallen


def test_the_baseline_that_ships_is_of_the_questions_and_papers_that_ship():
    kept = read_baseline(Path(str(SAMPLE.joinpath(BASELINE)))).named("sample")
    asked = cases(read_questions(Path(str(SAMPLE.joinpath(QUESTIONS)))), {})
    papers = SAMPLE.joinpath(PAPERS).read_text(encoding="utf-8").splitlines()

    comparison = compare(kept, Measured("sample", len(papers), asked))

    stale = "run `footnote eval --save rag/sample/baseline.json`"
    assert comparison.shared == len(asked) == len(kept.cases), stale
    assert comparison.papers_before == comparison.papers_now, stale


async def test_the_shipped_questions_have_a_shelf_of_their_own(tmp_path, home_with_graphs):
    home = home_with_graphs(tmp_path / "home")

    with sample_shelf(Settings(home=home), lambda event: None) as application:
        place = application.settings.home
        counted = application.shelf.statistics()
        answer = await application.engine.ask("How many trainable parameters does LoRA save?")

    assert (counted.papers, counted.pending) == (72, 0)
    assert answer.citations[0].paper.title.startswith("LoRA")
    assert [one.name for one in home.iterdir()] == ["models"]
    assert not place.exists()
