"""Questions that name a topic and ask nothing of it: they are answered with the papers on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.follow_up import stand_alone
from rag.answering.topic_choice import on_topic
from rag.answering.topic_list import MOST_NAMED, further
from rag.answering.topic_question import LONGEST, Topic, topic_of
from rag.types import Hit, Paper, Passage, Span, Turn

ROBOTS = Paper("robots", "Teaching Robots", "A robot learns to grasp. The robot is cheap.")
ARMS = Paper("arms", "Grasping with Soft Hands", "We build a hand that grasps.")
BERT = Paper("bert", "BERT: Pre-training of Transformers", "BERT is trained with large batches.")
FAR = Paper("far", "Protein Structure", "We predict how chains fold.")


def hit(paper, score):
    return Hit(paper, Passage(f"{paper.id}#0", paper.id, "", Span(0, 0)), score)


def wanted(text, *, is_alone=False):
    return Topic(text, is_alone)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Which papers are about robots?", "robots"),
        ("Which papers use diffusion?", "diffusion"),
        ("papers on reinforcement learning", "reinforcement learning"),
        ("Please show me papers about graph neural networks.", "graph neural networks"),
        ("Are there any papers on music on this shelf?", "music"),
        ("do you have any work on speech recognition", "speech recognition"),
        ("What work is there on video generation?", "video generation"),
        ("What do you have on retrieval augmented generation?", "retrieval augmented generation"),
        ("Is there anything about time series?", "time series"),
        ("I'm looking for research on tokenizers", "tokenizers"),
        ("Which papers deal with the theory of mind?", "theory of mind"),
        ("Show me diffusion papers", "diffusion"),
        ("What is new in robotics?", "robotics"),
        ("Summarize the papers on sparse attention", "sparse attention"),
        ("best paper on quantization", "quantization"),
        ("Give me an overview of speculative decoding", "speculative decoding"),
        ("state of the art in video generation?", "video generation"),
    ],
)
def test_a_question_for_papers_on_a_topic_names_it(question, topic):
    assert topic_of(question) == Topic(topic, is_alone=False)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("diffusion models", "diffusion models"),
        ("FlashAttention", "FlashAttention"),
        ("Tell me about speculative decoding!", "speculative decoding"),
        ("explain attention", "attention"),
    ],
)
def test_a_topic_may_stand_alone(question, topic):
    assert topic_of(question) == Topic(topic, is_alone=True)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "How does diffusion work?",
        "What is LoRA?",
        "Which papers use reinforcement learning to train language models?",
        "Which papers find that dropout is not needed?",
        "papers that prune without retraining",
        "What is the best way to quantize an LLM?",
        "What are the best results on ImageNet?",
        "Which paper was published first?",
        "Compare LoRA and QLoRA",
        "LoRA vs QLoRA",
        "How many papers are about pruning?",
        "And the second one?",
        "Which papers use transformers for vision?",
        "quantization of the weights of very large language models that were instruction tuned",
    ],
)
def test_what_asks_for_more_names_no_topic(question):
    assert topic_of(question) is None


@given(st.text(max_size=400))
def test_any_text_is_read_and_a_topic_is_short_and_stands_in_it(text):
    found = topic_of(text)

    assert found is None or (
        0 < len(found.text.split()) <= LONGEST and found.text in " ".join(text.split())
    )


def test_papers_near_the_topic_are_on_it_whatever_their_words():
    hits = [hit(ROBOTS, 0.62), hit(ARMS, 0.56), hit(FAR, 0.3)]

    assert on_topic(wanted("robots"), hits) == hits[:2]


def test_a_paper_less_near_has_to_use_the_words():
    hits = [hit(ROBOTS, 0.5), hit(ARMS, 0.5)]

    assert on_topic(wanted("robots"), hits) == hits[:1]


def test_words_alone_put_no_paper_on_a_topic():
    assert on_topic(wanted("robots"), [hit(ROBOTS, 0.4)]) == []


def test_beside_the_paper_that_bears_the_name_others_are_not_named():
    hits = [hit(BERT, 0.9), hit(ARMS, 0.6)]

    assert on_topic(wanted("transformers"), hits) == hits[:1]


def test_a_paper_without_the_name_in_the_topic_is_not_on_it():
    assert on_topic(wanted("RoboNet robots"), [hit(ROBOTS, 0.7)]) == []


def test_a_name_with_an_attribute_is_left_to_the_judge():
    hits = [hit(BERT, 0.9)]

    assert on_topic(wanted("BERT batches", is_alone=True), hits) == []
    assert on_topic(wanted("BERT", is_alone=True), hits) == hits


def test_without_hits_there_is_nothing_on_the_topic():
    assert on_topic(wanted("robots"), []) == []


def test_papers_that_were_not_quoted_are_named_and_cited_after_those_that_were():
    hits = [hit(ROBOTS, 0.62), hit(ARMS, 0.6), hit(FAR, 0.2)]

    said = list(further(wanted("robots"), hits, [ROBOTS.id]))

    text = "".join(piece.text for piece in said)
    assert text == "\n\nAlso on “robots”:\n- **Grasping with Soft Hands** [2]"
    assert [one.paper for piece in said for one in piece.citations] == [ARMS]


def test_of_many_papers_the_rest_is_counted():
    many = [
        hit(Paper(str(number), f"Robots {number}", "Robots and robots."), 0.6)
        for number in range(MOST_NAMED + 3)
    ]

    text = "".join(piece.text for piece in further(wanted("robots"), [*many, hit(FAR, 0.1)], ["0"]))

    assert f"[{MOST_NAMED}]" in text
    assert f"[{MOST_NAMED + 1}]" not in text
    assert text.endswith("\n… and 3 more.")


def test_where_all_that_was_found_is_on_the_topic_there_may_be_still_more():
    many = [
        hit(Paper(str(number), f"Robots {number}", "Robots and robots."), 0.6)
        for number in range(MOST_NAMED + 3)
    ]

    pieces = list(further(wanted("robots"), many, ["0"]))

    assert pieces[-1].text == "\n… and at least 3 more."


def after(question, follow_up):
    said = [Turn("user", question), Turn("assistant", "- **Attention Is All You Need**: Yes. [1]")]
    return stand_alone(follow_up, said)


@pytest.mark.parametrize("question", ["papers on attention", "How does attention save memory?"])
def test_who_asks_for_papers_on_something_else_is_given_these(question):
    asked = after(question, "anything about chess?")

    assert (asked.text, asked.topic) == ("papers on chess", Topic("chess", is_alone=False))
    assert not asked.about


@pytest.mark.parametrize("follow_up", ["quantization", "what about quantization?"])
def test_after_a_topic_another_is_a_topic_as_well(follow_up):
    asked = after("papers on attention", follow_up)

    assert (asked.text, asked.topic) == (
        "papers on quantization",
        Topic("quantization", is_alone=False),
    )


def test_after_a_question_about_a_paper_a_word_asks_on_about_it():
    asked = after("How does attention save memory?", "latency?")

    assert asked.topic is None
    assert asked.about == ("Attention Is All You Need",)


async def test_papers_on_a_topic_are_listed_each_with_a_sentence_of_its_own(engine, paper_titled):
    answer = await engine.ask("Which papers are about quantization?")

    assert answer.refusal is None
    assert {one.paper.id for one in answer.citations} >= {
        paper_titled("GPTQ").id,
        paper_titled("AWQ").id,
    }
    assert all(one.span for one in answer.citations)


async def test_a_topic_of_no_paper_is_refused_by_its_name(engine):
    answer = await engine.ask("Are there any papers on speech recognition?")

    assert answer.refusal
    assert answer.refusal.reason in {
        "No paper on this shelf is about “speech recognition”.",
        "This does not look like a question about the papers on this shelf.",
    }
