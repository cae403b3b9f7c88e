"""The measures that a judge is chosen by, on readings that are known."""

import json
from random import Random

import numpy as np
import pytest

from training.judge_data import answers, entailments
from training.judge_evaluation import Readings, table
from training.judge_examples import (
    NOT_SUPPORTED,
    OPEN,
    SUPPORTED,
    Abstract,
    DataError,
    Question,
    Statement,
)
from training.judge_measures import auc, best_refusal, caught, ndcg, recall
from training.judge_written import read_written


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def perfect(pairs):
    """Reads "yes" in the second part as whatever is asked for."""
    yes = np.array(["yes" in source for _, source in pairs], float)
    support = np.stack([yes, (1 - yes) * 0.9, (1 - yes) * 0.1], axis=1)
    return Readings(support, yes, yes)


def test_auc_is_one_for_a_perfect_order_and_a_half_for_ties():
    assert auc(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 1
    assert auc(np.array([0.0]), np.array([1.0])) == 0
    assert auc(np.ones(3), np.ones(2)) == 0.5


def test_what_is_caught_lies_below_the_share_of_true_ones_given_up():
    true = np.linspace(0.5, 1.0, 101)

    assert caught(true, np.array([0.1, 0.5, 0.9]), 0.05) == pytest.approx(2 / 3)


def test_the_best_refusal_finds_the_threshold_that_parts_them():
    answerable = np.array([True, False, True, False])

    assert best_refusal(np.array([3.0, 1.0, 2.0, 0.0]), answerable) == 1
    assert best_refusal(np.array([0.0, 1.0, 2.0, 3.0]), answerable) < 0.8


def test_ranking_measures_know_first_from_last():
    right = np.array([False, True, False])

    assert ndcg(np.array([1.0, 9.0, 2.0]), right) == 1
    assert ndcg(np.array([2.0, 1.0, 0.0]), right) == pytest.approx(1 / np.log2(3))
    assert recall(np.array([2.0, 1.0, 0.0]), right, depth=1) == 0


def test_the_table_has_a_row_for_every_kind_of_set(tmp_path):
    checks = [
        {"kind": kind, "sentence": "s", "title": "t", "abstract": text}
        for kind, text in (("true", "yes"), ("true", "yes"), ("name", "no"))
    ]
    write(tmp_path / "eval-checks-a.jsonl", *checks)
    claim = {"sentence": "s", "source": "no", "label": "contradicted"}
    write(tmp_path / "eval-claims-a.jsonl", claim)
    found = [{"text": "no", "score": 2, "right": False}, {"text": "yes", "score": 1, "right": True}]
    lost = [{"text": "no", "score": 1, "right": False}]
    write(
        tmp_path / "eval-questions-a.jsonl",
        {"question": "q", "answerable": True, "type": "paraphrase", "found": found},
        {"question": "q", "answerable": False, "found": lost},
    )
    statements = [Statement("s", "yes", SUPPORTED), Statement("s", "no", OPEN)]
    questions = [Question("q", "yes", answerable=True), Question("q", "no", answerable=False)]

    rows = {row.name: row.value for row in table(perfect, statements, questions, tmp_path)}

    assert rows["checks: name, caught at 4% false alarms"] == 1
    assert rows["claims: three labels, accuracy"] == 1
    assert rows["questions: does one of the top 5 answer, AUC"] == 1
    assert rows["questions: refusing, best F1"] == 1
    assert rows["questions: paraphrase, with the judge, R@5"] == 1
    assert rows["questions: all, as found, nDCG@10"] == pytest.approx(1 / np.log2(3))
    assert rows["written: true against false or open, AUC"] == 1


def test_public_sets_are_read_in_the_form_that_is_documented(tmp_path):
    row = {"premise": "p", "hypothesis": "h", "label": "not_entailment"}
    write(tmp_path / "nli-a.jsonl", row, row | {"label": "-"}, row | {"premise": ""})
    asked = {"question": "q", "passage": "They saw ten otters.", "answerable": True}
    write(tmp_path / "qa-a.jsonl", asked | {"answer": "ten"}, asked | {"answerable": False})

    assert entailments(tmp_path) == [Statement("h", "p", NOT_SUPPORTED)]
    answered, open_ = answers(tmp_path)
    assert answered.source[answered.answer.start : answered.answer.end] == "ten"
    assert not open_.answerable
    assert open_.answer is None


def test_without_a_folder_there_are_no_public_sets():
    assert entailments(None) == []
    assert answers(None) == []


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no folder .*gone"):
        entailments(tmp_path / "gone")


@pytest.mark.parametrize(
    ("line", "said"),
    [('{"label": "neutral"}', "line 2.*hypothesis"), ("{", "line 2"), ("[]", "line 2")],
)
def test_a_line_that_cannot_be_read_is_named_with_its_file(tmp_path, line, said):
    path = write(tmp_path / "nli-a.jsonl", {"premise": "p", "hypothesis": "h", "label": "neutral"})
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")

    with pytest.raises(DataError, match=rf"nli-a\.jsonl, {said}"):
        entailments(tmp_path)


def test_written_cases_are_held_out_by_abstract(tmp_path):
    rows = [
        {
            "title": f"Paper {number}",
            "abstract": "Ten otters swim. They are shy.",
            "support": ["Otters swim."],
            "contradict": ["Otters fly."],
            "neutral": "Otters sing.",
            "questions": [{"q": "How many?", "answer_sentence": "Ten otters swim."}],
            "unanswerable": ["Where?"],
        }
        for number in range(24)
    ]
    train, held_out = read_written(
        write(tmp_path / "w.jsonl", *rows),
        Random(0),
    )

    assert (len(train), len(held_out)) == (22, 2)
    assert not {one.abstract for one in train} & {one.abstract for one in held_out}
    [(_, span)] = train[0].answered
    assert train[0].abstract.text[span.start : span.end] == "Ten otters swim."
    assert isinstance(train[0].abstract, Abstract)
