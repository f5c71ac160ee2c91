"""How the app tells things: text as text, and errors with what to do about them."""

import functools
import html
from collections.abc import Callable
from typing import Any

import gradio as gr

from chorus_recon.errors import ChorusError


def paragraph(first: str, *more: str) -> str:
    """Lines as HTML, the first one bold; nothing in them is taken for HTML."""
    rest = "".join(f"<br>{html.escape(line)}" for line in more)
    return f'<p class="said"><strong>{html.escape(first)}</strong>{rest}</p>'


def as_html(error: ChorusError) -> str:
    """An error's message and hint; nothing in them is taken for HTML."""
    return "<br>".join(html.escape(line) for line in (error.message, error.hint) if line)


def told(handler: Callable[..., Any]) -> Callable[..., Any]:
    """A handler whose expected errors are shown in the page, with their hints."""

    @functools.wraps(handler)
    def guarded(*given: Any, **named: Any) -> Any:
        try:
            return handler(*given, **named)
        except ChorusError as error:
            raise gr.Error(as_html(error), duration=None, print_exception=False) from error

    return guarded
