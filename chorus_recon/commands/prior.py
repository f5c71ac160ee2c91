"""Occupancy priors: build one, list them, look at one."""

import json
from pathlib import Path
from typing import Any

import click

from chorus_recon.commands.console import output_options, say


@click.group(context_settings={"max_content_width": 100})
def prior() -> None:
    """Build, list and look at occupancy priors."""


@prior.command("list")
@click.option("--json", "as_json", is_flag=True, help="A JSON list on stdout.")
@output_options
def list_priors(as_json: bool) -> None:
    """List the bundled priors: category, clusters, grid, body model."""
    from chorus_recon.io.prior_files import bundled, load_prior

    rows = [_row(load_prior(name)) for name in bundled()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        clusters = ", ".join(f"{name} {share:.0%}" for name, share in row["clusters"].items())
        click.echo(
            f"{row['category']:16} body {row['body_model']}, voxel {row['voxel_m'] * 100:.1f} cm: {clusters}"
        )


@prior.command()
@click.argument("category")
@click.option("--source", type=click.Choice(["rendered"]), required=True, help="Where pictures come from.")
@click.option("--scenes", type=click.IntRange(min=1), metavar="N", help="People per interaction.")
@click.option("--views", type=click.IntRange(min=1), metavar="N", help="Pictures of each.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same file, bit for bit.")
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    show_default="here",
    help="The folder for CATEGORY.prior.safetensors.",
)
@output_options
def build(category: str, source: str, scenes: int | None, views: int | None, seed: int, out: Path) -> None:
    """Build the prior of CATEGORY and write it to a file.

    Rendered scenes: our own body posed on or with the category's template, seen by many cameras.
    """
    from chorus_recon.io.prior_files import SUFFIX, save_prior
    from chorus_recon.priors import rendered

    chosen = {"scenes": scenes, "views": views}
    given = {key: value for key, value in chosen.items() if value is not None}
    config = rendered.BuildConfig(seed=seed, **given)
    made = rendered.build(category, config, progress=_say_progress)
    out.mkdir(parents=True, exist_ok=True)
    click.echo(save_prior(out / f"{made.category.replace(' ', '_')}{SUFFIX}", made))


@prior.command()
@click.argument("category")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The picture (CATEGORY_prior.png).",
)
@output_options
def show(category: str, out: Path | None) -> None:
    """Draw CATEGORY's prior (or a prior file's) around the canonical body, seen from four sides."""
    from chorus_recon.backends import registry
    from chorus_recon.io.prior_files import load_prior
    from chorus_recon.priors.picture import draw

    shown = load_prior(category)
    path = out or Path(f"{shown.category.replace(' ', '_')}_prior.png")
    draw(shown, registry.find("body", "default")(), registry.find("render", "embree")()).save(path)
    click.echo(path)


def _say_progress(interaction: str, done: int, total: int) -> None:
    say(f"  {done} of {total}: {interaction}")


def _row(one: Any) -> dict[str, Any]:
    first = one.clusters[0]
    return {
        "category": one.category,
        "body_model": first.body_model,
        "voxel_m": first.grid.voxel_m,
        "shape": list(first.grid.shape),
        "clusters": {cluster.cluster: round(cluster.share, 4) for cluster in one.clusters},
        "provenance": one.provenance,
    }
