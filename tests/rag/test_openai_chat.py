"""The chat model over a real connection, to a server that behaves and to one that does not."""

import asyncio
import json
import logging
import threading
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from misbehaving import (
    USAGE,
    chunk,
    completes,
    cuts_off,
    event,
    fails,
    page,
    says,
    sends,
    serving,
    stalls,
)

from rag.config import Settings
from rag.errors import ChatError
from rag.models.openai_chat import OpenAIChat
from rag.models.openai_endpoint import AT_A_TIME
from rag.types import Message, Usage

KEY = "sk-right-and-very-secret"
ASKED = [Message("system", "Answer."), Message("user", "Where do otters live?")]
TEXT = ["Otters live", " in rivers", " [417]."]
SOON = {"retry_after_ms": "1"}
QUICK = {"llm_timeout": 3, "llm_deadline": 20}
STALLED = {"llm_timeout": 0.2}


def model(server, **changes):
    settings = {"llm": "tiny", "OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY}
    return OpenAIChat(Settings(**(settings | QUICK | changes)))


async def said(asked_model, max_tokens=50):
    """The text, the usage, and the error that ended it."""
    text, usage, error = "", None, None
    try:
        async with aclosing(asked_model.stream(ASKED, max_tokens=max_tokens)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Usage):
                    usage = piece
                else:
                    text += piece
    except ChatError as raised:
        error = raised
    return text, usage, error


async def kind_of(act, **changes):
    with serving(act) as server:
        _, _, error = await said(model(server, **changes))
    return error and error.kind


async def test_a_reply_comes_in_pieces_and_its_usage_last():
    with serving(says(*TEXT)) as server:
        got = [piece async for piece in model(server).stream(ASKED, max_tokens=50)]

    assert "".join(got[:-1]) == "Otters live in rivers [417]."
    assert len(got) > 2
    assert got[-1] == Usage(11, 7)


async def test_a_request_says_what_the_settings_say():
    with serving(says("Yes.")) as server:
        await said(model(server, llm_temperature=0.7), max_tokens=33)

    [asked] = server.asked
    assert asked == {
        "model": "tiny",
        "messages": [
            {"role": "system", "content": "Answer."},
            {"role": "user", "content": "Where do otters live?"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 33,
        "temperature": 0.7,
    }
    assert server.keys == [f"Bearer {KEY}"]


async def test_a_local_server_gets_a_key_that_is_none():
    with serving(says("Yes.")) as server:
        text, _, _ = await said(model(server, OPENAI_API_KEY=None))

    assert text == "Yes."
    assert server.keys == ["Bearer none"]


async def test_the_cost_is_known_where_both_prices_are():
    with serving(says("Yes.")) as server:
        _, priced, _ = await said(model(server, llm_prompt_price=2, llm_completion_price=10))
        _, half, _ = await said(model(server, llm_prompt_price=2))

    assert priced.cost == pytest.approx((11 * 2 + 7 * 10) / 1e6)
    assert half.cost is None


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": None}, {"prompt_tokens": 0}, [], "no"])
async def test_usage_that_is_not_reported_is_counted(usage):
    with serving(says(*TEXT, usage=usage)) as server:
        _, counted, _ = await said(model(server))

    assert counted.is_estimated
    assert 8 < counted.prompt_tokens < 25
    assert 6 < counted.completion_tokens < 12


async def test_a_server_that_does_not_stream_is_read_all_the_same():
    choice = {"message": {"role": "assistant", "content": "Otters."}, "finish_reason": "stop"}
    with serving(completes(choices=[choice], usage=USAGE)) as server:
        text, usage, error = await said(model(server))

    assert (text, usage, error) == ("Otters.", Usage(11, 7), None)


async def test_chunks_without_choices_comments_and_blank_lines_are_passed_over():
    odd = [{"choices": None}, {"choices": []}, {}, {"choices": [None]}, {"choices": [{}]}]
    odd += [{"choices": [{"delta": None}]}, chunk(), {"choices": "?"}, {"choices": [{"delta": 1}]}]
    noise = [": keep-alive\n\n", "\n\n", "event: ping\n", "data: null\n\n", "data: 7\n\n"]
    reply = [*noise, *map(event, odd), event(chunk("Otters.")), event(chunk(finish="stop"))]
    with serving(sends(*reply, "data: [DONE]\n\n")) as server:
        text, _, error = await said(model(server))

    assert (text, error) == ("Otters.", None)


async def test_content_in_parts_gives_its_text():
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "Otters."}, 3]
    with serving(says(chunk(parts))) as server:
        assert (await said(model(server)))[0] == "Otters."


async def test_letters_cut_in_two_arrive_whole():
    raw = event(chunk("Müller")).encode().decode("unicode_escape").encode()
    at = raw.index(b"\xc3") + 1
    with serving(sends(raw[:at], raw[at:], event(chunk(finish="stop")))) as server:
        assert (await said(model(server)))[0] == "Müller"


@pytest.mark.parametrize(
    "pieces",
    [
        ["<think>Hm, otters.</think>\n\n", *TEXT],
        ["<th", "ink>Hm, ott", "ers.</thi", "nk>\n", "\n", *TEXT],
        ["Okay, so the user wants otters.\n", "</think>\n\n", *TEXT],
        [chunk(reasoning_content="Hm, otters."), *TEXT],
        [chunk(reasoning="Hm, otters."), *TEXT],
    ],
)
async def test_reasoning_is_not_passed_on(pieces):
    with serving(says(*pieces)) as server:
        assert (await said(model(server)))[0] == "".join(TEXT)


async def test_reasoning_counts_where_usage_is_not_reported():
    with serving(says("<think>" + "Hm. " * 100 + "</think>Yes.", usage=None)) as server:
        assert (await said(model(server)))[1].completion_tokens > 100


async def test_reasoning_that_slips_out_once_is_kept_back_from_then_on():
    with serving(says("Rivers come to mind. ", "I am done.</think>", *TEXT)) as server:
        asked = model(server)
        first, second = await said(asked), await said(asked)

    assert first[2].kind == "bad-response"
    assert "Otters" not in first[0]
    assert second[0] == "".join(TEXT)


async def test_a_reply_of_reasoning_alone_is_cut_off_and_says_which_setting_to_raise():
    with serving(says("<think>Hm, otters", finish="length")) as server:
        text, usage, error = await said(model(server))

    assert (text, error.kind) == ("", "truncated")
    assert "FOOTNOTE_LLM_MAX_TOKENS" in str(error)
    assert usage == Usage(11, 7)


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (says(*TEXT, finish="length"), "truncated"),
        (says(*TEXT, finish=None), "truncated"),
        (says(*TEXT, finish=None, done=False), "truncated"),
        (says(*TEXT, finish="content_filter"), "filtered"),
        (says(*TEXT, finish="error"), "bad-response"),
        (sends(event(chunk("".join(TEXT))), "data: {nonsense\n\n"), "bad-response"),
        (sends(event(chunk("".join(TEXT))), b"data: \xff\xfe\n\n"), "bad-response"),
        (sends(event(chunk("".join(TEXT))), f"data: {'[' * 100_000}\n\n"), "bad-response"),
        (cuts_off(event(chunk("".join(TEXT)))), "unreachable"),
        (sends(event(chunk("".join(TEXT))), event({"error": {"message": "Oh"}})), "rejected"),
        (sends(event(chunk("".join(TEXT))), event({"error": "Oh"})), "rejected"),
    ],
)
async def test_what_came_before_a_break_is_kept_and_not_asked_for_again(act, kind):
    with serving(act) as server:
        text, _, error = await said(model(server))

    assert (text, error.kind) == ("".join(TEXT), kind)
    assert len(server.asked) == 1


