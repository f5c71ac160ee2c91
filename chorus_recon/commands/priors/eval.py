"""The command `prior eval`: score priors and baselines on photos with ground truth."""

import json
from pathlib import Path
from typing import Any

import click

from chorus_recon.commands.console import backend_option, output_options, say
from chorus_recon.commands.reconstruct import chosen_backends, ready

ORDER = ("prior", "posed", "best_cluster", "smooth", "paper", "body_distance", "ball")


@click.command("eval")
@click.argument("priors", nargs=-1, metavar="[CATEGORY|FILE]...")
@click.option(
    "--truth",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Photos with NAME.object_mask.png beside them, or scenes with truth.json.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the scores to this file.",
)
@backend_option
@output_options
def evaluate_priors(
    priors: tuple[str, ...], truth: Path, json_file: Path | None, backends: tuple[str, ...]
) -> None:
    """Score priors (all bundled ones by default) by Projective Average Precision.

    There are four variants: vanilla and strict (a threshold without predictions adds 0), each with and
    without (hoa) the pixels that the person covers. `posed` is the prior with its clusters weighted by the
    person's pose. Baselines: the cluster with the best score on each photo (an upper bound, because it is
    chosen by the truth), the prior smoothed by a 3 cm kernel, the same
    pictures aggregated and carried as in the published release (bundled categories, and files in their
    build's folder), the distance to the body, and a ball around the pelvis.
    """
    from chorus_recon.backends import registry
    from chorus_recon.evaluation import prior_scores
    from chorus_recon.evaluation.truth import find_items
    from chorus_recon.pipeline.config import ReconstructConfig

    items = find_items(truth)
    sets = prior_scores.load_sets(priors, items)
    slots = chosen_backends(backends)
    ready(ReconstructConfig(), slots)
    rows = []
    for row in prior_scores.score_priors(items, sets, registry.load(slots)):
        rows.append(row)
        say(_line(row))
    facts = prior_scores.summarise(rows)
    click.echo(_table(facts))
    if json_file is not None:
        whole = {**facts, "items": [prior_scores.as_dict(row) for row in rows]}
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
        say(str(json_file))
    if any(row.reason and not row.scores for row in rows):
        raise click.exceptions.Exit(1)


def _line(row: Any) -> str:
    if not row.scores:
        return f"{row.item}: {row.reason}"
    shown = {name: row.scores[name].pap_strict_hoa for name in ORDER if name in row.scores}
    return f"{row.item}: " + ", ".join(f"{k} {'-' if v is None else f'{v:.2f}'}" for k, v in shown.items())


def _table(facts: dict[str, dict[str, Any]]) -> str:
    """Means over categories, then the strict occlusion-aware score per category."""
    from chorus_recon.evaluation.prior_scores import MEASURES

    names = [name for name in ORDER if name in facts]
    categories = sorted({c for name in names for c in facts[name]["categories"]})
    width = max([14, *map(len, categories)])
    lines = [f"{'':{width}}" + "".join(f"{name:>15}" for name in names)]
    for measure in MEASURES:
        lines.append(f"{measure:{width}}" + "".join(f"{_text(facts[n][measure]):>15}" for n in names))
    lines.append("pap_strict_hoa of each category:")
    for category in categories:
        values = [facts[n]["categories"].get(category, {}).get("pap_strict_hoa") for n in names]
        lines.append(f"{category:{width}}" + "".join(f"{_text(v):>15}" for v in values))
    return "\n".join(lines)


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
