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
    return file_url(held.getvalue(), f"image/{kind.lower()}")


def file_url(content: bytes, media_type: str) -> str:
    """Encode the bytes of a file as a data URL."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def rows(pairs: Mapping[str, Any]) -> str:
    """Table rows of a name and a value each; a list fills one cell."""
    return "".join(
        f'<tr><th scope="row">{html.escape(key)}</th><td>{_text(value)}</td></tr>'
        for key, value in pairs.items()
    )


def choices(legend: str, named: Sequence[tuple[str, float, str]], *, pictures: bool = False) -> str:
    """A card of radio buttons for the viewer.

    Args:
        legend: a heading.
        named: for each its name, its share in [0, 1], and a line about it, which may be empty.
        pictures: whether the viewer draws a small picture of each.
    """
    canvas = '<canvas class="small" width="240" height="240" aria-hidden="true"></canvas>'
    picture = canvas if pictures else ""
    options = "".join(
        f'<label class="choice">{picture}<input type="radio" name="placement" value="{number}"'
        f'{" checked" if number == 0 else ""} autocomplete="off">'
        f'<span class="name">{html.escape(name)}</span>'
        f'<span class="num">{percent(share)}</span>'
        f'<span class="meter"><i style="width:{100 * share:.0f}%"></i></span>'
        + (f'<span class="differs">{html.escape(line)}</span>' if line else "")
        + "</label>"
        for number, (name, share, line) in enumerate(named)
    )
    inside = f"<legend>{html.escape(legend)}</legend>{options}"
    return f'<section class="card"><fieldset>{inside}</fieldset></section>'


def percent(share: float) -> str:
    """A share in [0, 1] for people; what is possible is never 0%."""
    return "&lt;1%" if 0 < share < 0.005 else f"{share:.0%}"


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
