"""What stands on the chat page; what happens there is for `chat`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.web import texts
from ui.web.evidence import evidence
from ui.web.examples import SHOWN

LONGEST = 4000  # characters of a question; the engine says so as well
KEPT = 24 * 3600  # seconds for which a page that nobody touches keeps its conversation


@dataclass(frozen=True, slots=True)
class Parts:
    """The components of the page that events change."""

    exchanges: gr.State
    conversation: gr.State
    exports: gr.Markdown
    opener: gr.Button
    welcome: gr.Column
    shelf: gr.Markdown
    examples: tuple[gr.Button, ...]
    chat: gr.Chatbot
    evidence: gr.Markdown
    box: gr.Textbox
    new: gr.Button

    @property
    def shown(self) -> list[Any]:
        """What a conversation changes."""
        on_the_page = [self.chat, self.evidence, self.box, self.welcome]
        return [self.exchanges, *on_the_page, self.conversation, self.exports]


def parts() -> Parts:
    """Makes them in the Blocks that is open; in the order in which they are read."""
    with gr.Row(elem_id="bar"):
        gr.Markdown(f"<h1>{texts.NAME}</h1>", elem_id="name")
        exports = _markdown("", "exports")
        # The script presses it once the address names another conversation.
        opener = gr.Button(texts.OPEN, elem_id="opener", size="sm")
        new = gr.Button(texts.NEW_CHAT, elem_id="new", size="sm")
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="conversation"):
            with gr.Column(elem_id="welcome") as welcome_column:
                shelf = _markdown("", "shelf")
                gr.Markdown(f"<h3>{texts.TRY}</h3>", elem_id="try")
                with gr.Row(elem_id="examples"):
                    buttons = tuple(
                        gr.Button("\u00a0", interactive=False, elem_id=f"example-{number}")
                        for number in range(SHOWN)
                    )
            chat = _chatbot()
        with gr.Column(elem_id="evidence"):
            panel = _markdown(evidence(()), "evidence-cards")
        with gr.Column(elem_id="composer"):
            box = _box()
    return Parts(
        exchanges=gr.State((), time_to_live=KEPT),
        conversation=gr.State("", time_to_live=KEPT),
        exports=exports,
        opener=opener,
        welcome=welcome_column,
        shelf=shelf,
        examples=buttons,
        chat=chat,
        evidence=panel,
        box=box,
        new=new,
    )


def _markdown(value: str, elem_id: str) -> gr.Markdown:
    """HTML of ours, which the browser sanitises once more; nothing in it is read as maths."""
    return gr.Markdown(value, elem_id=elem_id, latex_delimiters=[], sanitize_html=True)


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        label=texts.CONVERSATION,
        show_label=False,
        height=None,
        autoscroll=False,  # to the end; the script keeps the question in sight
        buttons=[],
        feedback_options=None,
        latex_delimiters=[],
        sanitize_html=True,
        allow_tags=False,
        allow_file_downloads=False,
        group_consecutive_messages=False,
        layout="panel",
    )


def _box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="box",
        label=texts.QUESTION,
        info=texts.KEYS,
        placeholder=texts.PLACEHOLDER,
        lines=1,
        max_lines=8,
        max_length=LONGEST,
        autofocus=True,
        submit_btn=True,
        stop_btn=False,
    )
