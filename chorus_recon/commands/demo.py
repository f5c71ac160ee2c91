"""Reconstruct an example photo."""

from pathlib import Path

import click

from chorus_recon.commands.console import download_progress, output_options, say
from chorus_recon.commands.reconstruct import ready
from chorus_recon.commands.stages import StageLine

NAMES = ("snowboard", "tennis_racket", "frisbee")  # the keys of io.weights.EXAMPLES; a test compares them


@click.command(context_settings={"max_content_width": 100})
@click.argument("name", type=click.Choice(NAMES), default=NAMES[0])
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default="out/",
    help="Where to write the result, in a folder with the example's name.",
)
@output_options
def demo(name: str, out: Path) -> None:
    """Reconstruct an example photo, and print the paths of the files.

    The first run fetches the networks and the photo; later runs are offline.
    """
    from chorus_recon.io import fetch
    from chorus_recon.io.weights import EXAMPLES
    from chorus_recon.pipeline.config import ReconstructConfig
    from chorus_recon.pipeline.output.save import prepare
    from chorus_recon.pipeline.output.words import otherwise, summary
    from chorus_recon.pipeline.reconstruct import reconstruct

    prepare(out / name, overwrite=True)
    example = EXAMPLES[name]
    config = ReconstructConfig(category=example.category)
    ready(config, {})
    with download_progress() as progress:
        photo = fetch.ensure_example(name, progress)
    say(f"Reconstructing {photo.name}: a {example.category} ...")
    with StageLine() as line:
        result = reconstruct(photo, config, watch=line)
        line("save")
        directory = result.save(out / name, overwrite=True, credit=f"Photo: {example.credit}")
    say(f"{photo.name}: {summary(result)}, in {sum(result.seconds.values()):.1f} s")
    for other in otherwise(result):
        say(f"  or {other}")
    for warning in result.warnings:
        say(f"  note: {warning}")
    click.echo(f"Photo: {example.credit}", err=True)
    for file in sorted(directory.iterdir()):
        if not file.name.startswith("."):
            click.echo(out / name / file.name)
    say(f"Open {out / name / 'report.html'} in a browser to rotate the scene.")