async def test_a_stall_between_words_is_noticed():
    with serving(stalls(event(chunk("".join(TEXT))))) as server:
        text, _, error = await said(model(server, **STALLED))

    assert (text, error.kind) == ("".join(TEXT), "timeout")
    assert str(error) == "The language model sent nothing for 0.2 seconds."
    assert len(server.asked) == 1


@pytest.mark.parametrize("rest", [[], ["data: {nonsense\n\n"], [event({"error": {}})]])
async def test_a_reply_that_is_complete_needs_nothing_more(rest):
    reply = [event(chunk("Otters.")), event(chunk(finish="stop")), *rest]
    with serving(cuts_off(*reply)) as server:
        text, usage, error = await said(model(server))

    assert (text, error) == ("Otters.", None)
    assert usage.is_estimated


async def test_usage_is_not_waited_for_long():
    with serving(stalls(event(chunk("Otters.")), event(chunk(finish="stop")))) as server:
        asked = model(server, llm_timeout=60)
        begun = asyncio.get_running_loop().time()
        text, _, error = await said(asked)

    assert (text, error) == ("Otters.", None)
    assert asyncio.get_running_loop().time() - begun < 2


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (page(), "bad-response"),
        (completes(unexpected=1), "bad-response"),
        (completes(choices=None), "bad-response"),
        (completes(choices=[]), "bad-response"),
        (sends("[1]", content_type="application/json"), "bad-response"),
        (sends("{", content_type="application/json"), "bad-response"),
        (sends("", content_type="application/json"), "bad-response"),
        (sends("Hello.", content_type="text/plain"), "bad-response"),
        (sends("", content_type=None), "bad-response"),
        (says(), "bad-response"),
        (says(chunk(None)), "bad-response"),
        (says(chunk(tool_calls=[{}]), finish="tool_calls"), "bad-response"),
        (says(chunk(refusal="I cannot.")), "filtered"),
        (completes(choices=[{"message": {"content": None, "refusal": "No."}}]), "filtered"),
        (
            completes(choices=[{"message": {"content": None}, "finish_reason": "stop"}]),
            "bad-response",
        ),
        (says(finish="content_filter"), "filtered"),
        (completes(error={"message": "This model's maximum context length is 9"}), "context"),
        (fails(301), "bad-response"),
    ],
)
async def test_a_reply_that_is_none_is_a_failure_of_its_kind(act, kind):
    assert await kind_of(act) == kind


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (401, None, "auth"),
        (403, None, "auth"),
        (402, None, "quota"),
        (429, {"error": {"code": "insufficient_quota", "message": "Pay."}}, "quota"),
        (429, {"error": {"message": "You exceeded your current quota, see billing"}}, "quota"),
        (404, {"error": {"message": "The model `tiny` does not exist"}}, "model"),
        (404, {"error": 'model "tiny" not found, try pulling it first'}, "model"),
        (403, {"error": {"code": "model_not_found", "message": "No access."}}, "model"),
        (400, {"error": {"message": "invalid model ID"}}, "model"),
        (404, {"detail": "Not Found"}, "bad-response"),
        (404, "404 page not found", "bad-response"),
        (400, {"error": {"code": "context_length_exceeded", "message": "Long."}}, "context"),
        (400, {"object": "error", "message": "This model's maximum context length is 512 "
               "tokens. However, you requested 600 (max_tokens=50)", "code": 400}, "context"),
        (400, {"error": {"type": "exceed_context_size_error", "code": 400, "n_ctx": 512,
                         "n_prompt_tokens": 600, "message": "request exceeds"}}, "context"),
        (400, [{"error": {"message": "The input token count (9) exceeds the maximum number of "
                "tokens allowed (8)."}}], "context"),
        (400, {"error": "Trying to keep 9 tokens when context the overflows."}, "context"),
        (400, {"error": {"message": "prompt is too long: 9 tokens > 8 maximum"}}, "context"),
        (413, {"error": {"code": "rate_limit_exceeded", "message": "Too large"}}, "context"),
        (500, {"error": {"message": "input is larger than the context size"}}, "context"),
        (400, {"error": {"code": "content_filter", "message": "Filtered."}}, "filtered"),
        (400, {"error": {"message": "Bad."}}, "rejected"),
        (422, {"detail": [{"loc": ["body", "messages"], "msg": "context length"}]}, "rejected"),
        (400, "", "rejected"),
        (418, "teapot", "rejected"),
        (501, "", "unreachable"),
    ],
)  # fmt: skip
async def test_an_error_that_will_not_pass_is_not_asked_for_again(status, error, kind):
    with serving(fails(status, error)) as server:
        text, usage, raised = await said(model(server))

    assert (text, usage, raised.kind) == ("", None, kind)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_an_error_that_may_pass_is_asked_for_twice_again(status):
    with serving(fails(status, **SOON)) as always:
        error = (await said(model(always)))[2]
    with serving(fails(status, **SOON), fails(status, **SOON), says("Otters.")) as in_the_end:
        text = (await said(model(in_the_end)))[0]

    assert error.kind == {408: "timeout", 429: "rate"}.get(status, "unreachable")
    assert len(always.asked) == 3
    assert text == "Otters."


