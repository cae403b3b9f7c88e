"""Questions about the record: what of it each asks for, and which questions are left alone."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.record_filters import Known
from rag.answering.record_parsing import parse
from rag.types import Published, Range

TODAY = date(2026, 11, 25)
AUTHORS = {"hinton", "geoffrey hinton", "srivastava", "kaiming he"}
SOURCES = {"003": "003_6185.txt", "3": "003_6185.txt", "refs.bib": "refs.bib"}
KNOWN = Known(
    ["Qualcomm", "Stanford AI", "EPFL VILAB", "Amazon"],
    lambda name: name.lower() in AUTHORS,
    lambda name: SOURCES.get(name.lower()),
)


def form(question: str) -> str:
    """The parsed form in short, or "-"."""
    found = parse(question, KNOWN, TODAY)
    if found is None:
        return "-"
    scope = found.scope
    parts = [
        found.kind,
        f"{_date(scope.since)}..{_date(scope.until)}" if scope.since or scope.until else "",
        f"org={scope.organization}" if scope.organization else "",
        f"by={'&'.join(scope.authors)}" if scope.authors else "",
        f"authors={_range(scope.author_count)}" if scope.author_count else "",
        f"upvotes={_range(scope.upvotes)}" if scope.upvotes else "",
        f"source={scope.source}" if scope.source else "",
        f"dating={scope.dating}" if scope.dating != "sure" else "",
        f"{found.rank}:{found.first or 'ties'}" if found.rank else "",
        f"tally={found.tally}" if found.tally else "",
        f"say={'+'.join(found.fields)}" if found.fields else "",
        f"<{found.topic}>" if found.topic else "",
        f"<{found.beside}>" if found.beside else "",
    ]
    return " ".join(filter(None, parts))


def _date(at: Published | None) -> str:
    if at is None:
        return ""
    return "-".join(str(part or "?") for part in (at.year, at.month, at.day)).replace("-?", "")


def _range(of: Range) -> str:
    return f"{of.least or ''}-{of.most or ''}"


TABLE = """
Which papers in the collection are dated October 2025? | list 2025-10..2025-10
which papers on pruning are from October 2025 | list 2025-10..2025-10 <pruning>
in Oct '25, which papers were published? | list 2025-10..2025-10
papers since last month | list 2026-10..
papers from this year | list 2026..2026
papers between 2014 and 2016 | list 2014..2016
2023 or later papers | list 2023..
What was published on Oct 24? | list ?-10-24..?-10-24
which papers appeared on Nov 3rd | list ?-11-3..?-11-3
papers from the first half of 2024 | list 2024-1..2024-6
Q3 2025 papers | list 2025-7..2025-9
papers older than 2015 | list ..2014
Which papers were published after June 2025? | list 2025-7..
papers from before 2015 about image recognition | list ..2014 <image recognition>
which diffusion papers came out in 2024? | list 2024..2024 <diffusion>
which papers do you have from march 2022 | list 2022-3..2022-3
find papers from 2024 on speculative decoding | list 2024..2024 <speculative decoding>
recent papers on pruning from the last 6 months | list 2026-5..2026-11-25 <pruning>
how many papers are from 2024? | list 2024..2024
How many papers on quantization are from 2024? | list 2024..2024 <quantization>
how many papers are about diffusion? | list <diffusion>
how many papers are on the shelf? | list
how many papers do you have? | list
list all papers | list
which papers have no date? | list dating=none
which papers are dated without a year? | list dating=no-year
which paper came from qualcomm? | list org=Qualcomm
what came from Qualcomm | list org=Qualcomm
Did Qualcomm publish anything? | list org=Qualcomm
Is there anything from Stanford? | list org=Stanford AI
any papers from Amazon on MoE? | list org=Amazon <MoE>
the EPFL papers | list org=EPFL VILAB
do you have anything from Google? | list org=Google
anything by Apple? | list by=Apple
papers by Hinton | list by=Hinton
List everything co-authored by Geoffrey Hinton. | list by=Geoffrey Hinton
What did Hinton write with Srivastava? | list by=Hinton&Srivastava
Hinton's papers | list by=Hinton
papers by Hinton and Srivastava on dropout | list by=Hinton&Srivastava <dropout>
Which papers did Kaiming He publish in 2015? | list 2015..2015 by=Kaiming He
papers with more than 8 authors | list authors=9-
single-author papers | list authors=1-1
Which papers have a single author? | list authors=1-1
papers with 3 authors | list authors=3-3
two-author papers from 2020 | list 2020..2020 authors=2-2
papers with 3 to 5 authors | list authors=3-5
papers with fewer than four authors | list authors=-3
How many papers have more than 6 authors? | list authors=7-
which papers have at least 3 upvotes | list upvotes=3-
papers from 2024 with 2 or more upvotes | list 2024..2024 upvotes=2-
most upvoted papers you know of, and how many upvotes do they have? | list upvotes:ties say=upvotes
most upvoted paper about diffusion | list upvotes:ties <diffusion>
top 3 by upvotes | list upvotes:3
top 3 papers on pruning by upvotes | list upvotes:3 <pruning>
the two most upvoted papers from 2024 | list 2024..2024 upvotes:2
least upvoted paper | list fewest-upvotes:ties
Which paper has the longest author list? | list authors:ties
which paper has the fewest authors | list fewest-authors:ties
What's the newest paper on the shelf? | list published:ties
newest papers on quantization | list published:5 <quantization>
three oldest MoE papers | list oldest:3 <MoE>
what is the earliest paper in the collection? | list oldest:ties
recent papers | list published:5
who wrote the newest paper? | list published:ties say=authors
When was the most upvoted paper published? | list upvotes:ties say=published
which papers are on page 003? | list source=003_6185.txt
which papers on page 3 are from 2024? | list 2024..2024 source=003_6185.txt
which papers come from refs.bib? | list source=refs.bib
what's on the October page? | list source=October
when was GPTQ published and by how many authors | state say=published+authors <GPTQ>
Who wrote Adam and when? | state say=authors+published <Adam>
Can you tell me when FlashAttention was published? | state say=published <FlashAttention>
“Layer Normalization”: who wrote it? | state say=authors <Layer Normalization>
FlashAttention: when was it published | state say=published <FlashAttention>
what year is BERT from? | state say=published <BERT>
When did Mamba come out? | state say=published <Mamba>
How many authors does the GPT-3 paper have? | state say=authors <GPT-3>
Who wrote the batch normalization paper? | state say=authors <batch normalization>
who are the authors of "Layer Normalization"? | state say=authors <Layer Normalization>
give me the date and number of authors of Adam | state say=published+authors <Adam>
Which lab made Expert Upcycling? | state say=organization <Expert Upcycling>
where does Expert Upcycling come from? | state say=organization <Expert Upcycling>
how many upvotes has Expert Upcycling? | state say=upvotes <Expert Upcycling>
which page is FlashAttention on? | state say=source <FlashAttention>
what's the arXiv id of BERT? | state say=link <BERT>
is FlashAttention newer than BERT? | compare say=published <FlashAttention> <BERT>
which is older, BERT or GPT-3? | compare say=published <BERT> <GPT-3>
BERT or Adam: which is older? | compare say=published <BERT> <Adam>
Did BERT come out before GPT-3? | compare say=published <BERT> <GPT-3>
Which paper has more authors, BERT or Adam? | compare say=authors <BERT> <Adam>
which organisations are on the shelf? | tally tally=organization
How many papers per year? | tally tally=year
what years do the papers cover? | tally tally=year
which pages are there? | tally tally=source
average number of authors per paper | unsupported
What is the median number of upvotes? | unsupported
Which papers from 2024 improve quantization? | narrow 2024..2024
What do the papers from 2024 say about pruning? | narrow 2024..2024
what did Qualcomm's paper find about layer skipping? | narrow org=Qualcomm
How do papers from Stanford measure intelligence per watt? | narrow org=Stanford AI
"""
ROWS = [tuple(row.split(" | ")) for row in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("question", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_a_question_is_parsed_into_filters_an_order_and_a_topic(question, expected):
    assert form(question) == expected


@pytest.mark.parametrize(
    "question",
    """
