"""The command `prior build`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chorus_recon.backends.capabilities import Capability
from chorus_recon.commands.console import check_device, output_options, prior_of, say
from chorus_recon.commands.priors.applies import (
    given,
    refuse_idle,
    refuse_wrong,
    refuse_wrong_name,
    share_of,
)
from chorus_recon.commands.priors.counting import AGGREGATION, CLUSTER, GRID
from chorus_recon.commands.priors.own import OWN, own_options
from chorus_recon.commands.priors.progress import build_progress, say_changes, say_missing
from chorus_recon.commands.priors.scenes import build_rendered
from chorus_recon.commands.priors.settings import asks, chosen_settings
from chorus_recon.commands.priors.source import AUTO, choose

if TYPE_CHECKING:
    from chorus_recon.priors.aggregation.aggregate import Mode
    from chorus_recon.priors.clustering.gather import AggregationContext
    from chorus_recon.priors.factory import Chosen
    from chorus_recon.priors.jobs.manifest import Manifest


_WORDS = click.option(
    "--words",
    metavar="NOUN|FILE",
    help="A prior from words to join the pictures: it counts like as many as predict held-out ones best.",
)


@click.command("build")
@click.argument("category")
@click.option(
    "--source",
    default=AUTO,
    show_default=True,
    metavar="SOURCE",
    help="auto (diffusers if its model, a GPU and a segmenter are here, else rendered), rendered, "
    "rendered-photos, photos:DIR or diffusers[:MODEL]: a hub's REPO, a DIR, or one of paper, "
    "sd15, sdxl, sd3, flux, flux2-klein, qwen-image, z-image-turbo.",
)
@click.option("--model", metavar="REPO|DIR", help="The text-to-image model of --source diffusers.")
@click.option(
    "--images",
    type=click.IntRange(min=1),
    metavar="N",
    help="Pictures to make (1000; with --until-converged at most 50,000; photos: all).",
)
@click.option(
    "--until-converged",
    is_flag=True,
    help="Stop when doubling the pictures or scenes changes less than 5 % of the prior.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**53),
    default=0,
    show_default=True,
    metavar="N",
    help="Same seed, same file, bit for bit.",
)
@click.option(
    "--shard", metavar="I/N", help="Make the I-th of N parts, unbalanced; `prior merge` joins them."
)
@click.option(
    "--writer",
    default="verbs",
    show_default=True,
    metavar="NAME",
    help="Prompt writer: verbs, openai[:MODEL] or transformers[:REPO].",
)
@click.option(
    "--prompts",
    "prompt_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file of prompts, one per line, instead of a writer.",
)
@click.option(
    "--prompt-count",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="Prompts to write.",
)
@click.option(
    "--phrases",
    type=click.Choice(["body", "paper", "none"]),
    default="body",
    show_default=True,
    help="Which view phrases follow each prompt.",
)
@click.option(
    "--balance/--no-balance",
    default=True,
    show_default=True,
    help="Ask more often for views with few kept pictures.",
)
@click.option(
    "--screening",
    default="soft",
    show_default=True,
    metavar="soft|paper[:RULE]",
    help="Screening of pictures: weighted, or by the published rules (keypoint rule 1 to 15, default 3).",
)
@click.option(
    "--camera",
    type=click.Choice(["anchored", "estimator"]),
    default="anchored",
    show_default=True,
    help="Camera fitted to each person at mean shape, or the pose estimator's camera.",
)
@click.option(
    "--aggregation",
    type=AGGREGATION,
    default="robust",
    show_default=True,
    help="Aggregation method.",
)
@CLUSTER
@click.option(
    "--executor",
    type=click.Choice(["local", "process", "ray"]),
    default="local",
    show_default=True,
    help="Where workers run: in this process, in several, or as actors of a Ray cluster.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes (half the cores), or actors on Ray (2).",
)
@click.option("--gpus", type=click.FloatRange(min=0), default=0.0, metavar="X", help="GPUs per Ray actor.")
@click.option("--device", default="cpu", show_default=True, help="Where networks run.")
@click.option(
    "--backend", "backends", multiple=True, metavar="SLOT=NAME", help="Another segmenter or human estimator."
)
@click.option(
    "--scenes",
    type=click.IntRange(min=1),
    metavar="N",
    help="Rendered scenes: scenes per interaction (64; with --until-converged at most 1024).",
)
@click.option("--views", type=click.IntRange(min=1), metavar="N", help="Rendered scenes: pictures per scene.")
@own_options
@GRID
@_WORDS
@click.option("-o", "--out", metavar="DIR|URL", help="The build's folder. Rendered scenes need none.")
@output_options
@click.pass_context
def build(context: click.Context, category: str, source: str, out: str | None, **options: Any) -> None:
    """Build the prior of CATEGORY and write CATEGORY.prior.safetensors.

    CATEGORY is a bundled category, a noun of the table, or any noun that --like, --size, --use, --mesh or
    --description describe. From rendered scenes: the embedded body is posed with the thing's shape and
    rendered by many cameras. From pictures: people and objects are segmented, poses are estimated, pictures
    are screened, and the results are aggregated. A build's folder (-o) keeps records, pictures and a report.
    Run the command again to resume after an interruption, or with more --images or --scenes to add some.
    """
    refuse_wrong_name(category, "CATEGORY")
    if source == AUTO:
        chosen = choose(category, options, described=any(options[name] is not None for name in OWN))
        source = context.params["source"] = chosen.source
        say(f"--source {source}: {chosen.why}")
        if source == "diffusers" and not given(context, "device"):
            options["device"] = context.params["device"] = "cuda"
    refuse_idle(context)
    refuse_wrong(context)
    from chorus_recon.backends import registry

    category = _meant(category)
    if Capability.TRUE_SCENES in registry.capabilities(source):
        place = build_rendered(context, category, out, options)
        if place:
            click.echo(place)
        return
    if options["shard"] and options["balance"] and not given(context, "balance") and asks(source):
        options["balance"] = False
        say("Shards do not see each other's pictures: views are not balanced (--no-balance).")
    folder = out or f"{category.strip().replace(' ', '_')}-prior"
    place = _from_pictures(category, source, folder, options)
    if place:
        click.echo(place)


def _meant(category: str) -> str:
    """The category that a noun means, as words. Narrower nouns (mug) have priors of their own."""
    from chorus_recon.io import category_names

    name = category_names.resolve(category, loosely=False)
    if name != category_names.key(category):
        say(f"{category}: this is the category {category_names.words(name)!r}.")
    return category_names.words(name)


def _from_pictures(category: str, source: str, out: str, options: dict[str, Any]) -> str | None:
    """Build from pictures; return the path of the prior, or None while chunks of other shards are missing."""
    from chorus_recon.execution import executors
    from chorus_recon.priors import build as building
    from chorus_recon.priors import deliver, factory
    from chorus_recon.priors.aggregation.aggregate import Mode
    from chorus_recon.priors.clustering.grouping import Grouping
    from chorus_recon.priors.jobs import manifest, record_table, settings
    from chorus_recon.priors.jobs.storage import Storage

    record_table.check()
    folder = Storage(out)
    folder.check_writable()
    backends = _backends(source, options)
    check_device(options["device"], elsewhere=options["executor"] == "ray")
    factory.check(category, backends, options["device"], elsewhere=options["executor"] == "ray")
    chosen = chosen_settings(folder, category, backends, options)
    until = options["until_converged"]
    usual = building.MOST if until else building.USUAL
    photos = factory.photos(backends.images, folder)
    images = options["images"] or (len(photos.names) if photos else usual)
    if photos and images > len(photos.names):
        say(f"There are {len(photos.names)} pictures, not {images}: all of them are used.")
        images = len(photos.names)
    mode = Mode(options["aggregation"])
    context = factory.context(chosen, mode, options["grid"])
    if options["words"]:
        context = _joined_by(options["words"], context, mode)
    if settings.stale(folder, chosen):
        say("Replacing an unfinished build that used other settings.")
    elif not until and folder.has(settings.FILE) and (before := settings.load(folder).images) > images:
        say(f"This build had {before} pictures: its prior and records will use the first {images}.")
        say("  No picture is removed: run again with more --images to use all of them.")
    if photos:
        settings.start_or_resume(
            folder, chosen, images
        )  # first, so that another build's folder is not changed
        manifest.save(folder, photos.entries)
        backends = replace(backends, order=photos.names)
        _say_other(photos)
    with build_progress() as watch:
        built = building.build(
            folder,
            chosen,
            building.Extent(images, building.ENOUGH if until else None),
            factory.plan(chosen),
            factory.observer(chosen, backends, options["device"]),
            context,
            executor=executors.choose(options["executor"], options["workers"], options["gpus"]),
            share=share_of(options["shard"]),
            mode=mode,
            by=Grouping(options["cluster"]),
            watch=watch,
        )
    if built.missing:
        say_missing(built.missing)
        return None
    say_changes(built, until, "--images")
    return deliver.deliver(folder, built, chosen.layout.names(built.images), context)


def _joined_by(given: str, context: "AggregationContext", mode: "Mode") -> "AggregationContext":
    """The same with a prior from words, which is built if the noun's is missing."""
    from chorus_recon.priors.aggregation.aggregate import Mode
    from chorus_recon.priors.clustering.words import words_of

    if mode is Mode.PAPER:
        raise click.UsageError("--words does not apply: --aggregation paper counts as published.")
    name = Path(given).name
    return replace(context, words=words_of(name, prior_of(given), context.grid, context.body.id))


def _backends(source: str, options: dict[str, Any]) -> "Chosen":
    from chorus_recon.commands.reconstruct import chosen_backends
    from chorus_recon.priors.factory import Chosen

    slots = chosen_backends(options["backends"])
    wrong = set(slots) - {"segmenter", "human"}
    if wrong:
        message = f"{sorted(wrong)[0]}: a build uses only the slots segmenter and human."
        raise click.BadParameter(message, param_hint="--backend")
    if options["model"]:
        source = f"{source}:{options['model']}"
    return Chosen(source, slots.get("segmenter", "default"), slots.get("human", "default"))


def _say_other(photos: "Manifest") -> None:
    """Report pictures that changed or are gone; their records are kept."""
    for names, what in ((photos.changed, "changed"), (photos.gone, "are gone")):
        if names:
            share = f"{len(names)} of {len(photos.names)}"
            say(f"{share} pictures {what} since they were added to this build (such as {names[0]}).")
