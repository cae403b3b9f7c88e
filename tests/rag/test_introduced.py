"""Which names a paper has, presents, is about and uses, told from its title and abstract."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.introduced import names_of
from rag.language.name_key import name_key
from rag.language.naming import is_generic

LONG = 200_000
SECONDS = 5.0  # a quadratic expression needs minutes


@pytest.mark.parametrize(
    ("title", "own"),
    [
        ("ZipVL: Efficient Large Vision-Language Models", ("ZipVL",)),
        ("Medusa: Simple Decoding Heads", ("Medusa",)),
        ("Flash-LLM – Serving Large Models", ("Flash-LLM",)),
        ("Sparse Query Attention (SQA): Fewer Heads", ("SQA", "Sparse Query Attention")),
        (r"$\text{D}^2$-MoE: Delta Decompression", ("D2-MoE",)),
        ("wav2vec 2.0: A Framework for Speech", ("wav2vec 2.0", "wav2vec", "wav2vec 2")),
        ("Segment Anything", ("Segment Anything",)),
        ("Training Large Models on Small Clusters: A Survey of What Works", ()),
        ("On the Convergence of Everything", ()),
        ("", ()),
    ],
)
def test_a_short_head_or_title_and_an_acronym_in_brackets_are_a_papers_own(title, own):
    assert names_of(title, "").own == own


@pytest.mark.parametrize(
    ("abstract", "name"),
    [
        ("Models are slow. We propose FastNet, which is fast.", "FastNet"),
        ("Here we introduce a new method, FastNet, for speed.", "FastNet"),
        ("This paper presents Dual Grained Quantization (DGQ), a scheme.", "DGQ"),
        ("An algorithm called t-SNE shows points.", "t-SNE"),
        ("A masked autoencoder, or MAE, learns from images.", "MAE"),
        ("Whisper is a recognizer. Whisper was trained on audio.", "Whisper"),
        ("AlphaZero learns chess by itself.", "AlphaZero"),
    ],
)
def test_an_abstract_presents_what_it_proposes_or_opens_with(abstract, name):
    assert names_of("A Title Without a Name in It", abstract).presented == (name,)


@pytest.mark.parametrize(
    "abstract",
    [
        "Recent work relies on BERT. We propose to prune it.",
        "We propose an efficient LLM pruning method.",
        "In recent years models grew. They are large.",
    ],
)
def test_what_others_made_is_not_presented(abstract):
    assert names_of("A Title Without a Name in It", abstract).presented == ()


def test_a_title_or_several_mentions_make_a_paper_be_about_a_name():
    names = names_of("Faster Training of NeRF on Phones", "On GPUs it is slow. GPUs heat. GPUs!")

    assert names.about == ("NeRF", "GPUs")


@pytest.mark.parametrize("name", ["LLMs", "AI", "GPU", "KV", "MoE"])
def test_an_abbreviation_that_all_use_is_generic(name):
    assert is_generic(name)


@pytest.mark.parametrize("name", ["BERT4Rec", "RWKV", "GloVe", "Flash-LLM", "MuZero", "C4"])
def test_a_name_of_something_is_not_generic(name):
    assert not is_generic(name)


def test_names_in_passing_are_used():
    names = names_of("A Title Without a Name", "It beats BERT on SQuAD, as Stable Diffusion does.")

    assert {"BERT", "SQuAD", "Stable Diffusion"} <= set(names.used)


@given(st.text(max_size=120), st.text(max_size=400))
def test_each_name_of_any_text_stands_in_one_place(title, abstract):
    names = names_of(title, abstract)
    keys = [
        name_key(name)
        for place in (names.own, names.presented, names.about, names.used)
        for name in place
    ]

    assert len(keys) == len(set(keys))
    assert all(len(key) > 1 for key in keys)


@pytest.mark.parametrize(
    "pattern",
    [".", "a ", "A ", "AB ", "A-", "(", "(AB) ", ", or ", "we propose ", "called AB, ", ":", " – "],
)
def test_no_text_makes_reading_slow(pattern):
    repeated = (pattern * LONG)[:LONG]
    began = time.perf_counter()

    names_of(f"A{repeated}z"[:5000], f"A{repeated}z")

    assert time.perf_counter() - began < SECONDS
