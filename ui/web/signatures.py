"""Gradio asks its components' constructors for their signatures at every update of every page.

Python works a signature out anew each time. Where a function has its own at hand it is taken as it
is, which spares an answer some milliseconds.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import gradio as gr


def keep(blocks: gr.Blocks) -> None:
    """Puts the signature of every component of a page, and of what wraps it, at hand."""
    for kind in {type(block) for block in blocks.blocks.values()}:
        for function in _constructors(kind):
            function.__signature__ = inspect.signature(function)


def _constructors(kind: type) -> Iterator[Any]:
    """Gradio wraps a component's own constructor and asks both."""
    function: Any = inspect.getattr_static(kind, "__init__")
    while inspect.isfunction(function):
        yield function
        function = getattr(function, "__wrapped__", None)
