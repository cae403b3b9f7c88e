"""Sentences are reworded without a change of number, and broken in one place and no other."""

import gzip
import json
import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import training
from rag.language.words import names, squeezed
from training.judge_breaking import Context, broken, values
from training.judge_cases import LONGEST, cases, names_of, reword, usable
from training.judge_examples import CONTRADICTED, OPEN, SUPPORTED, Abstract
from training.judge_words import OPPOSITES

WRITTEN = Path(training.__file__).with_name("written.jsonl.gz")
OTTERS = "RiverWatch reduces errors by 50% and found 1,204 otters along 310 km of river."
SEEDS = st.integers(0, 2**32)


def read_papers(most):
    with gzip.open(WRITTEN, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line, _ in zip(file, range(most), strict=False)]
    return [Abstract(row["title"], row["abstract"]) for row in rows]


PAPERS = read_papers(80)
SENTENCES = [(sentence, paper) for paper in PAPERS for sentence in usable(paper)]
NAMES = names_of(PAPERS)


def numbers(text):
    return sorted(re.findall(r"\d+(?:[.,]\d+)*", text))


def negations(text):
    found = re.finditer(r"\b(?:not|no|never|cannot|without)\b", text)
    return [(place[0], place.start()) for place in found]


def changed(before, after):
    """The words that differ once what is equal at both ends is gone."""
    old, new = before.split(), after.split()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return old, new


def all_broken(seed=0):
    random = Random(seed)
    for sentence, paper in SENTENCES:
        if found := broken(sentence, Context(paper.text, NAMES), random):
            yield found, sentence, paper


@given(st.sampled_from(SENTENCES), SEEDS)
def test_rewording_keeps_every_number_and_adds_none(case, seed):
    assert numbers(reword(case[0], Random(seed))) == numbers(case[0])


