"""Refusing says why, claims no more than was seen, and gives the nearest papers."""

from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.asked import Asked
from rag.answering.calibration import Calibration
from rag.answering.evidence import SCALE, Evidence
from rag.answering.refusal import NEAREST, RefusalSignals, refuse, signals
from rag.language.sentences import sentences
from rag.types import Hit, Paper, Passage, Reading, Span

OTTERS = Paper("otters", "Otters [1] in rivers", "RiverWatch counts otters. Rain fell.")
BEES = Paper("bees", "Bees", "We use BuzzNet to count bees.")
OWLS = Paper("owls", "Owls", "Owls fly at night.")
HENS = Paper("hens", "Hens", "Hens sleep at night.")


def evidence(paper, *, found, answerable):
    """A paper with a retrieval score of 0 to 1 and a logit of the judge."""
    spans = tuple(sentences(paper.abstract))
    reading = Reading(answerable, answerable, (answerable,) * len(spans))
    hit = Hit(paper, Passage("x#0", paper.id, paper.abstract, Span(0, 1)), found)
    return Evidence(hit, reading)


def strong(paper):
    return evidence(paper, found=0.9, answerable=5.0)


def weak(paper, found=0.6):
    return evidence(paper, found=found, answerable=-5.0)


def ask(question, *found):
    return refuse(Asked(question, question), found)


def test_strong_evidence_is_not_refused():
    assert ask("How are otters counted?", strong(OTTERS), weak(BEES)) is None


def test_without_evidence_nothing_matches():
    refusal = ask("How are otters counted?")

    assert (refusal.kind, refusal.nearest) == ("not-on-shelf", ())


def test_what_has_to_do_with_nothing_is_off_topic():
    refusal = ask("How long do I boil an egg?", weak(OTTERS, found=0.1))

    assert (refusal.kind, refusal.nearest) == ("off-topic", ())


def test_what_an_abstract_does_not_say_names_that_paper_and_gives_the_nearest():
    found = [weak(paper) for paper in (OTTERS, BEES, OWLS, HENS)]

    refusal = ask("How heavy is the skull of an otter?", *found)

    assert refusal.kind == "not-in-abstract"
    assert "Otters (1) in rivers" in refusal.reason
    assert refusal.nearest == (OTTERS, BEES, OWLS)[:NEAREST]


def test_what_is_far_away_is_not_on_the_shelf():
    refusal = ask("How heavy is the skull of a wolf?", weak(OTTERS, found=0.35))

    assert refusal.kind == "not-on-shelf"
    assert refusal.nearest == (OTTERS,)


def test_a_name_that_no_abstract_has_is_named():
    refusal = ask("How fast is WolfNet?", weak(OTTERS), weak(BEES))

    assert refusal.kind == "not-on-shelf"
    assert "WolfNet" in refusal.reason


def test_a_name_that_another_abstract_has_is_not_said_to_be_missing():
    refusal = ask("How does RiverWatch compare with BuzzNet?", weak(OTTERS), weak(BEES))

    assert "tells of" not in refusal.reason
    assert refusal.kind == "not-in-abstract"


def test_a_name_is_known_however_it_is_spelt():
    refusal = ask("How heavy is River-Watch?", weak(OTTERS))

    assert "tells of" not in refusal.reason


@pytest.mark.parametrize("question", ["How heavy is it?", "How fast is WolfNet?", "Why an egg?"])
def test_a_reason_is_a_sentence_without_a_marker(question):
    refusal = ask(question, weak(OTTERS))

    assert refusal.reason.endswith(".")
    assert "[" not in refusal.reason


def test_the_calibration_that_ships_weighs_every_signal_and_no_other():
    calibration = Calibration.shipped("refusal")
    expected = {field.name for field in fields(RefusalSignals)}

    assert set(calibration.mean) == set(calibration.scale) == set(calibration.weight) == expected
    assert 0 < calibration.thresholds["refuse"] < 1
    assert all(scale > 0 for scale in calibration.scale.values())


@given(
    st.lists(
        st.floats(-30, 30),
        min_size=len(fields(RefusalSignals)),
        max_size=len(fields(RefusalSignals)),
    )
)
def test_a_probability_is_one_whatever_the_signals(values):
    assert 0 <= Calibration.shipped("refusal").probability(asdict(RefusalSignals(*values))) <= 1


def test_signals_are_of_the_first_paper_and_of_the_best():
    asked = Asked("How fast is WolfNet?", "How fast is WolfNet?")
    found = signals(asked, [weak(OTTERS), strong(BEES)])

    assert (found.answerable_top, found.answerable_best) == (-5.0, 5.0)
    assert found.score_best == 0.9 * SCALE
    assert (found.names_missing, found.follow_up) == (1.0, 0.0)
    assert signals(replace(asked, latest="It?"), [weak(OTTERS)]).follow_up == 1.0
    assert signals(asked, [weak(OTTERS)]).margin == 0.0
    assert all(isinstance(value, float) for value in asdict(found).values())
