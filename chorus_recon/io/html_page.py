"""Fill the package's HTML templates as self-contained pages that load nothing from the network."""

import base64
import html
import io
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from PIL import Image


def fill(template: str, filled: Mapping[str, str]) -> str:
    """The package's `template` with every `{{key}}` replaced by `filled[key]` or the data file `key`."""
    chunks = _read(template).split("{{")
    out = [chunks[0]]
    for chunk in chunks[1:]:  # one pass: inserted text is never taken for a placeholder
        key, _, rest = chunk.partition("}}")
        out += [filled[key] if key in filled else _read(key), rest]
    return "".join(out)


def data_url(image: Image.Image, kind: str = "JPEG") -> str:
    """Encode an image ("JPEG" or "PNG") as a data URL, so that the page contains it."""
    held = io.BytesIO()
    settings = {"quality": 88, "subsampling": 0} if kind == "JPEG" else {"optimize": True}
    image.convert("RGB").save(held, kind, **settings)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(held.getvalue()).decode('ascii')}"


def rows(pairs: Mapping[str, Any]) -> str:
    """Table rows of a name and a value each; a list fills one cell."""
    return "".join(
        f'<tr><th scope="row">{html.escape(key)}</th><td>{_text(value)}</td></tr>'
        for key, value in pairs.items()
    )


def choices(legend: str, named: Sequence[tuple[str, float]]) -> str:
    """A card of radio buttons for the viewer: one per name, with its share in [0, 1]."""
    options = "".join(
        f'<label class="choice"><input type="radio" name="placement" value="{number}"'
        f'{" checked" if number == 0 else ""} autocomplete="off">'
        f'<span class="name">{html.escape(name)}</span>'
        f'<span class="num">{share:.0%}</span>'
        f'<span class="meter"><i style="width:{100 * share:.0f}%"></i></span></label>'
        for number, (name, share) in enumerate(named)
    )
    inside = f"<legend>{html.escape(legend)}</legend>{options}"
    return f'<section class="card"><fieldset>{inside}</fieldset></section>'


def embedded(value: Any) -> str:
    """Encode a value as JSON for a script element; it cannot close that element.

    Raises:
        ValueError: a number is not finite.
    """
    return json.dumps(value, allow_nan=False).replace("<", "\\u003c")


def _text(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return html.escape(text).replace("\n", "<br>")


def _read(name: str) -> str:
    return (files("chorus_recon") / "data" / name).read_text(encoding="utf-8")
