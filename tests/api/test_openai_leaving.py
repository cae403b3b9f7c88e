"""A client that leaves ends the work that was done for it, and nobody else's."""

import threading

import httpx
import pytest
from openai_acting import ABOUT_SPEED, Slow, asking, happens, modelled, served_v1

BODIES = {
    "/v1/chat/completions": asking("Please hang."),
    "/v1/responses": {"input": "Please hang."},
}
SOON = httpx.Timeout(10, read=0.4)


@pytest.fixture
def served():
    with served_v1() as served:
        yield served


def ended(served):
    """Whether the engine was closed and nobody takes a place any more."""
    return happens(lambda: served.engine.closed == 1 and not served.api.services.places.taken)


@pytest.mark.parametrize("path", BODIES)
def test_who_leaves_a_stream_ends_it(served, path):
    with httpx.stream("POST", served.at + path, json={**BODIES[path], "stream": True}) as stream:
        lines = stream.iter_lines()
        assert any("TideNet" in line for line in lines)
        assert served.engine.closed == 0
    assert ended(served)


@pytest.mark.parametrize("path", BODIES)
def test_who_leaves_before_the_body_ends_the_work(served, path):
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(served.at + path, json=BODIES[path], timeout=SOON)
    assert ended(served)


@pytest.mark.parametrize("stream", [False, True])
def test_who_leaves_before_the_first_sentence_ends_the_work(stream):
    with served_v1(Slow()) as served:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{served.v1}/chat/completions", json=asking(stream=stream), timeout=SOON)
        assert ended(served)


def test_what_was_broken_off_leaves_no_record_but_costs_what_was_sent(served):
    path = f"{served.v1}/chat/completions"
    with httpx.stream("POST", path, json=asking("hang", stream=True)) as stream:
        lines = stream.iter_lines()
        assert any("TideNet" in line for line in lines)
    assert ended(served)
    assert happens(lambda: served.api.gate.noted)
    assert served.api.gate.noted[0][1] > 10
    assert not served.api.log.count()


def test_others_go_on_when_one_leaves(served):
    path, answers = f"{served.v1}/chat/completions", []

    def wait():
        answers.append(httpx.post(path, json=asking("Please hang."), timeout=20).json())

    other = threading.Thread(target=wait)
    other.start()
    assert happens(lambda: served.api.services.places.taken == 1)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(path, json=asking("Please hang."), timeout=SOON)
    assert happens(lambda: served.engine.closed == 1)
    served.engine.go_on.set()
    other.join(10)
    assert answers[0]["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("stream", [False, True])
def test_who_leaves_ends_the_call_to_the_language_model(stream):
    engine, model = modelled(["SmoothQuant enables 8-bit weights [{1}]. AWQ runs", 60.0, "."])
    with served_v1(engine) as served:
        body = asking(ABOUT_SPEED, stream=stream)
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{served.v1}/chat/completions", json=body, timeout=SOON)
        assert len(model.asked) == 1
        assert happens(lambda: model.ended)
    assert model.ended[0] in ("CancelledError", "GeneratorExit")


def test_what_a_language_model_used_is_what_is_told_and_counted():
    engine, _ = modelled("SmoothQuant enables 8-bit weights and activations [{1}].")
    with served_v1(engine) as served:
        told = httpx.post(f"{served.v1}/chat/completions", json=asking(ABOUT_SPEED)).json()
        assert told["usage"]["prompt_tokens"] == 100
        assert told["footnote"]["model"] == "parrot"
        assert happens(lambda: served.api.gate.noted)
        assert [tokens for _, tokens in served.api.gate.noted] == [110]