which method won the 2012 ImageNet challenge
how did accuracy improve since 2023
what does the OpenAI paper say about scaling
How much has that metric improved since 2023?
How many people took part in the user study?
Which method does Stanford AI beat?
What is the highest accuracy?
which papers use data from 2012?
Which papers evaluate on ImageNet from 2012?
how many authors did they interview?
Who invented PagedAttention?
What is the oldest trick in the book?
which is the latest layer that is skipped?
what came from the ablation study?
How many papers did they review?
what dataset of Amazon reviews was used?
which papers compare with models from Google?
how many layers does BERT-Large have?
when did the loss diverge?
where does the speedup come from?
which company's GPUs were used?
what year was the data collected?
BERT or Adam: who is older, and how many layers does BERT-Large have?
how does it compare with GPT-4 from March 2023?
When was FlashAttention published and how much faster is it?
is LoRA better than adapters?
is quantization more popular than pruning?
Which paper introduced the most popular optimizer?
what is the first paper to use shortcuts?
which one?
which of them has the most upvotes?
what is the paper about?
when was it published?
is there a paper on graph networks?
which papers do you have on pruning?
list papers about LoRA
which paper has the most citations?
which source of error dominates?
how many pages are read from disk?
how many organizations provided data?
which papers work with at most 8 bits?
How long did training take in October?
in 2020, what was the state of the art?
what is the difference between 2017 and 2018 WMT data?
Everything by default?
How is work from home affected?
What wording is appealing, judging from thousands of pairs voted on by ten people each?
Does drawing up a whole route first stop chatbots dropping conditions?
who is first on the leaderboard and with which score?
Where can I find over a million votes by people on long replies?
""".strip().splitlines(),
)
def test_a_question_about_what_papers_say_is_left_to_the_abstracts(question):
    assert form(question) == "-"


@pytest.mark.parametrize(
    "template",
    [
        "When was {} published and by how many authors?",
        "How many authors does {} have?",
        "how many upvotes did {} get, and when was it published?",
        "When was the paper {} published?",
    ],
)
def test_whatever_stands_in_a_title_stays_a_title(template, sample):
    for title in [
        *(entry["title"] for entry in sample),
        "Cut Your Losses in 2024: How Many Tokens Do We Need?",
        "What Matters in May and When It Does Not",
        "“The Newest Papers by Hinton from 2012, and the Oldest”",
    ]:
        found = parse(template.format(title), KNOWN, TODAY)

        assert found is not None, title
        assert found.kind == "state", title
        assert found.topic in title, title
        assert len(found.topic) > 0.8 * len(title), title


def test_what_depends_on_the_day_of_asking_says_which_day_that_was():
    assert parse("papers from last month", KNOWN, TODAY).asked_on == TODAY
    assert parse("papers from October 2025", KNOWN, TODAY).asked_on is None


@given(
    st.lists(
        st.sampled_from(
            "which papers by from on the most newest 3 authors upvotes 2024 Oct with and or "
            "who when was published how many X Hinton Qualcomm page than older is ? , did".split()
        ),
        max_size=14,
    ).map(" ".join)
    | st.text(max_size=80)
)
def test_any_words_are_parsed_or_left_alone(question):
    found = parse(question, KNOWN, TODAY)

    assert found is None or found.kind != "state" or found.topic


def test_a_shelf_of_many_organisations_takes_no_longer_to_ask():
    known = Known([f"Organisation{number} of Somewhere" for number in range(5000)] + ["Qualcomm"])
    began = time.perf_counter()
    parse("How does FlashAttention save memory on long sequences?", known, TODAY)
    found = parse("papers from qualcomm", known, TODAY)

    assert time.perf_counter() - began < 2
    assert found is not None
    assert found.scope.organization == "Qualcomm"


@pytest.mark.parametrize("typed", ["İTÜ", "itü", "ITÜ", "ıtü"])
def test_an_organisation_is_known_in_whatever_case(typed):
    found = parse(f"papers from {typed}", Known(["İTÜ"]), TODAY)

    assert found is not None
    assert found.scope.organization == "İTÜ"


def test_a_long_question_takes_no_long_time():
    began = time.perf_counter()
    for piece in ("which papers ", "when was a and ", "by the ", "is x or ", "2024 to ", "a, "):
        parse((piece * 200)[:399], KNOWN, TODAY)

    assert time.perf_counter() - began < 2
