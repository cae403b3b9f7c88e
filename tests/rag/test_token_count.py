"""Tokens are counted as models count them, without a network."""

import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from rag.language.token_count import count, encoded


def test_words_are_tokens_and_long_words_are_several():
    assert count("otters swim in rivers") == 5
    assert count("") == 0
    assert len(encoded("antidisestablishmentarianism")) > 3


def test_a_special_token_in_a_text_is_text():
    assert count("<|endoftext|>") > 1


@given(st.text())
def test_any_text_has_at_most_as_many_tokens_as_bytes(text):
    assert count(text) <= len(text.encode("utf-8", "surrogatepass"))


def test_half_a_character_is_counted():
    assert count("a\ud800b") > 0


def test_the_vocabulary_is_on_this_machine(tmp_path):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"}
    }
    program = (
        "import socket; socket.socket = None\n"
        "from rag.language.token_count import count; print(count('otters swim in rivers'))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        env=environment | {"TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.stdout.strip() == "5", found.stderr
