"""Draw a histogram of the directions that pictures were taken from."""

import html
import math

from chorus_recon.priors.aggregation import views
from chorus_recon.priors.aggregation.views import Coverage

_SIDE_PX, _INNER = 260, 0.22
_BANDS = ("#c98a1b", "#2f7d4f", "#3f7fc1")  # from below, level, from above
_GAP = "#d9534f"
_GAP_SHARE = 0.12  # length of the red sector of a side without pictures, share of the longest sector


def histogram(coverage: Coverage) -> str:
    """Draw the share of pictures from each side as an SVG with a legend.

    It is a polar histogram seen from above; the person faces the bottom of the page. Bands of elevation are
    stacked, the lowest innermost. A side without pictures is red.
    """
    bands = coverage.share.reshape(-1, coverage.bins.azimuths)
    tops = bands.cumsum(0)
    longest = float(tops[-1].max()) or 1.0
    colors = _BANDS if len(bands) == len(_BANDS) else _BANDS[1:2] * len(bands)
    sectors = []
    for number, shares in enumerate(bands.mT.tolist()):
        stack = [
            (far / longest, f"{share:.1%}", color)
            for far, share, color in zip(tops[:, number].tolist(), shares, colors, strict=True)
            if share > 0
        ] or [(_GAP_SHARE, "none", _GAP)]
        # outer sectors first: inner sectors are drawn over them
        sectors += [_sector(number, coverage.bins.azimuths, *segment) for segment in reversed(stack)]
    middle = _SIDE_PX // 2
    words = (
        (middle, _SIDE_PX - 6, "front"),
        (middle, 14, "back"),
        (_SIDE_PX - 14, middle + 4, "left"),
        (16, middle + 4, "right"),
    )
    texts = [f'<text x="{x}" y="{y}" text-anchor="middle">{word}</text>' for x, y, word in words]
    label = html.escape(coverage.text.splitlines()[0])
    key = "".join(
        f'<br><span style="color:{color}">\u25a0</span> {name}'
        for color, name in zip(colors, views.bands(coverage.bins), strict=True)
    )
    return (
        f'<svg viewBox="0 0 {_SIDE_PX} {_SIDE_PX}" width="{_SIDE_PX}" role="img" aria-label="{label}">'
        f'{"".join(sectors)}<circle cx="{middle}" cy="{middle}" r="{_radius(0.0):.0f}" fill="#fff" '
        f'stroke="#b8c2cf"/>{"".join(texts)}</svg><p class="sub">{label}{key if len(bands) > 1 else ""}</p>'
    )


def _sector(number: int, count: int, far: float, words: str, color: str) -> str:
    # azimuth 0 is the person's left and 90 degrees the front; the person's left is at the right of the page
    turns = (number * 2 * math.pi / count, (number + 1) * 2 * math.pi / count)
    middle, radius = _SIDE_PX / 2, _radius(far)
    (x0, y0), (x1, y1) = [(middle + radius * math.cos(a), middle + radius * math.sin(a)) for a in turns]
    return (
        f'<path d="M{middle:.1f} {middle:.1f}L{x0:.1f} {y0:.1f}A{radius:.1f} {radius:.1f} 0 0 1 '
        f'{x1:.1f} {y1:.1f}Z" fill="{color}" stroke="#fff"><title>{words}</title></path>'
    )


def _radius(far: float) -> float:
    return (_SIDE_PX / 2 - 24) * (_INNER + (1 - _INNER) * far)


def warning(coverage: Coverage | None) -> str:
    """A warning box that names the missing and rare views; "" if there are none."""
    lines = coverage.text.splitlines()[1:] if coverage else []
    if not lines:
        return ""
    text = "<br>".join(html.escape(line[0].upper() + line[1:]) for line in lines)
    return f'<div class="warning" role="note">{text}.</div>'
