"""A chat as Gradio makes it by itself, over the same engine: the baseline of `serving`.

    python -m benchmarks.plain_chat PORT

The shelf is that of FOOTNOTE_HOME. One `gr.ChatInterface`, everything else as it comes: one
question at a time, and the answer's text alone.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import gradio as gr

from rag.build import build
from rag.config import load_settings
from rag.engine import Engine
from rag.types import Delta


def chat(engine: Engine) -> gr.ChatInterface:
    async def answer(question: str, history: list[object]) -> AsyncIterator[str]:
        text = ""
        async for event in engine.stream(question):
            if isinstance(event, Delta):
                text += event.text
                yield text

    return gr.ChatInterface(answer, analytics_enabled=False)


def main() -> None:
    with build(load_settings()) as application:
        chat(application.engine).launch(server_port=int(sys.argv[1]), quiet=True)


if __name__ == "__main__":
    main()
