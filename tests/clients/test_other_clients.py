"""Clients that others wrote, as they are, each in an environment of its own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
QUESTION = "What of tides?"
OFFLINE = ("dns error", "Failed to fetch", "No solution found", "error sending request")
sys.path.append(str(HERE.parent / "api"))
from openai_acting import Acting, served_v1, two_papers  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address():
    with served_v1(Acting(two_papers)) as served:
        yield served.v1


@pytest.fixture
def text(address):
    """The whole text, as `curl` gets it."""
    return curl(address, {"messages": [{"role": "user", "content": QUESTION}]})["choices"][0][
        "message"
    ]["content"]


def curl(address, body):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    command = (
        "curl",
        "-sSf",
        f"{address}/chat/completions",
        "-H",
        "Content-Type: application/json",
    )
    done = subprocess.run(
        (*command, "-H", "Authorization: Bearer sk-none", "-d", json.dumps(body)),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout) if not body.get("stream") else done.stdout


def told_by(script, requirement, address):
    """What a script says, run with a package of the registry; skipped where that is not reached."""
    if not shutil.which("uv"):
        pytest.skip("uv is not installed")
    command = ("uv", "run", "--no-project", "--isolated", "--python", sys.executable)
    done = subprocess.run(
        (*command, "--with", requirement, "python", str(HERE / script), address, QUESTION),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode and any(sign in done.stderr for sign in OFFLINE):
        pytest.skip(f"{requirement} cannot be had from the registry")
    assert not done.returncode, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_curl_reads_a_stream(address, text):
    body = {"messages": [{"role": "user", "content": QUESTION}], "stream": True}
    lines = curl(address, body).split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    deltas = [json.loads(one.removeprefix("data: ")) for one in lines[:-2]]
    assert "".join(one["choices"][0]["delta"].get("content", "") for one in deltas) == text


def test_openai_2_reads_all_that_is_there(address, text):
    told = told_by("openai_2.py", "openai<3", address)
    assert told["version"].startswith("2.")
    assert told["models"] == ["footnote"]
    assert told["text"] == told["streamed"] == told["response"] == text
    assert told["markers"] == ["[1]", "[2]", "[1]"]
    assert told["streamed_annotations"] == told["response_annotations"] == 3
    assert told["deltas"]
    assert told["last_event"] == "response.completed"
    assert len(told["citations"]) == 2
    assert (told["refused"], told["broken"]) == ("model_not_found", "internal_error")


def test_langchain_reads_the_text_and_by_responses_the_citations(address, text):
    told = told_by("langchain_chat.py", "langchain-openai", address)
    assert told["text"] == told["streamed"] == told["follow_up"] == text
    assert told["response"] == told["response_streamed"] == text
    assert told["response_annotations"] == 3
    assert told["tokens"] > 20


def test_llama_index_reads_the_text_and_the_citations(address, text):
    told = told_by("llama_index_chat.py", "llama-index-llms-openai-like", address)
    assert told["text"] == told["streamed"] == told["completed"] == text
    assert told["annotations"] == 3
