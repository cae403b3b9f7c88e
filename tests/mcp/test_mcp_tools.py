"""The tools, called by the SDK's own client over the standard input of a real process."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from assisting import COMMAND, assistant_of

LORA = "LoRA: Low-Rank Adaptation of Large Language Models"
ADAM = "Adam: A Method for Stochastic Optimization"
SAVED = "How many trainable parameters does LoRA save?"


def text(result):
    assert not result.is_error, result.content
    (block,) = result.content
    return block.text


def refusal(result):
    assert result.is_error
    assert result.structured_content is None
    (block,) = result.content
    return block.text


def test_every_tool_says_what_it_is_for_and_what_each_argument_means(assistant):
    tools = assistant.tools()

    assert [tool.name for tool in tools] == ["search", "ask", "check", "paper"]
    for tool in tools:
        assert tool.description.endswith(".")
        assert all(one["description"] for one in tool.input_schema["properties"].values())
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)


def test_what_has_to_be_given_stands_first(assistant):
    for tool in assistant.tools():
        required = tool.input_schema["required"]
        assert list(tool.input_schema["properties"])[: len(required)] == required


def test_tools_are_said_to_change_nothing(assistant):
    for tool in assistant.tools():
        assert tool.annotations.read_only_hint
        assert tool.annotations.open_world_hint is False


def test_an_assistant_is_told_to_keep_the_markers(assistant):
    assert "markers" in assistant.instructions


def test_papers_are_found_with_the_passage_that_fits(assistant):
    found = assistant.call("search", query="quantization to 4 bits", limit=2)

    papers = found.structured_content["papers"]
    assert [one["rank"] for one in papers] == [1, 2]
    assert all(one["passage"] in text(found) for one in papers)
    assert all(one["id"] in text(found) for one in papers)


def test_filters_bar_papers(assistant):
    everything = assistant.call("search", query="language models", limit=50)
    early = assistant.call("search", query="language models", limit=50, until="2019")

    assert len(early.structured_content["papers"]) < len(everything.structured_content["papers"])
    assert all(one["published"] < "2020" for one in early.structured_content["papers"])


def test_an_answer_comes_with_the_sentences_that_support_it(assistant):
    answer = assistant.call("ask", question=SAVED)

    fields = answer.structured_content
    assert "10,000 times" in fields["answer"]
    assert "[1]" in fields["answer"]
    (citation,) = [one for one in fields["citations"] if one["marker"] == 1][:1]
    assert citation["title"] == LORA
    assert citation["verdict"] == "supported"
    shown = text(answer)
    assert fields["answer"] in shown
    assert f"[1] {LORA}, 2021" in shown
    assert f"“{citation['sentence']}”" in shown


def test_what_the_shelf_does_not_hold_is_no_error_and_names_the_nearest_papers(assistant):
    answer = assistant.call("ask", question="Who painted the ceiling of the Sistine Chapel?")

    assert answer.structured_content["refused"]
    assert answer.structured_content["reason"] in text(answer)
    assert answer.structured_content["citations"] == []


def test_a_question_may_lean_on_what_was_said_before(assistant):
    history = [
        {"role": "user", "content": "What is LoRA?"},
        {"role": "assistant", "content": "A way to adapt a model with few parameters."},
    ]

    answer = assistant.call("ask", question="How many parameters does it save?", history=history)

    assert "10,000 times" in answer.structured_content["answer"]


def test_only_the_papers_that_are_named_are_asked(assistant):
    answer = assistant.call("ask", question=SAVED, papers=[ADAM])

    assert LORA not in [one["title"] for one in answer.structured_content["citations"]]


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        (
            "For GPT-3, LoRA trains 10,000 times fewer parameters than full fine-tuning.",
            "supported",
        ),
        ("LoRA was tried on 12,345 kinds of bees in Peru.", "unsupported"),
    ],
)
def test_a_sentence_is_checked_against_a_paper_of_the_shelf(assistant, sentence, verdict):
    checked = assistant.call("check", sentence=sentence, paper=LORA)

    assert checked.structured_content["verdict"] == verdict
    assert text(checked).lower().startswith(verdict)


def test_a_sentence_is_checked_against_an_abstract_that_is_given(assistant):
    abstract = "Floods are hard to forecast. TideNet forecasts flood levels 36 hours ahead."

    checked = assistant.call("check", sentence="TideNet looks 36 hours ahead.", abstract=abstract)

    assert checked.structured_content["sentence"] in abstract
    assert "36 hours" in checked.structured_content["sentence"]


def test_a_paper_is_read_by_its_title_or_its_id(assistant):
    by_title = assistant.call("paper", paper=LORA)
    by_id = assistant.call("paper", paper=by_title.structured_content["id"])

    assert by_id.structured_content == by_title.structured_content
    assert by_title.structured_content["abstract"] in text(by_title)


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("paper", {"paper": "No Such Paper"}, "No paper on the shelf is called 'No Such Paper'."),
        ("search", {"query": "x", "since": "soon"}, "“soon” is no date to filter by"),
        ("search", {"query": "x", "since": "2025", "until": "2024"}, "ends before it begins"),
        ("search", {"query": "x", "papers": ["Nothing"]}, "called 'Nothing'"),
        ("search", {"query": "x", "limt": 5}, "There is no argument 'limt'."),
        (
            "search",
            {"query": "x", "limit": 0},
            "limit: Input should be greater than or equal to 1.",
        ),
        ("search", {}, "The argument 'query' is missing."),
        ("ask", {"question": "  "}, "question: String should have at least 1 character."),
        ("ask", {"question": "why? " * 1000}, "4,000 is the most"),
        (
            "ask",
            {"question": "Why?", "history": [{"role": "king", "content": "x"}]},
            "history.0.role: Input should be 'user' or 'assistant'.",
        ),
        ("check", {"sentence": "It is."}, "either a paper or an abstract"),
        ("check", {"sentence": "A", "paper": "B", "abstract": "C"}, "not both"),
        ("fly", {}, "There is no tool 'fly'; there are search, ask, check, paper."),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(assistant, tool, arguments, sentence):
    told = refusal(assistant.call(tool, **arguments))

    assert sentence in told
    assert "Traceback" not in told
    assert len(told.splitlines()) == 1


def test_nothing_was_said_on_standard_error(assistant):
    assistant.said.seek(0)

    assert assistant.said.read() == ""


def test_nothing_but_the_protocol_goes_to_standard_output(home, tmp_path):
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    sent = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
            "name": "ask", "arguments": {"question": SAVED}}},
    ]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"FOOTNOTE_HOME": str(home)},
        cwd=tmp_path,
    )

    with process:
        process.stdin.write("".join(json.dumps(one) + "\n" for one in sent))
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        rest, _ = process.communicate(timeout=30)

    assert [one["id"] for one in answers] == [1, 2]
    assert "10,000 times" in answers[1]["result"]["structuredContent"]["answer"]
    assert rest == ""
    assert process.returncode == 0


def test_tools_are_listed_without_opening_the_shelf():
    code = (
        "import sys, ui.mcp.server\n"
        "slow = {'chromadb', 'llama_index', 'onnxruntime', 'tantivy', 'rag.build'}\n"
        "sys.exit(str(slow & set(sys.modules)) if slow & set(sys.modules) else 0)"
    )
    root = Path(__file__).parents[2]

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=root
    )

    assert done.returncode == 0, done.stderr


def test_the_folder_that_an_assistant_works_in_has_no_say(home, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    env = f"FOOTNOTE_HOME={elsewhere}\nFOOTNOTE_SERVER=http://127.0.0.1:1\n"
    env += "FOOTNOTE_LLM=gpt\nOPENAI_BASE_URL=http://127.0.0.1:1/v1\n"
    (tmp_path / ".env").write_text(env)

    with assistant_of(home, tmp_path) as one:
        answer = one.call("ask", question=SAVED)

    assert "10,000 times" in answer.structured_content["answer"]
    assert answer.structured_content["model"] is None
    assert not elsewhere.exists()


def test_without_the_extra_a_sentence_says_how_to_install_it(tmp_path):
    code = f"import sys; sys.modules['mcp'] = None; {COMMAND}"

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"FOOTNOTE_HOME": str(tmp_path)},
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert "footnote[mcp]" in done.stderr
    assert len(done.stderr.splitlines()) == 1
