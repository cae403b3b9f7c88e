"""Tools beside a server that owns the shelf, and after it."""

import json
import sys
from pathlib import Path

import pytest
from assisting import assistant_of

from ui.server.announcing import FILE

# pytest makes the doubles of another folder known only where that folder's tests run as well.
sys.path.append(str(Path(__file__).parents[1] / "remote"))
from owning import owning

SAVED = "How many trainable parameters does LoRA save?"


@pytest.fixture
def assistant_beside(home, tmp_path):
    with assistant_of(home, tmp_path) as one:
        yield one


def test_the_server_is_asked_while_it_runs_and_the_shelf_is_opened_here_afterwards(
    home, assistant_beside
):
    with owning(home) as server:
        paper = assistant_beside.call("paper", paper="2106.09685")
        beside = assistant_beside.call("ask", question=SAVED)
        checked = assistant_beside.call(
            "check", sentence="LoRA trains fewer parameters.", paper="2106.09685"
        )
        missing = assistant_beside.call("paper", paper="Nothing")
        assert "POST /answers" in server.requests
        assert "POST /check" in server.requests
    after = assistant_beside.call("ask", question=SAVED)

    assert paper.structured_content["id"] == "2106.09685"
    assert beside.structured_content == after.structured_content
    assert "10,000 times" in after.structured_content["answer"]
    assert checked.structured_content["verdict"] in ("supported", "weak")
    assert missing.content[0].text == "No paper on the shelf is called 'Nothing'."
    assert not (home / FILE).exists()


def test_a_server_elsewhere_is_used_where_it_is_named(home, tmp_path):
    with owning(home, announces=False) as server:
        environment = {"FOOTNOTE_SERVER": server.address, "FOOTNOTE_SERVER_KEY": server.key}
        with assistant_of(tmp_path / "none", tmp_path, **environment) as one:
            found = one.call("search", query="quantization")
            assert found.structured_content["papers"]
        environment["FOOTNOTE_SERVER_KEY"] = server.key[:-1]
        with assistant_of(tmp_path / "none", tmp_path, **environment) as one:
            refused = one.call("search", query="quantization")

    assert refused.is_error
    assert "Set FOOTNOTE_SERVER_KEY to a key that it knows." in refused.content[0].text
    assert server.key[:-1] not in json.dumps(refused.content[0].text)
    assert not (tmp_path / "none").exists()