async def test_a_break_before_the_first_word_may_pass():
    async def asked_thrice(act, kind, **changes):
        with serving(act) as server:
            error = (await said(model(server, **changes)))[2]
        assert (error.kind, len(server.asked)) == (kind, 3)

    await asyncio.gather(
        asked_thrice(stalls(), "timeout", **STALLED),
        asked_thrice(cuts_off(event(chunk(""))), "unreachable"),
        asked_thrice(sends(event({"error": {"code": 503, "message": "Overloaded"}})), "rate"),
        asked_thrice(sends(event({"error": {"code": 502, "message": "Oh"}})), "unreachable"),
    )


async def test_a_break_may_pass_and_the_next_reply_is_told():
    with serving(cuts_off(event(chunk("<think>Hm"))), says("Otters.")) as server:
        assert (await said(model(server)))[0] == "Otters."


async def test_a_server_that_is_not_there_is_unreachable():
    with serving(says()) as gone:
        pass

    assert (await said(model(gone)))[2].kind == "unreachable"


@pytest.mark.parametrize("host", ["a..b", "x" * 70, "[::1]:1"])
async def test_an_address_that_cannot_be_one_is_unreachable(host):
    settings = Settings(llm="tiny", OPENAI_BASE_URL=f"http://{host}/v1", llm_deadline=0.1)

    assert (await said(OpenAIChat(settings)))[2].kind in ("unreachable", "timeout")


