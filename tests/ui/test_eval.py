"""`footnote eval`: what it measures, what it compares with, and when it fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from six_papers import PAPERS, Footnote, write_lines

TIDE, DOUGH, ICE, BEES = (PAPERS[number]["title"] for number in range(4))


def question(number: int, text: str, title: str, fact: str) -> dict[str, Any]:
    return {
        "id": f"q{number}",
        "type": "fact",
        "question": text,
        "history": [],
        "gold_titles": [title],
        "facts": [[fact]],
        "answerable": True,
    }


QUESTIONS = (
    question(1, "How far ahead does TideNet forecast flood levels?", TIDE, "36 hours"),
    question(2, "How many tide gauges does TideNet join?", TIDE, "412"),
    question(3, "How many photographs was Slow Dough trained on?", DOUGH, "8,200"),
    question(4, "What accuracy does the icequake transformer reach?", ICE, "93%"),
    question(5, "How many hydrophones recorded the icequakes?", ICE, "17 hydrophones"),
    question(6, "What does a camera above the hive cost?", BEES, "15 dollars"),
)


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "own.jsonl", QUESTIONS)


def collection(folder: Path, *, judged: str = "0") -> Path:
    """The six papers as a judged data set with two questions."""
    documents = [
        {"_id": str(number), "title": paper["title"], "text": paper["abstract"]}
        for number, paper in enumerate(PAPERS)
    ]
    (folder / "qrels").mkdir(parents=True)
    write_lines(folder / "corpus.jsonl", documents)
    asked = [{"_id": f"q{n}", "text": one["question"]} for n, one in enumerate(QUESTIONS[:2])]
    write_lines(folder / "queries.jsonl", asked)
    rows = "".join(f"q{n}\t{judged}\t1\n" for n in range(2))
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{rows}")
    return folder


def test_figures_are_shown_with_their_intervals_and_by_type(
    shelf: Footnote, questions: Path
) -> None:
    shown = shelf("eval", str(questions))

    assert shown.code == 0
    lines = [line.split() for line in shown.out.splitlines()]
    assert lines[0] == "own: 6 questions over 6 papers".split()
    assert ["nDCG@10", "1.000", "1.000", "…", "1.000"] in lines
    assert any(line[:2] == ["fact", "6"] for line in lines)
    assert max(map(len, shown.out.splitlines())) <= 80


def test_the_same_again_falls_nowhere(shelf: Footnote, questions: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"

    first = shelf("eval", str(questions), "--save", str(kept))
    second = shelf("eval", str(questions), "--baseline", str(kept))

    assert (first.code, second.code) == (0, 0)
    assert f"Stored as {kept}." in " ".join(first.err.split())
    assert second.out.rstrip().endswith("No figure fell.")
    assert max(map(len, second.out.splitlines())) <= 80


def test_papers_that_are_lost_make_it_fail_with_the_questions_to_look_at(
    shelf: Footnote, questions: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.json"
    shelf("eval", str(questions), "--save", str(kept))
    for title in (TIDE, DOUGH, ICE):
        assert shelf("remove", title, "--yes").code == 0

    failed = shelf("eval", str(questions), "--baseline", str(kept))
    as_json = shelf("eval", str(questions), "--baseline", str(kept), "--json")
    other_way = shelf("eval", str(questions), "--save", str(tmp_path / "poor.json"))

    said = " ".join(failed.out.split())
    assert (failed.code, as_json.code, other_way.code) == (1, 1, 0)
    assert "Asked over 3 papers; the baseline had 6." in said
    assert "R@5 fell from 1.000 to 0.167 (95 % interval of the change: -1.000 to -0.500)." in said
    assert "Worse: fact q1, q2, q3, q4, q5." in said
    change = as_json.json["comparison"]["changes"]["R@5"]
    assert change["outcome"] == "fell"
    assert change["worse"] == ["q1", "q2", "q3", "q4", "q5"]


def test_what_rose_is_told(shelf: Footnote, questions: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    shelf("eval", str(questions), "--save", str(kept))
    content = json.loads(kept.read_text(encoding="utf-8"))
    for row in content["sets"][0]["questions"]:
        row["figures"]["MRR"] = [0.5, 1]
    kept.write_text(json.dumps(content), encoding="utf-8")

    shown = shelf("eval", str(questions), "--baseline", str(kept))

    assert shown.code == 0
    assert "MRR rose from 0.500 to 1.000" in shown.out


def test_several_sets_go_into_one_baseline_and_one_line_of_json_each(
    shelf: Footnote, questions: Path, tmp_path: Path
) -> None:
    kept, folder = tmp_path / "kept.json", collection(tmp_path / "judged")
    sets = (str(questions), str(folder))

    first = shelf("eval", *sets, "--save", str(kept), "--json")
    second = shelf("eval", str(folder), "--baseline", str(kept), "--json")

    assert [line["set"] for line in first.lines] == ["own", "judged"]
    assert first.lines[0]["figures"]["refuse R"] == 0
    assert first.lines[0]["types"]["fact"]["n"] == 6
    assert first.lines[1]["documents"] == 6
    assert first.lines[1]["intervals"]["nDCG@10"] == [1, 1]
    assert second.code == 0
    assert second.json["comparison"]["shared"] == 2


def test_a_collection_that_is_found_worse_fails(
    models: Path, footnote: Footnote, tmp_path: Path
) -> None:
    kept, folder = tmp_path / "kept.json", collection(tmp_path / "judged")
    footnote("eval", str(folder), "--save", str(kept))
    content = json.loads(kept.read_text(encoding="utf-8"))
    for row in content["sets"][0]["questions"]:
        row["figures"]["MRR@10"] = [2, 1]
    kept.write_text(json.dumps(content), encoding="utf-8")

    failed = footnote("eval", str(folder), "--baseline", str(kept))

    assert failed.code == 1
    assert "MRR@10 fell from 2.000 to 1.000" in failed.out
    assert "Worse: q0, q1." in failed.out


def test_questions_that_were_changed_are_left_out_and_told(
    shelf: Footnote, questions: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.json"
    shelf("eval", str(questions), "--save", str(kept))
    changed = question(1, "How far ahead can TideNet see?", TIDE, "36 hours")
    write_lines(questions, [changed, *QUESTIONS[1:5], question(9, "Bees missed?", BEES, "2%")])

    shown = shelf("eval", str(questions), "--baseline", str(kept))

    assert shown.code == 0
    said = " ".join(shown.out.split())
    assert "Compared: the 4 questions that the baseline has" in said
    assert "(1 changed, 1 new, 1 gone)" in said


def test_questions_of_which_none_is_in_the_baseline_are_refused(
    shelf: Footnote, questions: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.json"
    shelf("eval", str(questions), "--save", str(kept))
    write_lines(questions, [question(1, "How far ahead can TideNet see?", TIDE, "36 hours")])

    shown = shelf("eval", str(questions), "--baseline", str(kept))

    assert shown.code == 1
    assert "Error: No question of own stands in the baseline" in shown.err


def test_another_judge_than_that_of_the_baseline_is_told(
    shelf: Footnote, questions: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.json"
    shelf("eval", str(questions), "--save", str(kept))
    content = json.loads(kept.read_text(encoding="utf-8"))
    content["conditions"] |= {"judge": "former", "version": "0.0.1"}
    kept.write_text(json.dumps(content), encoding="utf-8")

    shown = shelf("eval", str(questions), "--baseline", str(kept))

    assert shown.code == 0
    assert "The baseline was made with another judge: former, not " in shown.err
    assert "version" not in shown.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"\xff{", "is damaged, or is no baseline", id="damaged"),
        pytest.param(b'{"format": 99}', "has format 99", id="format"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_one_sentence(
    models: Path, footnote: Footnote, tmp_path: Path, content: bytes, said: str
) -> None:
    kept = tmp_path / "kept.json"
    kept.write_bytes(content)

    shown = footnote("eval", "--baseline", str(kept))

    assert shown.code == 1
    assert said in shown.err
    assert str(kept) in shown.err
    assert len(shown.err.splitlines()) == 1


@pytest.mark.parametrize("option", ["--baseline", "--save"])
def test_a_file_that_is_not_there_or_cannot_be_is_told_at_once(
    footnote: Footnote, questions: Path, tmp_path: Path, option: str
) -> None:
    shown = footnote("eval", str(questions), option, str(tmp_path / "nowhere" / "kept.json"))

    assert shown.code != 0
    assert "kept.json" in shown.err
    assert shown.err.count("Error: ") == 1
    assert not (tmp_path / "home").exists()


def test_a_set_that_the_baseline_lacks_is_told_before_it_is_asked(
    models: Path, footnote: Footnote, tmp_path: Path
) -> None:
    kept, folder = tmp_path / "kept.json", collection(tmp_path / "judged")
    footnote("eval", str(folder), "--save", str(kept))

    refused = footnote("eval", "--baseline", str(kept))

    assert refused.code == 1
    assert "holds judged, and not sample" in refused.err
    assert "Asking" not in refused.err


def test_two_sets_of_one_name_are_refused(footnote: Footnote, tmp_path: Path) -> None:
    paths = [tmp_path / place / "own.jsonl" for place in "ab"]
    for path in paths:
        path.parent.mkdir()
        write_lines(path, QUESTIONS)

    shown = footnote("eval", *map(str, paths))

    assert shown.code == 1
    assert "Two of the paths are called own" in shown.err


@pytest.mark.slow
def test_the_product_that_ships_holds_the_baseline_that_ships(
    models: Path, footnote: Footnote
) -> None:
    shown = footnote("eval")

    assert shown.code == 0
    assert "No figure fell." in shown.out
