"""Write a prior for other programs."""

from pathlib import Path

import click

from chorus_recon.commands.console import body_of, output_options


@click.command("export")
@click.argument("category", metavar="CATEGORY|FILE")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["npz", "ply", "glb"]),
    default="glb",
    show_default=True,
    help="Arrays, a coloured point cloud, or surfaces around the body.",
)
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="CATEGORY_prior.FORMAT")
@output_options
def export_prior(category: str, kind: str, out: Path | None) -> None:
    """Write a prior as arrays, points or surfaces: canonical space in metres, y up, z forward."""
    from chorus_recon.io.prior_files import load_prior
    from chorus_recon.priors.export import export

    prior = load_prior(category)
    path = out or Path(f"{prior.category.replace(' ', '_')}_prior.{kind}")
    click.echo(export(prior, kind, path, body_of(prior)))
