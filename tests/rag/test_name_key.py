"""Spellings of one name have one key, those of two names have two; edits are counted as typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.name_key import edits, figures, folded, joined, name_key

LETTERS = st.text(alphabet="abcde1", max_size=12)


@pytest.mark.parametrize(
    "spellings",
    [
        ("Flash-LLM", "FlashLLM", "flash llm", "FLASH_LLM", "Flash-LLMs"),
        (r"$\text{D}^2$-MoE", "D2-MoE", "D²MoE", "d2 moe"),
        ("UNIT_{ref}", "UNITref", "unit-ref"),
        ("u-μP", "u-muP", r"u-$\mu$P", "umup", "u-µP"),
        ("φ-Decoding", "phi-decoding", r"$\phi$-Decoding"),
        ("λ-Net", "lambda net"),
        ("Týr-the-Pruner", "tyr the pruner"),
        ("SP^2OT", "SP2OT", "sp²ot"),
        (r"\textsc{ZipVL}", "ZipVL", "zip vl"),
        ("U-Net", "UNets", "u-net"),
    ],
)
def test_spellings_of_one_name_have_one_key(spellings):
    assert len(set(map(name_key, spellings))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("GPT-3", "GPT-4"), ("LoRA", "QLoRA"), ("LESS", "LE"), ("GAN", "GANN"), ("CMoE", "MoE")],
)
def test_other_names_have_other_keys(one, other):
    assert name_key(one) != name_key(other)


@given(st.text(max_size=40))
def test_a_key_is_its_own_key_but_for_a_plural(text):
    key = name_key(text)

    assert name_key(key) in (key, joined([key]))
    assert not any(char.isspace() for char in key)


@given(st.lists(st.text(alphabet="aB1éμ", min_size=1, max_size=6), max_size=4))
def test_the_key_of_a_name_is_that_of_its_words_joined(words):
    assert joined(map(folded, words)) == joined([folded(" ".join(words))])


def test_figures_tell_names_apart():
    assert figures("flashattention2") == "2"
    assert figures("gpt35") == "35"
    assert figures("bert") == ""


@given(LETTERS, LETTERS)
def test_edits_are_a_symmetric_distance_that_is_zero_for_equals_only(one, other):
    assert edits(one, other) == edits(other, one)
    assert (edits(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= edits(one, other) <= max(len(one), len(other))


@given(LETTERS.filter(bool), st.data())
def test_one_slip_of_the_finger_is_one_edit(name, data):
    at = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from("xyz"))
    slips = [
        name[:at] + name[at + 1 :],
        name[:at] + letter + name[at:],
        name[:at] + letter + name[at + 1 :],
    ]
    swapped = name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]

    assert [edits(name, slip) for slip in slips] == [1, 1, 1]
    assert edits(name, swapped) == (swapped != name)