def after(seconds):
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("wait", ["0.4", lambda: after(1.4)])
async def test_the_endpoint_says_how_long_to_wait(wait):
    value = wait if isinstance(wait, str) else wait()
    with serving(fails(429, retry_after=value), says("Otters.")) as server:
        begun = asyncio.get_running_loop().time()
        text = (await said(model(server)))[0]

    assert text == "Otters."
    assert 0.35 < asyncio.get_running_loop().time() - begun < 2.5


@pytest.mark.parametrize("wait", ["4", "inf", lambda: after(60)])
async def test_nobody_waits_past_the_deadline(wait):
    value = wait if isinstance(wait, str) else wait()
    with serving(fails(503, retry_after=value)) as server:
        begun = asyncio.get_running_loop().time()
        error = (await said(model(server, llm_deadline=4)))[2]

    assert error.kind == "unreachable"
    assert asyncio.get_running_loop().time() - begun < 3
    assert len(server.asked) == 1


@pytest.mark.parametrize("wait", ["soon", "nan", "-3", "Thu, 99 Foo"])
async def test_a_wait_that_cannot_be_read_is_not_waited_for(wait):
    with serving(fails(503, retry_after=wait), says("Otters.")) as server:
        assert (await said(model(server)))[0] == "Otters."


async def test_a_reply_that_goes_on_for_too_long_meets_the_deadline():
    def drips(handler):
        handler.begin()
        while not handler.server.stopped.wait(0.05):
            handler.send(event(chunk("and ")))

    with serving(drips) as server:
        text, _, error = await said(model(server, llm_deadline=0.8))

    assert error.kind == "timeout"
    assert "0.8 seconds" in str(error)
    assert text.startswith("and and")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'."),
        ("temperature", "Unsupported value: 'temperature' does not support 0.1."),
        ("stream_options", "Unknown field stream_options."),
    ],
)
async def test_a_parameter_that_is_not_taken_is_not_sent_again(name, message):
    with serving(fails(400, message=message), says("Otters.")) as server:
        asked = model(server)
        texts = [(await said(asked))[0] for _ in range(2)]

    assert texts == ["Otters.", "Otters."]
    assert [name in body for body in server.asked] == [True, False, False]
    assert all(
        "max_completion_tokens" in body for body in server.asked[1:] if "max_tokens" not in body
    )


