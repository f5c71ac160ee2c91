"""Occupancy priors: build one, list them, look at one."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chorus_recon.commands.console import output_options
from chorus_recon.commands.prior_build import build, merge_builds
from chorus_recon.commands.prior_export import export_prior

if TYPE_CHECKING:
    from PIL.Image import Image

    from chorus_recon.types import PriorSet


@click.group(context_settings={"max_content_width": 100})
def prior() -> None:
    """Build, merge, list, export and look at occupancy priors."""


prior.add_command(build)
prior.add_command(merge_builds)
prior.add_command(export_prior)


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
@click.argument("category", metavar="CATEGORY|FILE|DIR")
@click.option("--rejects", is_flag=True, help="A build's pictures that were set aside, and why.")
@click.option("--kept", is_flag=True, help="A build's pictures that were kept.")
@click.option(
    "--most", type=click.IntRange(min=1), default=48, show_default=True, help="Pictures on a sheet."
)
@click.option(
    "--photo",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw it where it expects the object in this photo.",
)
@click.option(
    "--person",
    type=click.IntRange(min=0),
    metavar="N",
    help="Which person of the photo: 0, 1 ... from the left.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The picture (CATEGORY_prior.png, rejects.png or kept.png).",
)
@output_options
def show(
    category: str,
    rejects: bool,
    kept: bool,
    most: int,
    photo: Path | None,
    person: int | None,
    out: Path | None,
) -> None:
    """Draw a prior around the canonical body, or around a photo's person; or a build's pictures."""
    if rejects or kept:
        from chorus_recon.priors import collect, contact
        from chorus_recon.priors.shards import Folder

        folder = Folder(category)
        sheet = contact.sheet(folder, sorted(collect.finished(folder)), kept, most)
        path = out or Path("kept.png" if kept else "rejects.png")
        sheet.save(path)
        click.echo(path)
        return
    from chorus_recon.backends import registry
    from chorus_recon.io.prior_files import load_prior
    from chorus_recon.priors.picture import draw

    shown = load_prior(category)
    path = out or Path(f"{shown.category.replace(' ', '_')}_prior.png")
    if photo:
        _on_photo(shown, photo, person).save(path)
        click.echo(path)
        return
    draw(shown, registry.find("body", "default")(), registry.find("render", "embree")()).save(path)
    click.echo(path)


def _on_photo(shown: "PriorSet", photo: Path, person: int | None) -> "Image":
    from chorus_recon.backends import registry
    from chorus_recon.pipeline import field, picture
    from chorus_recon.pipeline.reconstruct import ReconstructConfig, reconstruct

    backends = registry.load()
    found = reconstruct(photo, ReconstructConfig(person=person, human_only=True), backends)
    return picture.prior_picture(found, field.repose(shown.clusters, backends.body, found.body))


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
