"""Cards come with the sentences that cite them, and stay where an answer is broken off."""

import pytest
from acting import Acting, Papers, cited

from ui.server.exchange import Exchange
from ui.server.services import Services
from ui.web.chat import showing
from ui.web.evidence import evidence
from ui.web.messages import messages
from ui.web.progress import answered


async def grown(question):
    """An answer after its first sentence, while the second is waited for."""
    events = answered(Services(Acting(), Papers()), Exchange(question), [])
    async for one in events:
        if "[1]" in one.text:
            await events.aclose()
            return one
    raise AssertionError("no sentence came")


async def test_a_sentence_that_cites_a_paper_opens_its_card_before_the_answer_ends():
    one = await grown("hang please")

    assert one.answer is None
    assert one.citations == cited("").citations[:1]
    assert 'id="src-1-1"' in evidence((one,))
    assert '<mark class="by-1-0">' in evidence((one,))
    assert evidence((one,)) in showing((one,))


async def test_a_stopped_answer_keeps_its_cards():
    one = (await grown("hang please")).ended("stopped", "Stopped.")

    assert 'id="src-1-1"' in evidence((one,))


@pytest.mark.parametrize("question", ["What?", "refuse please"])
async def test_what_was_cited_on_the_way_is_what_the_answer_cites(question):
    events = answered(Services(Acting(), Papers()), Exchange(question), [])
    last = [one async for one in events][-1]

    assert last.citations == last.answer.citations


async def test_markers_of_a_stopped_answer_lead_to_its_cards():
    one = (await grown("hang please")).ended("stopped", "Stopped.")

    assert 'href="#src-1-1"' in messages((one,))[-1]["content"]
