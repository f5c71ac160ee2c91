"""The command `prior export`: write a prior for other programs."""

from pathlib import Path

import click

from chorus_recon.commands.console import body_of, output_options, prior_of

_KINDS = ("npz", "ply", "glb")


@click.command("export")
@click.argument("category", metavar="CATEGORY|FILE|DIR")
@click.option(
    "--format",
    "kind",
    type=click.Choice(_KINDS),
    help="npz (arrays), ply (coloured points) or glb (surfaces); by default the ending of --out, or glb.",
)
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="CATEGORY_prior.FORMAT")
@output_options
def export_prior(category: str, kind: str | None, out: Path | None) -> None:
    """Write a prior as arrays, points or surfaces: canonical space in metres, y up, z forward."""
    from chorus_recon.priors.inspection.export import export

    ending = out.suffix.lower().removeprefix(".") if out else ""
    kind = kind or (ending if ending in _KINDS else "glb")
    if out and ending != kind:
        raise click.UsageError(f"{out} does not end in .{kind}; change its ending, or pass --format.")
    prior = prior_of(category)
    path = out or Path(f"{prior.category.replace(' ', '_')}_prior.{kind}")
    click.echo(export(prior, kind, path, body_of(prior)))
