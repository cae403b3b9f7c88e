"""Gradio finds out the same of its components as ever, only sooner."""

import inspect

import gradio as gr

from ui.web import signatures


def constructed(kind):
    return [inspect.signature(kind), inspect.getfullargspec(kind.__init__.__wrapped__)]


async def test_the_signatures_at_hand_are_those_that_would_be_worked_out():
    with gr.Blocks(analytics_enabled=False) as blocks:
        kinds = [type(made()) for made in (gr.Textbox, gr.Chatbot, gr.HTML, gr.State, gr.Column)]
    before = [constructed(kind) for kind in kinds]

    signatures.keep(blocks)
    signatures.keep(blocks)

    assert [constructed(kind) for kind in kinds] == before
    for kind in kinds:
        assert kind.__init__.__signature__ == kind.__init__.__wrapped__.__signature__


async def test_components_still_know_how_they_were_made():
    with gr.Blocks(analytics_enabled=False) as blocks:
        box = gr.Textbox(label="Otters", max_lines=3)
    config = box.get_config()

    signatures.keep(blocks)

    assert box.get_config() == config
    assert box.constructor_args == {"label": "Otters", "max_lines": 3}