@given(st.sampled_from(SENTENCES), SEEDS)
def test_rewording_adds_no_negation_and_loses_none_but_with_the_tail(case, seed):
    said = reword(case[0], Random(seed))

    before, after = negations(case[0]), negations(said)
    assert [word for word, _ in before][: len(after)] == [word for word, _ in after]
    assert len(after) >= sum(place < len(said) // 2 for _, place in before)


def test_rewording_changes_two_sentences_of_three():
    random = Random(0)

    same = sum(reword(sentence, random) == sentence for sentence, _ in SENTENCES)

    assert same < len(SENTENCES) / 3


@pytest.mark.parametrize(
    ("sentence", "dropped"),
    [
        ("However, otters are shy.", "However"),
        ("We show that otters are shy.", "We show that"),
        ("Extensive experiments demonstrate that otters are shy.", "demonstrate"),
        ("To address this problem, otters are counted.", "address"),
    ],
)
def test_an_opening_that_says_nothing_is_dropped(sentence, dropped):
    said = {reword(sentence, Random(seed)) for seed in range(40)}

    assert any(dropped not in one and one.startswith(("Otters", "otters")) for one in said)


def test_a_hedge_is_kept():
    for seed in range(60):
        said = reword("Our results suggest that otters are shy.", Random(seed))

        assert "suggest" in said


def test_a_condition_is_not_cut_off():
    sentence = (
        "The cameras count all the otters of a river only if the light is good, and it rarely is."
    )

    assert all("rarely" in reword(sentence, Random(seed)) for seed in range(60))


@given(st.sampled_from(SENTENCES), SEEDS)
def test_a_broken_sentence_differs_in_exactly_one_place(case, seed):
    sentence, paper = case
    found = broken(sentence, Context(paper.text, NAMES), Random(seed))

    if found:
        old, new = changed(sentence, found.sentence)
        assert old or new
        # A word with the article before it, or a verb with its negation.
        assert len(old) <= 2
        assert len(new) <= 4


def test_a_broken_number_does_not_stand_in_the_abstract():
    found = [one for one in all_broken() if one[0].kind == "number"]

    assert len(found) > 20
    for one, sentence, paper in found:
        [fresh] = values(one.sentence) - values(sentence)
        assert fresh not in values(paper.text)


@given(SEEDS)
def test_a_number_is_never_broken_into_another_of_the_text(seed):
    taken = values(" ".join(str(number) for number in range(100)))
    found = broken("It found 12 of them.", Context("0 1 2 3 " + str(taken), []), Random(seed))

    assert found is None or values(found.sentence).isdisjoint(taken)


def test_thousands_and_units_are_kept_in_a_broken_number():
    said = {
        found.sentence
        for seed in range(300)
        if (found := broken(OTTERS, Context(OTTERS, []), Random(seed))) and found.kind == "number"
    }

    assert all(re.search(r"by [\d.]+% and found [\d,]+ otters along \d+ km", one) for one in said)
    assert any(re.search(r"found \d{1,3},\d{3} otters", one) and "1,204" not in one for one in said)


@pytest.mark.parametrize(
    "sentence", ["GPT-4 wins.", "They use 3D scans.", "Published on 2024-05-12."]
)
def test_digits_of_names_and_dates_are_no_numbers_to_break(sentence):
    kinds = {
        found.kind
        for seed in range(60)
        if (found := broken(sentence, Context(sentence, ["BERT"]), Random(seed)))
    }

    assert "number" not in kinds


def test_a_broken_name_is_strange_to_the_abstract():
    found = [one for one in all_broken() if one[0].kind == "name"]

    assert len(found) > 20
    for one, sentence, paper in found:
        strange = [name for name in names(one.sentence) if name not in names(sentence)]
        assert strange
        assert squeezed(strange[0]) not in squeezed(paper.text)


def test_a_turned_word_is_one_of_its_opposites_in_the_same_case():
    found = broken("Faster cameras.", Context("", []), Random(0))

    assert found.sentence == "Slower cameras."
    assert all(word in OPPOSITES[other] for word, turned in OPPOSITES.items() for other in turned)


@pytest.mark.parametrize(
    ("sentence", "possible"),
    [
        ("An efficient camera.", {"An inefficient camera."}),
        ("An early bird.", {"A late bird."}),
        ("A stable raft.", {"An unstable raft."}),
    ],
)
def test_the_article_agrees_with_what_was_put_in(sentence, possible):
    said = {broken(sentence, Context("", []), Random(seed)).sentence for seed in range(20)}

    assert said == possible


@pytest.mark.parametrize(
    ("sentence", "possible"),
    [
        ("The otter is shy.", {"The otter is not shy."}),
        ("The otter is not shy.", {"The otter is shy."}),
        ("Otters cannot fly.", {"Otters can fly."}),
        (
            "It requires light.",
            {
                "It does not require light.",
                "It fails to require light.",
                "It never requires light.",
            },
        ),
    ],
)
def test_a_negation_is_put_in_or_taken_out(sentence, possible):
    said = {broken(sentence, Context("", []), Random(seed)).sentence for seed in range(40)}

    assert said == possible


def test_a_sentence_with_nothing_to_break_is_left_alone():
    assert broken("Otters swim.", Context("Otters swim.", []), Random(0)) is None


def test_every_way_of_breaking_is_used():
    assert {one.kind for one, *_ in all_broken()} == {"number", "name", "polarity", "negation"}


def test_the_same_seed_gives_the_same_cases_and_another_gives_others():
    first, again, other = (list(cases(PAPERS, Random(seed))) for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_cases_have_all_labels_and_their_own_source():
    sources = {paper.text: paper for paper in PAPERS}
    found = list(cases(PAPERS, Random(0)))

    assert {case.label for case in found} == {SUPPORTED, CONTRADICTED, OPEN}
    assert all(case.source in sources for case in found)
    assert all(len(case.sentence) < 3 * LONGEST for case in found)


def test_an_abstract_without_sentences_and_a_lonely_one_give_no_trouble():
    assert list(cases([Abstract("Empty", "")], Random(0))) == []
    alone = list(cases([Abstract("Otters", OTTERS)], Random(0)))
    assert {case.label for case in alone} <= {SUPPORTED, CONTRADICTED}
    assert alone


@given(st.text(max_size=300), SEEDS)
def test_any_text_can_be_reworded_and_broken(text, seed):
    random = Random(seed)

    assert isinstance(reword(text, random), str)
    found = broken(text, Context(text, NAMES), random)
    assert found is None or found.sentence != text
