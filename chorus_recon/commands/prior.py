"""The command group for occupancy priors."""

import json
from typing import Any

import click

from chorus_recon.commands.console import output_options, say
from chorus_recon.commands.priors.build import build
from chorus_recon.commands.priors.export import export_prior
from chorus_recon.commands.priors.merge import merge_builds
from chorus_recon.commands.priors.own import init
from chorus_recon.commands.priors.show import show


@click.group(context_settings={"max_content_width": 100})
def prior() -> None:
    """Build, describe, merge, list, export and show occupancy priors."""


prior.add_command(build)
prior.add_command(merge_builds)
prior.add_command(export_prior)
prior.add_command(show)
prior.add_command(init)


@prior.command("list")
@click.option("--json", "as_json", is_flag=True, help="A JSON list on stdout, bundled and cached.")
@click.option(
    "--possible", is_flag=True, help="List the nouns of which a prior can be built without pictures."
)
@output_options
def list_priors(as_json: bool, possible: bool) -> None:
    """List the bundled and the cached priors: category, clusters, grid, body model."""
    from chorus_recon.categories import nouns
    from chorus_recon.io import category_names
    from chorus_recon.io.prior_files import bundled, facts
    from chorus_recon.priors import first_use

    own = set(bundled())
    others = [category_names.words(name) for name in sorted(nouns.names()) if name not in own]
    if possible:
        click.echo(json.dumps(others, indent=2) if as_json else "\n".join(others))
        return
    rows: list[dict[str, Any]] = [facts(name) | {"state": "bundled"} for name in bundled()]
    rows += [row | {"state": "cached"} for row in first_use.cached()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        clusters = ", ".join(f"{name} {share:.0%}" for name, share in row["clusters"].items())
        state = " (cached)" if row["state"] == "cached" else ""
        at = f"body {row['body_model']}, voxel {row['voxel_m'] * 100:.1f} cm"
        click.echo(f"{row['category']:16} {at}{state}: {clusters}")
    say(f"{len(others)} other nouns can be built without pictures: chorus-recon prior list --possible")
