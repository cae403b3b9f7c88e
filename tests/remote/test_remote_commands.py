"""Commands beside a server that owns the shelf do what they do without one, in the same words."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from acting import Acting
from owning import owning
from six_papers import PAPERS, started

from rag.build import open_shelf
from rag.config import Settings
from rag.errors import ShelfBusyError
from ui.answer_log import AnswerLog
from ui.remote.opening import alone
from ui.server.announcing import FILE

FLOODS = "How far ahead does TideNet forecast flood levels?"
OTTERS = {"title": "Counting Otters", "abstract": "RiverWatch counts 1,204 otters along a river."}
NOT_THERE = "Who painted the ceiling of the Sistine Chapel?"
CHECKS = {
    "id": 1,
    "sentence": "TideNet looks 36 hours ahead.",
    "abstract": "TideNet forecasts flood levels 36 hours ahead. It is small.",
}


def timeless(ran):
    """Without what differs from run to run."""
    ran = replace(ran, out=re.sub(r"/\S+/(alone|beside)\b", "HOME", ran.out))
    out = re.sub(r'"timings": \{[^}]*\}', '"timings": {}', ran.out)
    out = re.sub(r'"seconds": [\d.]+', '"seconds": 0', out)
    return ran.code, re.sub(r"\([\d.]+ s\)", "(0 s)", out), re.sub(r"\([\d.]+ s\)", "", ran.err)


@pytest.fixture(scope="module")
def homes(filled, tmp_path_factory):
    """Two shelves that are the same; none of the commands that are run on both changes them."""
    folder = tmp_path_factory.mktemp("homes")
    return [shutil.copytree(filled, folder / name, symlinks=True) for name in ("alone", "beside")]


@pytest.fixture(scope="module")
def long_lived(homes):
    with owning(homes[1]) as server:
        yield server


@pytest.fixture
def both(homes, long_lived, footnote, monkeypatch):
    """A command without a server, then beside one; what it said, and what the server was asked."""

    def call(*arguments, between=lambda: None):
        monkeypatch.setenv("FOOTNOTE_HOME", str(homes[0]))
        alone = footnote(*arguments)
        between()
        monkeypatch.setenv("FOOTNOTE_HOME", str(homes[1]))
        long_lived.requests.clear()
        beside = footnote(*arguments)
        assert long_lived.failure is None
        return timeless(alone), timeless(beside), list(long_lived.requests)

    return call


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", FLOODS],
        ["ask", FLOODS, "--json"],
        ["ask", FLOODS, "--evidence"],
        ["ask", FLOODS, "--only", "Slow Dough: Predicting Sourdough Rise from Images"],
        ["ask", FLOODS, "--only", "Nothing"],
        ["ask", "Which papers are from 2025?", "--since", "2025-10", "--until", "2025-11-30"],
        ["ask", NOT_THERE],
        ["ask", NOT_THERE, "--json"],
        ["ask", "Thanks!"],
        ["ask", "why " * 2000],
        ["search", "floods"],
        ["search", "floods", "--json", "--limit", "2"],
        ["search", "floods", "--limit", "5000"],
        ["search", "bread", "--organization", "harbour"],
        ["papers"],
        ["papers", "--json", "--sort", "upvotes"],
        ["papers", "--limit", "2", "--offset", "3"],
        ["papers", "--offset", "50"],
        ["papers", "--since", "2025", "--organization", "nobody"],
        ["papers", "--source", "six.jsonl", "--limit", "1"],
        ["show", "2510.12345"],
        ["show", "2510"],
        ["show", PAPERS[1]["title"], "--json"],
        ["show", "Nothing of the kind"],
        ["stats"],
        ["stats", "--json"],
        ["remove", "Nothing", "--yes"],
    ],
    ids=" ".join,
)
def test_a_command_says_the_same_beside_a_server(both, arguments):
    alone, beside, requests = both(*arguments)

    assert beside == alone
    assert requests


def test_a_batch_is_the_same(both, tmp_path):
    (tmp_path / "q.jsonl").write_text(
        json.dumps({"id": 1, "question": FLOODS})
        + "\nnonsense\n"
        + json.dumps({
            "id": "two",
            "question": "And what is its mean error?",
            "history": [
                {"role": "user", "content": FLOODS},
                {"role": "assistant", "content": "TideNet forecasts 36 hours ahead. [1]"},
            ],
        })
    )  # fmt: skip
    answers = tmp_path / "a.jsonl"
    written = []

    def between():
        written.append(answers.read_text())
        answers.unlink()

    alone, beside, requests = both("batch", "q.jsonl", "--out", "a.jsonl", between=between)

    assert beside == alone
    assert requests == ["POST /answers"] * 2
    seconds = re.compile(r'"seconds": [\d.]+')
    assert seconds.sub("", answers.read_text()) == seconds.sub("", written[0])
    assert "4.1 cm" in written[0]


def test_sentences_are_checked_by_the_server(both, tmp_path):
    (tmp_path / "c.jsonl").write_text(json.dumps(CHECKS) + "\n{}\n")

    alone, beside, requests = both("check", "c.jsonl")

    assert beside == alone
    assert requests == ["POST /check"]


def test_a_conversation_is_held_with_the_server_and_kept_here(both, monkeypatch, tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text(f"{FLOODS}\nAnd what is its mean error?\n/sources\n")
    with lines.open() as typed:
        monkeypatch.setattr(sys, "stdin", typed)
        alone, beside, requests = both("chat", between=lambda: typed.seek(0))

    assert beside == alone
    assert "4.1 cm" in beside[1]
    assert requests.count("POST /answers") == 2


def test_papers_are_added_with_the_same_words(home, footnote, tmp_path, filled, monkeypatch):
    (tmp_path / "more" / "deep").mkdir(parents=True)
    (tmp_path / "more" / "otters.jsonl").write_text(json.dumps(OTTERS) + '\n{"abstract": "x"}\n')
    (tmp_path / "more" / "a.bin").write_bytes(b"\x00\x01\x02" * 100)
    (tmp_path / "more" / "deep" / "otters.jsonl").write_text('{"abstract": "x"}\n')
    arguments = ["add", "more", "missing.jsonl", "more/otters.jsonl"]

    alone = footnote(*arguments)
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "other"))
    other = tmp_path / "other"
    other.mkdir()
    (other / "models").symlink_to((filled / "models").resolve())
    with owning(other) as server:
        beside, again = footnote(*arguments), footnote(*arguments, "--json")
        asked = footnote("ask", "How many otters does RiverWatch count?")

    assert timeless(beside)[:2] == timeless(alone)[:2]
    assert sorted(beside.err.splitlines()) == sorted(alone.err.splitlines())
    assert beside.code == 1
    assert "2 records: 1 new" in beside.out
    told = json.loads(again.out)
    assert (told["records"], told["new"], told["rejected"]) == (2, 0, 5)
    for name, line in (("otters.jsonl", 2), ("deep/otters.jsonl", 1)):
        fault = {"source": name, "line": line, "reason": "There is no title."}
        assert fault in told["faults"]
    assert "1,204 otters" in asked.out
    assert server.requests.count("POST /papers/upload") == 2


def test_papers_are_added_from_standard_input(server, tmp_path):
    process = started("add", "-", "--json")
    told, said = process.communicate(json.dumps(OTTERS), timeout=60)

    assert process.returncode == 0, said
    assert json.loads(told)["new"] == 1
    (paper,) = server.application.shelf.find(sort="added")[-1:]
    assert paper.sources == ("standard input",)


def test_papers_are_removed_by_the_server(server, footnote):
    title = PAPERS[1]["title"]

    removed = footnote("remove", title, "--yes")
    again = footnote("remove", title, "--yes")

    assert removed.code == 0
    assert removed.out.startswith("Removed slow-dough")
    assert server.application.shelf.statistics().papers == len(PAPERS) - 1
    assert again.code == 1
    assert "No paper on the shelf is called" in again.err


def test_adding_that_is_stopped_here_is_stopped_there_and_goes_on_later(server, tmp_path):
    many = "".join(
        json.dumps({"title": f"Paper {n}", "abstract": f"It says {n}. " * 60}) + "\n"
        for n in range(600)
    )
    (tmp_path / "many.jsonl").write_text(many)
    process = started("add", "many.jsonl")
    until(lambda: any("/events" in one for one in server.requests))
    until(lambda: server.application.shelf.statistics().pending)

    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "Stopped. What was read so far is kept" in said
    assert any(one.startswith("DELETE /jobs/") for one in server.requests)
    until(lambda: not any(one.name == "adding papers" for one in threading.enumerate()))
    statistics = server.application.shelf.statistics()
    assert statistics.papers == len(PAPERS) + 600
    assert statistics.pending > 0


def test_an_answer_is_recorded_although_nobody_listens_after_its_end(home, footnote):
    with owning(home, engine=Acting()) as server:
        footnote("ask", "Anything?")
        with AnswerLog(home) as log:
            assert log.count("all") == 1
        assert server.engine.closed == 1


def test_what_breaks_on_the_server_is_one_sentence_here(home, footnote):
    with owning(home, engine=Acting()):
        failed = footnote("ask", "Please fail")

    assert failed.code == 1
    assert failed.err.startswith("Error: Something went wrong here, not with your request.")
    assert "sk-123" not in failed.out + failed.err


def test_leaving_ends_the_work_on_the_server(home):
    engine = Acting()
    with owning(home, engine=engine):
        process = started("ask", "Please hang")
        until(lambda: engine.asked)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

        assert process.returncode == 130
        until(lambda: engine.closed)


@pytest.mark.parametrize("command", [["reembed"], ["doctor"], ["demo", "--no-serve"]])
def test_what_needs_the_shelf_alone_says_what_to_do(server, footnote, command):
    refused = footnote(*command)

    assert refused.code == 1
    said = " ".join((refused.out + refused.err).split())
    assert f"`footnote serve` owns the shelf in {os.environ['FOOTNOTE_HOME']}" in said
    assert f"`footnote {command[0]}` needs it alone. Stop the server" in said
    assert server.requests == []


def test_a_second_server_is_told_where_the_first_is(server, home):
    settings = Settings(home=home)

    with pytest.raises(ShelfBusyError) as refused, alone(settings, "serve"):
        open_shelf(settings)

    assert f"runs already, at {server.address}. Open that in a browser" in str(refused.value)


def test_a_server_that_was_killed_is_passed_over(home, footnote, tmp_path):
    code = "import sys; from pathlib import Path; from owning import owning\n"
    code += "with owning(Path(sys.argv[1])): print('up', flush=True); sys.stdin.read()"
    path = os.pathsep.join(sys.path)
    killed = subprocess.Popen(
        [sys.executable, "-c", code, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )
    with killed:
        assert killed.stdout.readline() == b"up\n"
        killed.kill()

    assert (home / FILE).exists()
    assert footnote("papers").code == 0


def test_a_server_that_takes_no_connections_is_passed_over(home, footnote):
    gone = {"address": "http://127.0.0.1:1", "pid": os.getpid(), "key": "fn_x"}
    (home / FILE).write_text(json.dumps(gone))

    assert footnote("papers").code == 0


def test_another_command_with_the_shelf_is_told_as_before(home, footnote):
    with open_shelf(Settings(home=home)):
        refused = footnote("papers")

    assert refused.code == 1
    assert "in use by process" in refused.err


def test_a_server_is_named_on_the_command_line(home, footnote, monkeypatch, tmp_path):
    monkeypatch.setenv("FOOTNOTE_HOME", str(tmp_path / "elsewhere"))
    with owning(home, announces=False) as server:
        monkeypatch.setenv("FOOTNOTE_SERVER_KEY", server.key)
        named = footnote("--server", server.address, "papers")
        counted = footnote("--server", f"{server.address}/", "stats", "--json")
        found = footnote("papers")
        monkeypatch.setenv("FOOTNOTE_SERVER", server.address)
        by_setting = footnote("papers")

    assert "6 papers." in named.out
    assert json.loads(counted.out)["home"] == server.address
    assert "The shelf is empty" in found.out
    assert by_setting.out == named.out


def test_a_wrong_key_is_told_with_where_it_is_set(home, footnote, monkeypatch):
    with owning(home, announces=False) as server:
        without = footnote("--server", server.address, "papers")
        monkeypatch.setenv("FOOTNOTE_SERVER_KEY", server.key[:-1] + "x")
        wrong = footnote("--server", server.address, "ask", FLOODS)

    for refused in (without, wrong):
        assert refused.code == 1
        assert "Set FOOTNOTE_SERVER_KEY to a key that it knows." in refused.err
        assert len(refused.err.splitlines()) == 1
        assert server.key[:-1] not in refused.err


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nowhere", "--server is wrong: it has to look like http://localhost:7860"),
        ("ftp://x", "--server is wrong"),
        ("http://127.0.0.1:1", "No server answers at http://127.0.0.1:1."),
    ],
)
def test_a_server_that_cannot_be_is_told_in_a_sentence(home, footnote, address, sentence):
    refused = footnote("--server", address, "papers")

    assert refused.code == 1
    assert sentence in refused.err


def test_settings_that_name_no_server_are_told_without_their_values(home, footnote, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_SERVER", "secret-place")
    assert "FOOTNOTE_SERVER is wrong: it has to look like" in footnote("papers").err
    assert "secret-place" not in footnote("papers").err

    monkeypatch.setenv("FOOTNOTE_SERVER", "http://127.0.0.1:1")
    monkeypatch.setenv("FOOTNOTE_SERVER_KEY", "sécret")
    assert "FOOTNOTE_SERVER_KEY is wrong: a key is a line of plain ASCII" in footnote("papers").err


def test_what_works_on_a_shelf_of_its_own_does_not_take_a_server(home, footnote):
    refused = footnote("--server", "http://127.0.0.1:1", "reembed")

    assert refused.code == 1
    assert "`footnote reembed` works on a shelf of its own" in refused.err


@pytest.mark.parametrize("command", [["ask", FLOODS], ["papers"], ["search", "floods"]])
def test_beside_a_server_nothing_heavy_is_loaded(server, command):
    code = (
        "import sys; from ui.cli import run; code = run(sys.argv[1:])\n"
        "heavy = {'chromadb', 'llama_index', 'onnxruntime', 'tantivy', 'tokenizers', 'openai'}\n"
        "heavy |= {'fastapi', 'uvicorn', 'gradio', 'rag.build', 'rag.engine'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else code)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert server.requests


def until(holds):
    ends_by = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < ends_by, "it did not come to that"
        time.sleep(0.02)
