"""A follow-up is told what it is about; a question that stands alone is left as it is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.follow_up import LONGEST_ADDED, LONGEST_CONTEXT, stand_alone
from rag.types import Turn

FLASH = "FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness"
AWQ = "AWQ: Activation-aware Weight Quantization for LLM Compression and Acceleration"
QLORA = "QLoRA: Efficient Finetuning of Quantized LLMs"
GPTQ = "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers"
WHISPER = "Robust Speech Recognition via Large-Scale Weak Supervision"
DDIM = "Denoising Diffusion Implicit Models"
TURNS = st.builds(Turn, st.sampled_from(["user", "assistant"]), st.text(max_size=80))


def talk(*said):
    roles = ("user", "assistant")
    return [Turn(roles[number % 2], text) for number, text in enumerate(said)]


ONE = talk(
    "What do otters eat?",
    "**Otters**: Otters eat fish [1].",
    "How does FlashAttention save memory?",
    f"**{FLASH}**: It tiles [1]. It never writes the matrix [1, 2].",
)
LIST = talk(
    "Which papers quantize the weights of language models?",
    f"- **{AWQ}**: AWQ scales channels. [1]\n- **{QLORA}**: QLoRA keeps 4 bits. [2]\n"
    f"- **{GPTQ}**: GPTQ rounds column by column. [3]",
)
PROSE = talk(
    "can I fine-tune a 65B model on one GPU?",
    "Yes, with QLoRA: it keeps the frozen weights in 4 bits [1].",
)


def resolved(question, history=ONE):
    asked = stand_alone(question, history)
    assert asked.is_follow_up, f"{question!r} was taken to stand alone"
    assert asked.latest == question
    assert asked.text.endswith(asked.resolved)
    return asked.resolved


def test_without_history_a_question_stands_alone():
    asked = stand_alone("and its latency?", ())

    assert (asked.text, asked.latest) == ("and its latency?", "and its latency?")
    assert asked.readable == "and its latency?"
    assert not asked.is_follow_up


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("And how fast is it?", "how fast is FlashAttention?"),
        ("What are its limits?", "What are FlashAttention's limits?"),
        ("What did they measure?", "What did the authors of FlashAttention measure?"),
        ("Which GPU did they run it on?", "Which GPU did they run FlashAttention on?"),
        ("Does this method scale?", "Does FlashAttention scale?"),
        ("what did the authors train?", "what did the authors of FlashAttention train?"),
        ("how many authors does that paper have?", "how many authors does FlashAttention have?"),
        ("what is the paper about?", "what is FlashAttention about?"),
        ("Does this save energy?", "Does FlashAttention save energy?"),
        ("any drawback compared to that?", "any drawback compared to FlashAttention?"),
        ("how is that metric defined?", "how is the metric of FlashAttention defined?"),
        ("what happens if I set the block size to 0 there?",
         "what happens if I set the block size to 0 in FlashAttention?"),
        ("when was it published?", "when was FlashAttention published?"),
        ("in what year?", "when was FlashAttention published?"),
    ],
)  # fmt: skip
def test_a_pronoun_becomes_what_it_stands_for(question, expected):
    assert resolved(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("and the latency?", "What is the latency of FlashAttention?"),
        ("latency?", "What is the latency of FlashAttention?"),
        ("how much faster?", "how much faster is FlashAttention?"),
        ("which datasets?", "which datasets for FlashAttention?"),
        ("how long does training take?", "how long does training take with FlashAttention?"),
        ("and on an A100?", "How does FlashAttention save memory on an A100?"),
        ("and Linformer?", None),
        ("what about AWQ?", "How does AWQ save memory?"),
        ("no, I meant AWQ", "How does AWQ save memory?"),
        ("is AWQ better?", "is AWQ better than FlashAttention?"),
        ("how does AWQ compare?", "how does AWQ compare with FlashAttention?"),
        ("why?", "Why? How does FlashAttention save memory?"),
        ("tell me more", "What does FlashAttention do, and how well?"),
        ("shorter please", "How does FlashAttention save memory?"),
        ("can you explain that again?", "How does FlashAttention save memory?"),
        ("thanks! and how many GPUs does it need?", "how many GPUs does FlashAttention need?"),
    ],
)
def test_what_is_left_out_is_filled_in(question, expected):
    told = resolved(question)

    assert told == expected if expected else "FlashAttention" in told


@pytest.mark.parametrize(
    ("question", "expected", "about"),
    [
        ("What does the second one store?", "What does QLoRA store?", (QLORA,)),
        ("Summarize the first paper", "Summarize AWQ", (AWQ,)),
        ("when was the last one published?", "when was GPTQ published?", (GPTQ,)),
        ("compare the first two", "compare AWQ and QLoRA", (AWQ, QLORA)),
        ("how do the last two differ?", "how do QLoRA and GPTQ differ?", (QLORA, GPTQ)),
        ("is the other one better?", "is QLoRA better?", (QLORA,)),
        ("does the former need training?", "does AWQ need training?", (AWQ,)),
        ("and the latter?", None, (GPTQ,)),
        ("What does [2] say on memory?", "What does QLoRA say on memory?", (QLORA,)),
        ("and paper 3?", None, (GPTQ,)),
        ("how fast is it?", "how fast is AWQ?", (AWQ,)),
        ("do they need retraining?", "do AWQ, QLoRA and GPTQ need retraining?", (AWQ, QLORA, GPTQ)),
        ("which of these is the fastest?", "which of AWQ, QLoRA and GPTQ is the fastest?",
         (AWQ, QLORA, GPTQ)),
        ("and the latency?", "What is the latency of AWQ, QLoRA and GPTQ?", (AWQ, QLORA, GPTQ)),
    ],
)  # fmt: skip
def test_papers_of_a_list_are_counted_out(question, expected, about):
    asked = stand_alone(question, LIST)

    assert asked.about == about
    assert expected is None or asked.resolved == expected
    assert all(title in asked.text for title in about)


def test_a_place_that_the_list_does_not_have_points_to_no_paper():
    asked = stand_alone("and the fifth one?", LIST)

    assert asked.about == ()
    assert asked.is_follow_up


def test_others_are_asked_for_with_the_question_before_and_those_shown_are_known():
    asked = stand_alone("are there any others?", LIST)

    assert asked.resolved.endswith("Which papers quantize the weights of language models?")
    assert asked.beyond == (AWQ, QLORA, GPTQ)
    assert asked.about == ()


@pytest.mark.parametrize(
    ("history", "question", "expected"),
    [
        (PROSE, "and is it slower?", "is QLoRA slower?"),
        (talk("Tell me about PAPO", "PAPO extends GRPO with a loss."),
         "Did they see hacking with it?", "Did they see hacking with PAPO?"),
        (talk("who measured laptops?", "A Stanford study did: intelligence per watt (IPW)."),
         "How much has that metric improved?", "How much has the metric of IPW improved?"),
        (talk("How fast is YOLO?", "YOLO runs at 45 frames per second."),
         "is there a quicker version of it?", "is there a quicker version of YOLO?"),
        (talk("Who came up with CBOW?", "CBOW and skip-gram come from one paper."),
         "Is the latter better?", "Is skip-gram better?"),
        (talk("What did BERT-Large score on GLUE?", "80.5%."),
         "how about squad, both versions", "What did BERT-Large score on squad, both versions?"),
        (talk("Is 4-bit best?", 'Not so, says "Give Me BF16 or Give Me Death" [1].'),
         "what does it recommend?", "what does Give Me BF16 or Give Me Death recommend?"),
        (talk("why do reasoning models get wordy?", "One paper blames GRPO for filtering."),
         "what does it do instead?",
         "what does it do instead? (why do reasoning models get wordy)"),
    ],
)  # fmt: skip
def test_prose_names_the_subject_or_the_question_before_stands_beside(history, question, expected):
    assert resolved(question, history) == expected


@pytest.mark.parametrize(
    ("question", "answer", "name"),
    [
        ("What does Whisper lack?", f"**{WHISPER}**: Whisper repeats itself. [1]", "Whisper"),
        ("how to sample faster", f"**{DDIM}**: We present DDIMs, which skip steps. [1]", "DDIMs"),
        ("how deep can nets be?", "**Deep Residual Learning**: ResNet cures it. [1]",
         "Deep Residual Learning"),
        ("how to transcribe", f"**{WHISPER}**: A recognizer repeats itself. [1]", WHISPER),
        ("what is compared?", "The nearest paper is “Otters of the North Sea”, but its abstract "
         "does not say that.", "Otters of the North Sea"),
    ],
)  # fmt: skip
def test_a_paper_is_called_by_its_name_if_it_has_one(question, answer, name):
    assert resolved("how fast is it?", talk(question, answer)) == f"how fast is {name}?"


@pytest.mark.parametrize(
    "question",
    [
        "How many otters live in Scottish rivers?",
        "Who invented PagedAttention?",
        "Which optimiser keeps running averages of gradients?",
        "What is dropout?",
        "how does dropout work?",
        "what is LoRA and how does it save memory",
        "how does NeRF store a scene and how large is it?",
        "Is there a paper on training with data that never leave the phone?",
        "is there evidence that pruning helps robustness of vision transformers?",
        "and how does NeRF capture fine detail?",
        "one-shot pruning of large language models",
        "how long does it take to pretrain BERT?",
        "Is it possible to prune BERT without retraining?",
        "papers on diffusion",
        "newest papers",
        "which papers are from 2023?",
        "how many papers are on this shelf?",
        "When did Mamba come out?",
        "what did that paper on otters by Holt find about rivers?",
    ],
)
def test_another_subject_is_recognised(question):
    for history in (ONE, LIST, PROSE):
        asked = stand_alone(question, history)

        assert (asked.text, asked.readable) == (question, question)


def test_only_the_last_exchange_counts_and_its_markers_are_gone():
    asked = stand_alone("How fast is it?", ONE)

    assert "tters" not in asked.text
    assert "[" not in asked.text
    assert asked.text == f"{FLASH}. How fast is FlashAttention?"


def test_small_talk_in_between_is_passed_over():
    history = [*ONE, *talk("thanks!", "You are welcome. Ask on whenever you like.")]

    assert resolved("how fast is it?", history) == "how fast is FlashAttention?"


def test_a_chain_of_follow_ups_keeps_the_subject_it_began_with():
    chain = [*PROSE, *talk("How much does it save?", "Most of it [1].")]

    assert resolved("and is it slower?", chain) == "is QLoRA slower?"
    chain = [*ONE, *talk("and on a V100?", f"**{FLASH}**: It is slower. [1]")]
    assert resolved("why?", chain) == "Why? How does FlashAttention save memory on a V100?"


def test_a_question_that_was_not_answered_counts_alone():
    asked = stand_alone("How fast is it?", [*ONE, Turn("user", "What is PagedAttention?")])

    assert asked.text == "What is PagedAttention? How fast is PagedAttention?"


def test_a_history_that_begins_with_an_answer_counts():
    asked = stand_alone("How fast is it?", [Turn("assistant", "U2Net is a network [1].")])

    assert asked.text == "U2Net is a network. How fast is U2Net?"


def test_a_long_history_is_cut_and_the_question_is_not():
    long = talk("What is it? " * 500, "word " * 5000)

    asked = stand_alone("How fast is it?", long)

    assert len(asked.text) <= 2 * LONGEST_CONTEXT + LONGEST_ADDED + len("How fast is it?")
    assert asked.text.endswith("How fast is it?")


def test_half_a_character_in_the_history_does_no_harm():
    asked = stand_alone("How fast is it?", [Turn("user", "What is \ud83d?")])

    asked.text.encode()
    asked.readable.encode()


def test_a_title_in_latex_is_a_name_like_any_other():
    history = talk("Which?", r"- **$\text{D}^2$-MoE \1**: One. [1]" + "\n- **\\g<x>**: Two. [2]")

    assert resolved("is the second one fast?", history) == r"is \g<x> fast?"
    assert resolved("how fast is it?", history) == r"how fast is $\text{D}^2$-MoE \1?"


TO_TITLES = (
    "is the second one fast?", "and on CIFAR?", "and AWQ?", "what about it?", "also on MNIST?",
    "their cost?", "why?", "which of these?", "is AWQ better?", "the last two?", "on ?",
    "and then?",
)  # fmt: skip


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(TO_TITLES))
def test_any_titles_can_be_pointed_to(one, other, question):
    history = talk(f"What is {one}?", f"- **{one}**: A. [1]\n- **{other}**: B. [2]")

    assert stand_alone(question, history).readable


def test_a_long_question_is_read_in_no_time():
    began = time.perf_counter()
    for piece in ("is it really ", "what about that, ", "the second ", "and ", "it is easy ", "A-"):
        stand_alone((piece * 4000)[:4000], LIST)

    assert time.perf_counter() - began < 3


@given(st.text(min_size=1, max_size=80).filter(str.strip), st.lists(TURNS, max_size=6))
def test_any_history_can_be_joined(question, history):
    asked = stand_alone(question, history)

    assert asked.latest == question
    assert asked.text.strip()
    assert len(asked.readable) <= len(question) + LONGEST_ADDED
    assert asked.is_follow_up or asked.readable == question
