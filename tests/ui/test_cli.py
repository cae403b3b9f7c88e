"""The commands, over a real shelf of six papers with the real models."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from six_papers import PAPERS, Footnote, started, write_lines

from rag.build import open_shelf
from rag.config import load_settings

FLOODS = "How far ahead does TideNet forecast flood levels?"
NOT_THERE = "Who painted the ceiling of the Sistine Chapel?"


def test_help_loads_nothing_that_is_slow() -> None:
    code = (
        "import sys; from ui.cli import run; run(['--help']); "
        "slow = {'numpy', 'pydantic', 'rich', 'chromadb', 'llama_index', 'onnxruntime', 'openai'}; "
        "sys.exit(str(slow & set(sys.modules)) if slow & set(sys.modules) else 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "every sentence of an answer is cited" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    "command",
    [
        *("ask", "chat", "search", "batch", "check", "serve", "demo"),
        *("add", "papers", "show", "remove", "stats"),
        *("doctor", "reembed", "eval", "backup", "restore"),
        *("users", "keys", "slack", "mcp"),
    ],
)
def test_every_command_says_in_a_sentence_what_it_does(footnote: Footnote, command: str) -> None:
    shown = footnote(command, "--help")

    assert shown.code == 0
    sentence = shown.out.split("\n\n")[1].strip()
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert sentence in " ".join(footnote("--help").out.split())


def test_the_version_is_shown(footnote: Footnote) -> None:
    assert footnote("--version").out.startswith("footnote 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["fly"], id="unknown-command"),
        pytest.param(["ask"], id="no-question"),
        pytest.param(["ask", "  "], id="blank-question"),
        pytest.param(["chat", "--since", "soon"], id="no-date-to-chat"),
        pytest.param(["check"], id="nothing-to-check"),
        pytest.param(["papers", "--since", "soon"], id="no-date"),
        pytest.param(["papers", "--since", "Oct 24"], id="no-year"),
        pytest.param(["papers", "--sort", "colour"], id="no-order"),
        pytest.param(["papers", "--limit", "0"], id="limit"),
        pytest.param(["batch", "questions.jsonl"], id="no-out"),
        pytest.param(["eval", "nowhere"], id="no-folder"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_sentence(footnote: Footnote, arguments: list[str]) -> None:
    shown = footnote(*arguments)

    assert shown.code == 2
    assert shown.err.count("Error: ") == 1
    assert "Traceback" not in shown.err


@pytest.mark.parametrize("command", [["papers"], ["ask", FLOODS], ["search", FLOODS]])
def test_an_empty_shelf_says_how_to_fill_it(
    models: Path, footnote: Footnote, command: list[str]
) -> None:
    shown = footnote(*command)

    assert shown.code == 0
    assert "The shelf is empty. Add papers with `footnote add FILE…`" in shown.out


def test_adding_ends_with_one_line_of_counts(
    models: Path, footnote: Footnote, tmp_path: Path
) -> None:
    papers = write_lines(tmp_path / "p.jsonl", [*PAPERS[:2], PAPERS[0]])

    first, second = footnote("add", str(papers)), footnote("add", str(papers))

    assert first.code == second.code == 0
    counts = "3 records: 2 new, 0 changed, 0 unchanged, 1 duplicate, 0 rejected ("
    assert first.out.startswith(counts)
    assert second.out.startswith("3 records: 0 new, 0 changed, 2 unchanged, 1 duplicate")


def test_what_cannot_be_read_is_named_with_its_line(
    models: Path, footnote: Footnote, tmp_path: Path
) -> None:
    papers = write_lines(tmp_path / "p.jsonl", [PAPERS[0], {"title": "No abstract"}])

    shown = footnote("add", str(papers), "missing.jsonl", "--json")

    assert shown.code == 1
    assert shown.err.splitlines() == [
        "p.jsonl:2: There is no abstract.",
        "missing.jsonl: There is no such file or folder; check the path.",
    ]
    report = shown.json
    assert report.pop("seconds") > 0
    assert report == {
        "records": 1,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "duplicates": 0,
        "rejected": 2,
        "faults": [
            {"source": "p.jsonl", "line": 2, "reason": "There is no abstract."},
            {
                "source": "missing.jsonl",
                "line": None,
                "reason": "There is no such file or folder; check the path.",
            },
        ],
    }


def test_an_interrupted_add_says_how_to_go_on(models: Path) -> None:
    adding = started("add", "-")
    assert adding.stdin is not None
    assert adding.stderr is not None
    adding.stdin.write('{"title": "A"')
    adding.stdin.flush()
    while not (models / "owner.json").exists():
        assert adding.poll() is None

    adding.send_signal(signal.SIGINT)
    _, said = adding.communicate(timeout=60)

    assert adding.returncode == 130
    assert (
        said.strip()
        == "Stopped. What was read so far is kept; run the same command again to go on."
    )


def test_the_list_is_whole_where_it_is_piped(shelf: Footnote) -> None:
    shown = shelf("papers", "--sort", "published")

    lines = shown.out.splitlines()
    assert lines[0].split() == ["id", "date", "title", "upvotes", "organization"]
    assert lines[1].split()[1:4] == ["Nov", "30,", "2025"]
    assert lines[-1] == "6 papers."
    assert all(paper["title"] in shown.out for paper in PAPERS)


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        pytest.param(["--since", "2025-10"], ["TideNet", "Whale"], id="since"),
        pytest.param(["--until", "2023"], ["Glacier"], id="until"),
        pytest.param(["--organization", "harbour"], ["TideNet"], id="organization"),
        pytest.param(["--source", "nowhere.txt"], [], id="source"),
        pytest.param(["--sort", "title", "--limit", "2"], ["Counting", "Glacier"], id="title"),
        pytest.param(["--sort", "upvotes", "--limit", "1"], ["TideNet"], id="upvotes"),
        pytest.param(["--offset", "5"], ["Whale"], id="offset"),
    ],
)
def test_the_list_can_be_narrowed_and_sorted(
    shelf: Footnote, options: list[str], titles: list[str]
) -> None:
    shown = shelf("papers", *options, "--json")

    assert [str(line["title"]).split()[0].rstrip(":") for line in shown.lines] == titles


def test_the_list_as_json_can_be_added_again(shelf: Footnote, tmp_path: Path) -> None:
    listed = shelf("papers", "--json")
    (tmp_path / "copy.jsonl").write_text(listed.out, encoding="utf-8")

    added = shelf("add", "copy.jsonl", "--json")

    assert added.json["new"] == added.json["rejected"] == 0
    for line, again in zip(listed.lines, shelf("papers", "--json").lines, strict=True):
        assert again["sources"] == ["six.jsonl", "copy.jsonl"]
        changed = ("sources", "identifiers")
        assert [again[name] for name in again if name not in changed] == [
            line[name] for name in line if name not in changed
        ]


@pytest.mark.parametrize(
    "name",
    ["2510.12345", "2510", "tidenet: forecasting coastal floods with graph networks", "2510.1…"],
)
def test_a_paper_is_shown_by_whatever_names_it(shelf: Footnote, name: str) -> None:
    shown = shelf("show", name)

    assert shown.code == 0
    for fact in ("2510.12345", "Oct 24, 2025", "Mara Lindqvist, Joao Reis", "Harbour Institute"):
        assert fact in shown.out
    assert "six.jsonl" in shown.out
    assert PAPERS[0]["abstract"] in shown.out


def test_an_unknown_paper_is_one_sentence(shelf: Footnote) -> None:
    shown = shelf("show", "tidynet")

    assert shown.code == 1
    assert shown.out == ""
    assert shown.err.startswith("Error: No paper on the shelf is called 'tidynet'.")
    assert len(shown.err.splitlines()) == 1


def test_nothing_is_removed_where_one_name_is_unknown(shelf: Footnote) -> None:
    shown = shelf("remove", "2510.12345", "unheard-of", "--yes")

    assert shown.code == 1
    assert "unheard-of" in shown.err
    assert len(shelf("papers", "--json").lines) == 6


def test_what_was_removed_is_named_and_gone(shelf: Footnote) -> None:
    shown = shelf("remove", "2510.12345", "counting", "--yes")

    assert shown.code == 0
    assert "Removed 2510.12345: TideNet" in shown.out
    assert len(shelf("papers", "--json").lines) == 4
    found = shelf("search", FLOODS, "--json").lines
    assert PAPERS[0]["title"] not in [line["title"] for line in found]


def test_removing_asks_on_a_terminal(shelf: Footnote) -> None:
    terminal, end = pty.openpty()
    command = [sys.executable, "-c", "from ui.cli import main; main()", "remove", "2510"]

    with subprocess.Popen(
        command, stdin=end, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as asks:
        os.write(terminal, b"n\n")
        _, said = asks.communicate(timeout=60)

    assert asks.returncode == 1
    assert b"Remove 1 paper for good? [y/n] (n)" in said
    assert len(shelf("papers", "--json").lines) == 6


def test_the_counts_are_shown_and_given(shelf: Footnote) -> None:
    shown, given = shelf("stats"), shelf("stats", "--json").json

    assert "papers: 6" in shown.out
    assert given["papers"] == 6
    assert given["by_source"] == {"six.jsonl": 6}
    assert given["by_year"] == {"2025": 3, "2024": 1, "2023": 1, "unknown": 1}


def test_a_search_gives_the_best_paper_first(shelf: Footnote) -> None:
    shown = shelf("search", "counting bees", "--limit", "2")
    found = shelf("search", "counting bees", "--limit", "2", "--json").lines

    assert shown.out.startswith("1. Counting Bees with Cheap Cameras\n")
    assert [line["rank"] for line in found] == [1, 2]
    assert found[0]["title"] == "Counting Bees with Cheap Cameras"
    assert found[0]["score"] >= found[1]["score"]


def test_an_answer_is_printed_with_each_cited_paper_once(shelf: Footnote) -> None:
    shown, given = shelf("ask", FLOODS, "--evidence"), shelf("ask", FLOODS, "--json").json
    abstract = PAPERS[0]["abstract"]

    assert shown.code == 0
    assert shown.out.startswith(given["answer"])
    assert "36 hours" in given["answer"]
    references = [line for line in shown.out.splitlines() if line.startswith("[")]
    assert references == ["[1] TideNet: Forecasting Coastal Floods with Graph Networks, 2025"]
    assert "https://arxiv.org/abs/2510.12345" in shown.out
    for citation in given["citations"]:
        assert abstract[citation["start"] : citation["end"]] == citation["sentence"]
        assert f"**{citation['sentence']}**" in shown.out
    assert shown.out.replace("**", "").count(abstract) == 1
    assert given["retrieved"][0]["title"] == PAPERS[0]["title"]
    assert set(given) >= {"question", "refused", "reason", "timings", "usage"}


def test_an_answer_is_written_to_a_new_file_as_well(shelf: Footnote, tmp_path: Path) -> None:
    shown = shelf("ask", FLOODS, "--export", "floods.md")
    again = shelf("ask", FLOODS, "--export", "floods.md")
    other = shelf("ask", FLOODS, "--export", "floods.docx")

    assert shown.err == "Written to floods.md.\n"
    page = (tmp_path / "floods.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {FLOODS}\n\n**TideNet")
    assert "   > TideNet forecasts flood levels 36 hours ahead" in page
    assert (again.code, again.out) == (1, "")
    assert again.err.startswith("Error: floods.md exists already;")
    assert (other.code, other.out) == (1, "")


def test_a_question_is_read_from_standard_input(shelf: Footnote) -> None:
    asking = started("ask", "-", "--json")
    said, complained = asking.communicate(FLOODS + "\n", timeout=120)

    assert complained == ""
    assert json.loads(said)["question"] == FLOODS


def test_a_refusal_says_why_and_what_comes_nearest(shelf: Footnote) -> None:
    shown, given = shelf("ask", NOT_THERE), shelf("ask", NOT_THERE, "--json").json

    assert shown.code == 0
    assert given["refused"] is True
    assert shown.out.startswith(f"No answer. {given['reason']}\n")
    assert all(paper["title"] in shown.out for paper in given["nearest"])
    assert given["citations"] == []


@pytest.mark.parametrize(
    "options",
    [["--only", "counting", "--only", "slow"], ["--until", "2024"], ["--organization", "polar"]],
)
def test_a_paper_outside_the_filters_is_never_found(shelf: Footnote, options: list[str]) -> None:
    given = shelf("ask", FLOODS, "--json", *options).json

    assert given["retrieved"]
    assert PAPERS[0]["title"] not in [hit["title"] for hit in given["retrieved"]]


def test_a_batch_answers_every_good_line_and_names_the_bad(shelf: Footnote, tmp_path: Path) -> None:
    questions = write_lines(
        tmp_path / "q.jsonl",
        [{"id": "A", "question": FLOODS}, {"id": "B"}, {"id": "C", "question": NOT_THERE}],
    )

    shown = shelf("batch", str(questions), "--out", "a.jsonl")

    assert shown.code == 1
    assert shown.err == "q.jsonl:2: There is no question, or it is not text.\n"
    assert "2 questions: 1 answered, 1 refused, 0 there already, 1 bad line" in shown.out
    answered, refused = read_lines(tmp_path / "a.jsonl")
    assert (answered["id"], refused["id"]) == ("A", "C")
    assert (answered["refused"], refused["refused"]) == (False, True)
    assert answered["citations"] == [PAPERS[0]["title"]]
    assert answered["retrieved"][0] == PAPERS[0]["title"]
    assert answered["seconds"] > 0


def test_a_batch_goes_on_where_it_was_killed(shelf: Footnote, tmp_path: Path) -> None:
    lines = [{"id": name, "question": FLOODS} for name in "ABC"]
    questions = write_lines(tmp_path / "q.jsonl", lines)
    answers = write_lines(tmp_path / "a.jsonl", [{"id": "A", "answer": "Kept."}])
    answers.write_bytes(answers.read_bytes() + b'{"id": "B", "answer": "Half')

    first = shelf("batch", str(questions), "--out", str(answers))
    second = shelf("batch", str(questions), "--out", str(answers))

    assert first.code == second.code == 0
    assert "3 questions: 2 answered, 0 refused, 1 there already" in first.out
    assert "3 questions: 0 answered, 0 refused, 3 there already" in second.out
    assert [line["id"] for line in read_lines(answers)] == ["A", "B", "C"]
    assert read_lines(answers)[0]["answer"] == "Kept."


def test_a_batch_never_writes_over_its_questions(shelf: Footnote, tmp_path: Path) -> None:
    questions = write_lines(tmp_path / "q.jsonl", [{"id": "A", "question": FLOODS}])
    before = questions.read_bytes()

    shown = shelf("batch", "q.jsonl", "--out", str(questions))

    assert shown.code == 1
    assert "holds the questions" in shown.err
    assert questions.read_bytes() == before


def test_the_doctor_finds_mends_and_finds_nothing_more(shelf: Footnote, tmp_path: Path) -> None:
    healthy = shelf("doctor")
    (tmp_path / "home" / "tokens.sqlite").unlink()

    ill = shelf("doctor", "--fix")

    assert (healthy.code, ill.code) == (0, 0)
    assert "✗" not in healthy.out
    found, mended = ill.out.split("\nMending …\n")
    assert "✗ 6 entries (2510.12345, " in found
    assert mended == healthy.out


def test_the_doctor_tells_of_a_wrong_setting(
    shelf: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_EMBEDDING", "word2vec")

    shown = shelf("doctor")

    assert shown.code == 1
    assert shown.out.startswith("✗ FOOTNOTE_EMBEDDING is 'word2vec'")


def test_embedding_anew_is_done_only_where_asked(shelf: Footnote) -> None:
    assert shelf("reembed").out.startswith("Nothing to do")
    assert shelf("reembed", "--force").out.startswith("Embedded 6 papers with all-MiniLM")
    assert shelf("doctor").code == 0


def test_a_judged_data_set_is_measured(models: Path, footnote: Footnote, tmp_path: Path) -> None:
    documents = [
        {"_id": str(number), "title": paper["title"], "text": paper["abstract"]}
        for number, paper in enumerate(PAPERS)
    ]
    write_lines(tmp_path / "corpus.jsonl", documents)
    write_lines(tmp_path / "queries.jsonl", [{"_id": "q", "text": FLOODS}])
    (tmp_path / "qrels").mkdir()
    judged = "query-id\tcorpus-id\tscore\nq\t0\t1\n"
    (tmp_path / "qrels" / "test.tsv").write_text(judged, encoding="utf-8")

    given = footnote("eval", str(tmp_path), "--json").json

    assert (given["documents"], given["questions"]) == (6, 1)
    assert given["figures"]["nDCG@10"] == 1


def test_the_demo_cites_and_can_be_repeated(models: Path, footnote: Footnote) -> None:
    first, second = footnote("demo", "--no-serve"), footnote("demo", "--no-serve")

    assert first.code == second.code == 0
    assert "72 new" in first.out
    assert "72 unchanged" in second.out
    assert "[1] LoRA" in first.out
    assert "uv run footnote ask" in first.out


def test_a_shelf_in_use_is_told_with_who_uses_it(shelf: Footnote) -> None:
    with open_shelf(load_settings()):
        refused = started("papers")
        _, said = refused.communicate(timeout=60)

    assert refused.returncode == 1
    assert said.startswith("Error: The shelf in ")
    assert f"in use by process {os.getpid()}" in said
    assert len(said.splitlines()) == 1


def test_a_reader_that_goes_away_ends_the_command_quietly(shelf: Footnote) -> None:
    listing = started("papers", "--json")
    assert listing.stdout is not None
    listing.stdout.close()
    listing.stdout = None

    _, said = listing.communicate(timeout=60)

    assert said == ""


def test_a_data_directory_that_cannot_be_used_is_one_sentence(
    footnote: Footnote, tmp_path: Path
) -> None:
    (tmp_path / "home" / "catalogue.sqlite").mkdir(parents=True)

    shown = footnote("papers")

    assert shown.code == 1
    assert shown.err.startswith("Error: ")
    assert len(shown.err.splitlines()) == 1


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