async def test_a_parameter_is_found_in_the_words_of_fastapi():
    detail = [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra"}]
    with serving(fails(422, {"detail": detail}), says("Otters.")) as server:
        assert (await said(model(server)))[0] == "Otters."


async def test_one_parameter_after_another_may_be_disliked():
    names = ["stream_options", "temperature", "max_tokens"]
    acts = [fails(400, message=f"no {name}") for name in names]
    with serving(*acts, fails(503, **SOON), says("Otters.")) as server:
        text = (await said(model(server)))[0]

    assert text == "Otters."
    assert server.asked[-1].keys() == {"model", "messages", "stream", "max_completion_tokens"}


async def test_a_reply_that_may_not_be_as_long_names_the_setting():
    with serving(fails(400, message="max_tokens has to be 9 at most")) as server:
        error = (await said(model(server)))[2]

    assert error.kind == "rejected"
    assert "FOOTNOTE_LLM_MAX_TOKENS" in str(error)
    assert len(server.asked) == 2


async def test_requests_at_the_same_time_learn_the_same():
    def picky(handler):
        sent = handler.server.asked[-1]
        (fails(400, message="temperature") if "temperature" in sent else says("Otters."))(handler)

    with serving(picky) as server:
        asked = model(server)
        replies = await asyncio.gather(*(said(asked) for _ in range(AT_A_TIME)))

    assert {text for text, _, _ in replies} == {"Otters."}


async def test_whoever_closes_the_iterator_hangs_up():
    with serving(stalls(event(chunk("Otters live in many rivers.")))) as server:
        pieces = model(server, llm_timeout=60).stream(ASKED, max_tokens=50)
        assert await anext(pieces) == "Otters live in many rivers."
        await pieces.aclose()

        assert await asyncio.to_thread(server.left.wait, 2)


async def test_whoever_is_cancelled_hangs_up():
    with serving(stalls()) as server:
        task = asyncio.create_task(said(model(server, llm_timeout=60)))
        await asyncio.to_thread(server.reached.wait, 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert await asyncio.to_thread(server.left.wait, 2)


async def test_only_so_many_requests_run_at_the_same_time():
    inside, most, lock, full = 0, 0, threading.Lock(), threading.Event()

    def slow(handler):
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
            if inside == AT_A_TIME:
                full.set()
        full.wait(5)
        handler.server.stopped.wait(0.1)  # for one too many to come
        with lock:
            inside -= 1
        says("Otters.")(handler)

    with serving(slow) as server:
        asked = model(server)
        replies = await asyncio.gather(*(said(asked) for _ in range(3 * AT_A_TIME)))

    assert [text for text, _, _ in replies] == ["Otters."] * 3 * AT_A_TIME
    assert most == AT_A_TIME


async def test_a_slot_is_free_again_after_a_failure():
    with serving(*[fails(400)] * 2 * AT_A_TIME, says("Otters.")) as server:
        asked = model(server)
        for _ in range(2 * AT_A_TIME):
            await said(asked)

        assert (await said(asked))[0] == "Otters."


def test_a_model_works_in_one_event_loop_after_another():
    with serving(says("Otters.")) as server:
        asked = model(server)
        texts = [asyncio.run(said(asked))[0] for _ in range(3)]

    assert texts == ["Otters."] * 3
    assert server.connections == 3


async def test_a_connection_serves_more_than_one_request():
    with serving(says("Otters.")) as server:
        asked = model(server)
        for _ in range(3):
            await said(asked)

    assert server.connections == 1


SECRETS = (KEY, "sk-", "secret", "hunter2", "otto", "PROVIDER")
WORDY = "PROVIDER: Incorrect API key provided: sk-right-****cret at http://otto:hunter2@host"


@pytest.mark.parametrize(
    "act",
    [
        *(fails(status, message=WORDY, **SOON) for status in (400, 401, 403, 404, 413, 429, 500)),
        fails(418, WORDY),
        sends(event({"error": {"message": WORDY}})),
        sends(WORDY),
        sends(WORDY, content_type="application/json"),
        cuts_off(),
    ],
)
async def test_no_key_password_or_word_of_the_provider_is_told_or_logged(act, caplog):
    caplog.set_level(logging.DEBUG)
    with serving(act) as server:
        url = server.url.replace("://", "://otto:hunter2@")
        error = (await said(model(server, OPENAI_BASE_URL=url, llm_deadline=0.5)))[2]

    told = [str(error), *(record.getMessage() for record in caplog.records)]
    assert not [secret for secret in SECRETS for text in told if secret in text]
    assert error.__cause__ is None
    assert error.__context__ is None


async def test_a_wrong_key_and_a_missing_one_are_told_apart():
    with serving(fails(401)) as server:
        wrong = (await said(model(server)))[2]
        missing = (await said(model(server, OPENAI_API_KEY=None)))[2]

    assert str(wrong) == "The language model refused the key in OPENAI_API_KEY."
    assert str(missing) == "The language model wants a key. Set OPENAI_API_KEY."


async def test_what_a_request_says_can_be_sent():
    odd = [Message("user", 'A "quoted" line\nand \U0001f9a6 \x00 otters')]
    with serving(says("Yes.")) as server:
        async for _ in model(server).stream(odd, max_tokens=5):
            pass

    assert server.asked[0]["messages"][0]["content"] == odd[0].content
    assert json.dumps(server.asked[0])
