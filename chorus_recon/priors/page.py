"""A finished build in, one self-contained page out: what was kept, from where it was seen, and the prior."""

import html
import math
from typing import Any

from chorus_recon.backends.protocols import BodyModel, Renderer
from chorus_recon.errors import PriorError
from chorus_recon.io import html_page
from chorus_recon.priors import contact
from chorus_recon.priors.census import Census, Yield
from chorus_recon.priors.collect import KEPT
from chorus_recon.priors.gather import Gathered
from chorus_recon.priors.picture import draw
from chorus_recon.priors.shards import Folder
from chorus_recon.priors.views import Coverage
from chorus_recon.types import PriorSet

SAMPLES = 12  # pictures shown, kept and set aside
_ROSE_PX, _INNER = 260, 0.22
_WORDS = {"chorus_recon": "made by chorus-recon"}
_ELSEWHERE = ("licences", "prompts", "rejected", "view_share")  # shown otherwise


def page(
    prior: PriorSet, gathered: Gathered, folder: Folder, names: list[str], body: BodyModel, renderer: Renderer
) -> str:
    """The page's text: no script, nothing fetched."""
    census = gathered.census
    total = census.counts.total()
    share = census.kept / max(1, total)
    facts: dict[str, Any] = prior.provenance
    coverage = gathered.coverage
    clusters = len(prior.clusters)
    filled = {
        "title": html.escape(f"How the prior of {prior.category} was built"),
        "subtitle": html.escape(
            f"{census.kept:,} of {total:,} pictures kept ({share:.0%}), {clusters} "
            f"cluster{'s' if clusters != 1 else ''}, source {facts['source']}"
        ),
        "warning": _warning(coverage),
        "picture": html_page.data_url(draw(prior, body, renderer), "PNG"),
        "picture_alt": html.escape(f"Occupancy of {prior.category} around the body, from four sides"),
        "counts": _counts(census),
        "rose": rose(coverage) if coverage else "",
        "kept": _sheet(folder, names, True),
        "rejected": _sheet(folder, names, False),
        "prompts": _yields(census.prompts),
        "phrases": _yields(census.phrases),
        "provenance": html_page.rows(told(facts)),
        "licences": html_page.rows(census.licences),
    }
    return html_page.fill("prior_report.html", filled)


def rose(coverage: Coverage) -> str:
    """The share of pictures from each side, seen from above; the person looks down the page."""
    share = coverage.share.tolist()
    top = max(share) or 1.0
    middle, reach = _ROSE_PX / 2, _ROSE_PX / 2 - 24
    parts = []
    for number, one in enumerate(share):
        radius = reach * (_INNER + (1 - _INNER) * one / top)
        width = 2 * math.pi / len(share)
        # azimuth 0 is the person's left, 90 degrees the front; who looks down the page has the left at right
        ends = [(math.cos(a), math.sin(a)) for a in (number * width, (number + 1) * width)]
        (x0, y0), (x1, y1) = [(middle + radius * x, middle + radius * y) for x, y in ends]
        color = "#d9534f" if one == 0 else "#2f7d4f"
        parts.append(
            f'<path d="M{middle:.1f} {middle:.1f}L{x0:.1f} {y0:.1f}A{radius:.1f} {radius:.1f} 0 0 1 '
            f'{x1:.1f} {y1:.1f}Z" fill="{color}" stroke="#fff"><title>{one:.1%}</title></path>'
        )
    around = (("front", middle, _ROSE_PX - 6), ("back", middle, 14), ("left", _ROSE_PX - 14, middle + 4),
              ("right", 16, middle + 4))  # fmt: skip
    words = "".join(f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle">{t}</text>' for t, x, y in around)
    body = f'<circle cx="{middle}" cy="{middle}" r="{reach * _INNER:.0f}" fill="#fff" stroke="#b8c2cf"/>'
    label = html.escape(coverage.text.splitlines()[0])
    return (
        f'<svg viewBox="0 0 {_ROSE_PX} {_ROSE_PX}" width="{_ROSE_PX}" role="img" aria-label="{label}">'
        f"{''.join(parts)}{body}{words}</svg>"
    )


def told(provenance: dict[str, Any]) -> dict[str, Any]:
    """What a provenance says in a line each, under names for people."""
    return {
        _WORDS.get(key, key.replace("_", " ")): value
        for key, value in provenance.items()
        if key not in _ELSEWHERE
    }


def _warning(coverage: Coverage | None) -> str:
    lines = coverage.text.splitlines()[1:] if coverage else []
    if not lines:
        return ""
    return f'<div class="warning" role="note">{html.escape(chr(10).join(lines))}</div>'


def _counts(census: Census) -> str:
    total = max(1, census.counts.total())
    rows = [(KEPT, census.kept)] + [(k, n) for k, n in census.counts.most_common() if k != KEPT]
    return "".join(
        f'<tr><th scope="row">{html.escape(name.replace("_", " "))}</th><td class="num">{count:,}</td>'
        f'<td class="num">{count / total:.0%}</td>'
        f'<td class="bar"><i class="{name}" style="width:{100 * count / total:.0f}%"></i></td></tr>'
        for name, count in rows
    )


def _yields(rows: tuple[Yield, ...]) -> str:
    return "".join(
        f'<tr><th scope="row">{html.escape(one.text.lstrip(", ") or "(none)")}</th>'
        f'<td class="num">{one.kept}</td><td class="num">{one.made}</td></tr>'
        for one in rows
    )


def _sheet(folder: Folder, names: list[str], kept: bool) -> str:
    try:
        image = contact.sheet(folder, names, kept, SAMPLES)
    except PriorError:
        return '<p class="sub">None.</p>'
    what = "kept" if kept else "set aside"
    return f'<img src="{html_page.data_url(image)}" alt="Pictures that were {what}">'
