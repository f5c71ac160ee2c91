"""Write the report page of a finished build: pictures kept, views covered and the prior."""

import html
from typing import Any

from chorus_recon.backends.protocols import BodyModel, Renderer
from chorus_recon.errors import PriorError
from chorus_recon.io import html_page
from chorus_recon.priors.clustering.gather import Gathered
from chorus_recon.priors.clustering.statistics import BuildStatistics, Yield
from chorus_recon.priors.inspection import contact
from chorus_recon.priors.inspection.picture import draw
from chorus_recon.priors.inspection.view_histogram import histogram, warning
from chorus_recon.priors.inspection.view_page import shown_provenance
from chorus_recon.priors.jobs.collect import KEPT
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.types import PriorSet

SAMPLES = 12  # pictures shown, of those kept and of those set aside
ROWS = 60  # most rows of a table; every photo has its own prompt


def page(
    prior: PriorSet,
    gathered: Gathered,
    folder: Storage,
    names: list[str],
    body: BodyModel,
    renderer: Renderer,
) -> str:
    """The page's HTML; it has no script and loads nothing."""
    statistics = gathered.statistics
    total = statistics.counts.total()
    share = statistics.kept / max(1, total)
    facts: dict[str, Any] = prior.provenance
    coverage = gathered.coverage
    clusters = len(prior.clusters)
    filled = {
        "title": html.escape(f"How the prior of {prior.category} was built"),
        "subtitle": html.escape(
            f"{statistics.kept:,} of {total:,} pictures kept ({share:.0%}), {clusters} "
            f"cluster{'s' if clusters != 1 else ''}, source {facts['source']}"
        ),
        "warning": warning(coverage),
        "picture": html_page.data_url(draw(prior, body, renderer), "PNG"),
        "picture_alt": html.escape(f"Occupancy of {prior.category} around the body, from four sides"),
        "counts": _counts(statistics),
        "rose": histogram(coverage) if coverage else "",
        "kept": _sheet(folder, names, True),
        "rejected": _sheet(folder, names, False),
        "prompts": _yields(statistics.prompts),
        "phrases": _yields(statistics.phrases),
        "provenance": html_page.rows(shown_provenance(facts)),
        "licences": html_page.rows(statistics.licences),
    }
    return html_page.fill("prior_report.html", filled)


def _counts(statistics: BuildStatistics) -> str:
    total = max(1, statistics.counts.total())
    rows = [(KEPT, statistics.kept)] + [(k, n) for k, n in statistics.counts.most_common() if k != KEPT]
    return "".join(
        f'<tr><th scope="row">{html.escape(name.replace("_", " "))}</th><td class="num">{count:,}</td>'
        f'<td class="num">{count / total:.0%}</td>'
        f'<td class="bar"><i class="{name}" style="width:{100 * count / total:.0f}%"></i></td></tr>'
        for name, count in rows
    )


def _yields(rows: tuple[Yield, ...]) -> str:
    order = sorted(rows, key=lambda row: (-row.made, row.text))
    shown, more = sorted(order[:ROWS], key=lambda row: row.text), order[ROWS:]
    if more:
        shown.append(Yield(f"{len(more):,} others", sum(n.made for n in more), sum(n.kept for n in more)))
    return "".join(map(_yield, shown))


def _yield(row: Yield) -> str:
    return (
        f'<tr><th scope="row">{html.escape(row.text.lstrip(", ") or "(none)")}</th>'
        f'<td class="num">{row.kept:,}</td><td class="num">{row.made:,}</td></tr>'
    )


def _sheet(folder: Storage, names: list[str], kept: bool) -> str:
    try:
        image = contact.sheet(folder, names, kept, SAMPLES)
    except PriorError:
        return '<p class="sub">None.</p>'
    what = "kept" if kept else "set aside"
    return f'<img src="{html_page.data_url(image)}" alt="Pictures that were {what}">'
