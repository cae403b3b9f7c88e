"""The OpenAI-compatible API over an engine that acts, and its parts for tests."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from opened import OpenGate, api_over
from serving_api import served_api

from rag.types import Answer, Citation, Paper, Published, Retrieved, Span
from ui.api.openai_application import openai_application
from ui.api.surroundings import surrounded

from acting import TIDES, Acting, hit  # isort: skip  (`opened` makes it known)

# pytest makes the doubles of another folder known only where that folder's tests run as well.
sys.path.append(str(Path(__file__).parents[1] / "rag"))
import written_by

ABSTRACT = "𝒯ideNet lifts naïve recall by 9%. 🌊 Waves are cafe\u0301-sized."
WAVES = Paper("waves-2", "Waves 🌊 in <i>cold</i> harbours", ABSTRACT, published=Published(2024, 5))
ABOUT_SPEED = written_by.QUESTION
_VARYING = (
    (r"chatcmpl-[0-9a-f]{28}", "chatcmpl-ID"),
    (r"resp_[0-9a-f]{32}", "resp_ID"),
    (r"msg_[0-9a-f]{32}", "msg_ID"),
    (r'"(created|created_at|completed_at)":\d+', r'"\1":0'),
    (r'"record":"[0-9a-f]+"', '"record":"RECORD"'),
    (r"http://127\.0\.0\.1:\d+", "http://HOME"),
)


def asking(text="What does TideNet forecast?", **more):
    return {"model": "footnote", "messages": [{"role": "user", "content": text}], **more}


def two_papers(question):
    """An answer with letters of two code units, and a paper without an address."""
    text = "🌊 **TideNet** forecasts 𝒯ides. [1] Waves are cafe\u0301-sized. [2] So is the sea. [1]"
    first = Citation(1, TIDES, Span(0, 28))
    second = Citation(2, WAVES, Span(34, len(ABSTRACT)))
    found = (hit(TIDES), hit(WAVES))
    return Answer(question, text, (first, second, replace(first, span=None)), retrieved=found)


class Slow(Acting):
    """Finds papers, and then says nothing for as long as anybody waits."""

    async def _events(self, question):
        yield Retrieved(())
        await asyncio.sleep(3600)


class Counting(OpenGate):
    """Notes what was spent."""

    def __init__(self):
        super().__init__()
        self.noted = []

    def spent(self, principal, tokens):
        self.noted.append((principal.name, tokens))


class Served:
    """A server, its engine, its gate."""

    def __init__(self, at, engine, api):
        self.at, self.engine, self.api = at, engine, api
        self.v1 = f"{at}/v1"


@contextmanager
def served_v1(engine=None, **more):
    engine = engine or Acting()
    api = api_over(engine, TIDES, gate=more.pop("gate", None) or Counting(), **more)
    with api.log, served_api({"/v1": surrounded(openai_application(api), "v1")}) as at:
        yield Served(at, engine, api)


def modelled(*replies):
    """An engine whose language model says just this of `ABOUT_SPEED`, and the model."""
    model = written_by.Model(*replies)
    return written_by.engine_with(model), model


def steady(transcript):
    """Without what differs from one answer to the next."""
    for pattern, instead in _VARYING:
        transcript = re.sub(pattern, instead, transcript)
    return transcript


def events(transcript):
    """What the `data:` lines of a stream hold, without the last word."""
    data = re.findall(r"^data: (.*)$", transcript, re.MULTILINE)
    return [json.loads(one) for one in data if one != "[DONE]"]


def happens(condition, within=5):
    """Whether it comes true soon."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
