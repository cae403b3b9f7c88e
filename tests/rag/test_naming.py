"""Names of a sentence, and whether a source knows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.naming import KnownNames, named


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("FlashAttention saves memory on an A100.", ["FlashAttention", "A100"]),
        ("It was measured on four NVIDIA A5000 GPUs.", ["NVIDIA", "A5000", "GPUs"]),
        ("The model learns from Wikipedia.", ["Wikipedia"]),
        ("Conveyor's latency falls on MMLU.", ["MMLU"]),
        ("Multi-Granularity is a model.", ["Multi-Granularity"]),
        ("Top-1 accuracy improves.", ["Top-1"]),
        ("It reaches 40% at 7B with 4-bit weights.", []),
        ("Yes: The method works. However, it is slow.", []),
        ("- **LoRA**: Adapters are small.", ["LoRA"]),
        ("", []),
    ],
)
def test_names_are_seen_by_their_look_and_place(sentence, names):
    assert named(sentence) == names


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("FlashLLM", "We present Flash-LLM."),
        ("flash-llm", "We present Flash-LLM."),
        ("LLMs", "Large language models are slow."),
        ("LLM", "A language model is slow."),
        ("CNNs", "convolutional neural networks"),
        ("QKV-Cache", "the QKV cache"),
        ("Transformers", "a transformer-based model"),
        ("GPT-4-level", "GPT-4 is strong."),
        ("AI-made", "Artificial intelligence makes them."),
        ("SOTA", "state-of-the-art results"),
        ("A²LC", "We propose A$^2$LC."),
        ("UNIT_ref", "UNIT_{ref} is a reference."),
    ],
)
def test_a_name_is_known_in_other_forms(name, source):
    assert KnownNames(source).knows(name)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("GPT-3", "We use GPT-4."),
        ("RAG", "We need more storage."),
        ("BERT", "We use RoBERTa and ALBERT."),
        ("SPLADE", "We use BM25."),
        ("Falcon-7B", "We use LLaMA-7B."),
        ("LTA-thinker", "learning to act"),
        ("Wikipedia", "We train on books."),
    ],
)
def test_another_name_is_not_known(name, source):
    assert not KnownNames(source).knows(name)


@given(st.text(max_size=80))
def test_a_text_knows_its_own_names(text):
    vocabulary = KnownNames(text)

    assert all(map(vocabulary.knows, named(text)))
