"""How the page looks: the theme, and what its head loads from us."""

from __future__ import annotations

import html
import json
from importlib.resources import files

import gradio as gr

from ui.web import texts

ADDRESS = "/look"
FOLDER = str(files("ui.web").joinpath("static"))
ICON = str(files("ui.web").joinpath("static/icon.svg"))
# Before our style is there, the page has its colours already.
PAPER, DARK_PAPER = "#fbfaf7", "#16171a"
NAMES = {"ask": texts.ASK, "stop": texts.STOP, "source": texts.SOURCE, "evidence": texts.EVIDENCE}


def theme() -> gr.themes.Base:
    """System fonts alone: another would be fetched from elsewhere."""
    base = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    return base.set(body_background_fill=PAPER, body_background_fill_dark=DARK_PAPER)


def head() -> str:
    """Style and script, and the texts that the script puts into the page."""
    names = html.escape(json.dumps(NAMES))
    return (
        '<meta name="color-scheme" content="light dark">'
        f'<meta name="footnote-texts" content="{names}">'
        f'<link rel="stylesheet" href="{ADDRESS}/style.css">'
        f'<script src="{ADDRESS}/script.js" defer></script>'
    )
