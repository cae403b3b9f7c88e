"""How the page looks: the theme, and what its head loads from us."""

from __future__ import annotations

import html
import json
from importlib.resources import files
from pathlib import Path

import gradio as gr

from ui.web import feedback_texts, texts

ADDRESS = "/look"
FOLDER = Path(str(files("ui.web"))) / "static"
ICON = str(FOLDER / "icon.svg")
# Before our style is there, the page has its colours already.
PAPER, DARK_PAPER = "#fbfaf7", "#16171a"
NAMES = {
    "ask": texts.ASK,
    "stop": texts.STOP,
    "source": texts.SOURCE,
    "evidence": texts.EVIDENCE,
    "feedback": feedback_texts.NAMES,
}


def theme() -> gr.themes.Base:
    """System fonts alone: another would be fetched from elsewhere."""
    base = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    return base.set(body_background_fill=PAPER, body_background_fill_dark=DARK_PAPER)


def head() -> str:
    """Styles and scripts, and the texts that the scripts put into the page."""
    names = html.escape(json.dumps(NAMES))
    return (
        '<meta name="color-scheme" content="light dark">'
        f'<meta name="footnote-texts" content="{names}">'
        + "".join(f'<link rel="stylesheet" href="{one}">' for one in addresses("css"))
        + "".join(f'<script src="{one}" defer></script>' for one in addresses("js"))
    )


def addresses(suffix: str) -> list[str]:
    """Where a browser finds our files of one kind, in the order of their names."""
    return [f"{ADDRESS}/{one.name}" for one in sorted(FOLDER.glob(f"*.{suffix}"))]
