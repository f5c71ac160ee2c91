"""Score photos and scenes with ground truth; writes scores.csv and scores.json, and prints a table."""

import json
from pathlib import Path
from typing import Any

import click

from chorus_recon.commands.console import backend_option, output_options, say
from chorus_recon.commands.reconstruct import chosen_backends, ready

ORACLES = ("masks", "human", "landmarks", "height", "shape", "all")
TELL_THE_OBJECT = frozenset({"masks", "shape", "all"})  # of ORACLES: nothing is left to name


@click.command("eval", context_settings={"max_content_width": 100})
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("eval"),
    help="Where to write scores.csv and scores.json.",
)
@click.option(
    "--oracle",
    "oracles",
    multiple=True,
    type=click.Choice(ORACLES),
    help="Give a stage the ground truth; may be repeated. human: the true camera, and the body fitted to "
    "the true joints. landmarks: the true camera, and true landmarks for the body fit. height: the true "
    "standing height. `all` scores the truth itself, as a self-test.",
)
@click.option("--overlays", is_flag=True, help="Also write overlays/ITEM.png.")
@click.option("--human-only", is_flag=True, help="Score the person only; the object is not placed.")
@click.option(
    "--unnamed",
    is_flag=True,
    help="Do not give the category; score what the object is called. Photos need no masks then.",
)
@click.option(
    "--plain-shares",
    is_flag=True,
    help="Do not let the person's pose tell which use of the object is likely.",
)
@backend_option
@click.option("--seed", type=int, default=0, show_default=True, help="Random seed; results repeat with it.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object per item, then the summary.")
@output_options
def evaluate(
    directory: Path,
    out: Path,
    oracles: tuple[str, ...],
    overlays: bool,
    human_only: bool,
    unnamed: bool,
    plain_shares: bool,
    backends: tuple[str, ...],
    seed: int,
    as_json: bool,
) -> None:
    """Reconstruct every item of DIRECTORY that has ground truth, and score it.

    Reads photos with NAME.person_mask.png and NAME.object_mask.png beside them (the folder's name is
    the category), and folders with a truth.json (see docs/conventions.md).
    """
    from chorus_recon.evaluation import run, summary
    from chorus_recon.evaluation.truth import find_items
    from chorus_recon.io.writing import check_writable
    from chorus_recon.pipeline.config import ReconstructConfig, Shares

    check_writable(out)
    chosen = set(oracles)
    told = sorted(chosen & TELL_THE_OBJECT) + (["human-only"] if human_only else [])
    if unnamed and told:
        raise click.UsageError(f"--unnamed does not go with {', '.join(told)}: the object is to be found.")
    plan = run.Plan(
        directory,
        out,
        oracles=run.Oracles(**{name: name in chosen for name in ORACLES if name != "all"}),
        overlays=overlays,
        seed=seed,
        human_only=human_only,
        unnamed=unnamed,
        shares=Shares.PLAIN if plain_shares else Shares.POSED,
    )
    if "all" in chosen:
        rows = run.self_test(plan)
    else:
        slots = chosen_backends(backends)
        find_items(directory, without_masks=unnamed)  # report an empty folder before fetching anything
        ready(ReconstructConfig(), slots)
        rows = run.evaluate(plan, slots)
    kept = []
    for row in rows:
        kept.append(row)
        say(_line(row))
    facts = run.write(plan, kept, all_oracles="all" in chosen)
    if as_json:
        for row in kept:
            click.echo(json.dumps(summary.as_dict(row)))
        click.echo(json.dumps({"summary": facts}))
    else:
        click.echo(summary.table(facts))
    say(f"{out / 'scores.csv'}, {out / 'scores.json'}")
    if any(row.status == "failed" for row in kept):
        raise click.exceptions.Exit(1)


def _line(row: Any) -> str:
    if row.status != "ok":
        return f"{row.item}: {row.status}: {row.reason}"
    name = "" if row.named is None else f"{row.named} ({row.named_right}), "
    shown = {"human IoU": row.human_iou, "object IoU": row.object_iou, "stated": row.probability}
    shown |= {"object cm": row.cd_object_human_cm, "rotation deg": row.rotation_deg, "s": row.seconds}
    return f"{row.item}: {name}" + ", ".join(f"{k} {v:.2f}" for k, v in shown.items() if v is not None)
