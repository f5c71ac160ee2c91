"""The command `prior merge`."""

from pathlib import Path
from typing import Any

import click

from chorus_recon.commands.console import output_options, prior_of, say
from chorus_recon.commands.priors.applies import given
from chorus_recon.commands.priors.counting import AGGREGATION, CLUSTER, GRID
from chorus_recon.commands.priors.progress import build_progress


@click.command("merge")
@click.argument("folders", nargs=-1, required=True, metavar="DIR|FILE...")
@click.option(
    "-o",
    "--out",
    required=True,
    metavar="DIR|URL",
    help="The folder of the merged build, or for the joined prior.",
)
@click.option("--aggregation", type=AGGREGATION, default="robust", show_default=True)
@CLUSTER
@GRID
@click.option("--records-only", is_flag=True, help="Do not copy the pictures.")
@click.option(
    "--weights", metavar="W,W,...", help="Join finished priors (files) of one thing by these weights."
)
@output_options
@click.pass_context
def merge_builds(
    context: click.Context, folders: tuple[str, ...], out: str, weights: str | None, **options: Any
) -> None:
    """Merge the shards of a build (--shard) and make its prior; the result is the same as without shards.

    With --weights, finished priors of one thing are joined instead, such as one from words and one from
    pictures: their clusters are put together, with the shares of each prior scaled to its weight.
    """
    if weights is None:
        click.echo(_merged(folders, out, **options))
        return
    for parameter in context.command.params:
        if parameter.name in options and given(context, parameter.name):
            raise click.UsageError(f"{parameter.opts[0]} does not apply: with --weights nothing is counted.")
    click.echo(_joined(folders, out, _parsed(weights)))


def _parsed(weights: str) -> list[float]:
    try:
        return [float(part) for part in weights.split(",")]
    except ValueError as error:
        raise click.BadParameter(
            f"{weights!r} is not numbers such as 0.7,0.3.", param_hint="--weights"
        ) from error


def _joined(files: tuple[str, ...], out: str, weights: list[float]) -> str:
    from chorus_recon.priors import deliver
    from chorus_recon.priors.jobs.storage import Storage
    from chorus_recon.priors.join import join

    for file in files:  # else a file's name is taken for a noun
        if file.endswith(".safetensors") and not Path(file).is_file():
            raise click.BadParameter(f"{file}: no such file.", param_hint="FILE")
    folder = Storage(out)
    folder.check_writable()
    made = join([prior_of(file) for file in files], weights, [Path(file).name for file in files])
    return folder.path(deliver.write(folder, made))


def _merged(
    folders: tuple[str, ...], out: str, aggregation: str, cluster: str, grid: int | None, records_only: bool
) -> str:
    from chorus_recon.priors import build as building
    from chorus_recon.priors import deliver, factory, merge
    from chorus_recon.priors.aggregation.aggregate import Mode
    from chorus_recon.priors.clustering.grouping import Grouping
    from chorus_recon.priors.jobs import record_table
    from chorus_recon.priors.jobs.storage import Storage

    record_table.check()
    whole = Storage(out)
    whole.check_writable()
    manifest, names, missing = merge.merge([Storage(folder) for folder in folders], whole, not records_only)
    if missing:
        total = len(names) + missing
        are = "chunk is" if missing == 1 else "chunks are"
        say(f"{missing} of {total} {are} missing: the prior is made without, and its provenance says so.")
    mode = Mode(aggregation)
    context = factory.context_of(whole, manifest.settings, mode, grid)
    with build_progress() as watch:
        built = building.finish(whole, manifest, names, context, mode, watch, Grouping(cluster))
    return deliver.deliver(whole, built, names, context)
