"""The command group for occupancy priors."""

import json

import click

from chorus_recon.commands.console import output_options
from chorus_recon.commands.prior_build import build, merge_builds
from chorus_recon.commands.prior_export import export_prior
from chorus_recon.commands.prior_show import show


@click.group(context_settings={"max_content_width": 100})
def prior() -> None:
    """Build, merge, list, export and show occupancy priors."""


prior.add_command(build)
prior.add_command(merge_builds)
prior.add_command(export_prior)
prior.add_command(show)


@prior.command("list")
@click.option("--json", "as_json", is_flag=True, help="A JSON list on stdout.")
@output_options
def list_priors(as_json: bool) -> None:
    """List the bundled priors: category, clusters, grid, body model."""
    from chorus_recon.io.prior_files import bundled, facts

    rows = [facts(name) for name in bundled()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        clusters = ", ".join(f"{name} {share:.0%}" for name, share in row["clusters"].items())
        click.echo(
            f"{row['category']:16} body {row['body_model']}, voxel {row['voxel_m'] * 100:.1f} cm: {clusters}"
        )
