"""Abstracts are cut into passages that are verbatim and leave nothing out."""

import os
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.chunking import SIZE, cut
from rag.types import Paper

PROSE = "We train a small model, e.g. an encoder, on 3.5 million pairs; it works (see Fig. 2). "
PIECES = st.sampled_from(
    [PROSE, "Same words again. ", "a, b; c.", " ", "\n\n\n", "x" * 700, "中文。", "😀"]
)
ABSTRACTS = st.one_of(
    st.lists(PIECES, max_size=40).map("".join),
    st.text(alphabet="ab .,;。！\n", max_size=2000),
    st.text(max_size=1000),
)
WEIRD = [
    pytest.param("x" * 50_000, id="one-run"),
    pytest.param(f"Hello there. {'x' * 50_000} And more. {PROSE * 20}", id="run-in-prose"),
    pytest.param("😀" * 3000, id="emoji"),
    pytest.param("👩‍👩‍👧‍👦 " * 500, id="joined-emoji"),
    pytest.param("我们提出了一种新的方法。" * 300, id="chinese"),
    pytest.param("ﷺ" * 1000, id="many-tokens-a-character"),
    pytest.param(",;.," * 2000, id="punctuation"),
    pytest.param("Same words again. " * 200, id="repeated"),
    pytest.param("  .. , hello", id="blanks-first"),
    pytest.param("a\n\n\nb\n\n\n\nc " * 300, id="paragraphs"),
]


def passages(abstract):
    return cut(Paper("an-id", "A title", abstract))


def uncovered(abstract):
    left = list(abstract)
    for passage in passages(abstract):
        left[passage.span.start : passage.span.end] = " " * len(passage.text)
    return "".join(left).strip()


@settings(deadline=None)
@given(ABSTRACTS)
@example("Same words again. " * 200)
@example("0" * 400 + "," * 400)
def test_passages_are_verbatim_in_order_and_leave_no_character_out(abstract):
    found = passages(abstract)

    assert all(p.text == abstract[p.span.start : p.span.end] for p in found)
    assert [p.span.end for p in found] == sorted({p.span.end for p in found})
    assert uncovered(abstract) == ""


@pytest.mark.parametrize("abstract", WEIRD)
def test_a_weird_text_is_cut_all_the_same(abstract):
    assert len(passages(abstract)) >= 1
    assert all(p.text in abstract for p in passages(abstract))
    assert uncovered(abstract) == ""


def test_a_short_abstract_is_one_passage():
    [passage] = passages("We propose a method. It works.")

    assert passage.text == "We propose a method. It works."
    assert (passage.id, passage.paper_id) == ("an-id#0", "an-id")


def test_passages_are_numbered():
    assert [p.id for p in passages(PROSE * 30)[:3]] == ["an-id#0", "an-id#1", "an-id#2"]


def test_passages_are_of_whole_sentences_that_overlap():
    abstract = " ".join(f"Sentence number {number} says a little about it." for number in range(60))
    found = passages(abstract)

    assert all(p.text.startswith("Sentence number") for p in found)
    assert all(p.text.endswith("about it.") for p in found)
    assert all(after.span.start < before.span.end for before, after in pairwise(found))
    assert max(len(p.text.split()) for p in found) < SIZE


def test_an_empty_abstract_has_one_empty_passage_so_that_its_title_is_found():
    [passage] = passages("")

    assert passage.text == ""


def test_cutting_needs_no_network_and_no_setting():
    script = (
        "import socket\n"
        "def refuse(*_): raise SystemExit('network!')\n"
        "socket.socket.connect = refuse\n"
        "from rag.chunking import cut\n"
        "from rag.types import Paper\n"
        "print(len(cut(Paper('a', 'b', 'One. ' * 300))))\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TIKTOKEN")}
    ran = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 1
