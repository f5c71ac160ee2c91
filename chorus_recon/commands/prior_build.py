"""Build a prior from pictures, or from our own rendered scenes; merge builds made apart."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chorus_recon.commands.console import output_options, say
from chorus_recon.commands.prior_progress import build_progress
from chorus_recon.errors import ConfigError

if TYPE_CHECKING:
    from chorus_recon.priors.build import Built
    from chorus_recon.priors.outfit import Chosen
    from chorus_recon.priors.settings import Settings

RENDERED = "rendered"  # the one source that needs no pictures: masks and cameras are the true ones

_GRID = click.option(
    "--grid",
    type=click.IntRange(8, 192),
    metavar="N",
    help="Voxels along the prior's longest side (the category's own; 48 as published).",
)
_CLUSTER = click.option(
    "--cluster",
    type=click.Choice(["auto", "parts", "prompts", "none"]),
    default="auto",
    show_default=True,
    help="Clusters: by what is touched and done (as published: none), or a body part or prompt, beside all.",
)


@click.command("build")
@click.argument("category")
@click.option(
    "--source",
    default=RENDERED,
    show_default=True,
    metavar="SOURCE",
    help="rendered, rendered-photos, diffusers[:MODEL] or photos:DIR.",
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
    help="Stop when doubling the pictures changes less than 5 % of the prior.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same file, bit for bit.")
@click.option("--shard", metavar="I/N", help="Make only the I-th of N parts; `prior merge` joins them.")
@click.option(
    "--writer",
    default="verbs",
    show_default=True,
    metavar="NAME",
    help="Who writes prompts: verbs, openai[:MODEL] or transformers[:REPO].",
)
@click.option(
    "--prompts",
    "prompt_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file of prompts, one a line, instead.",
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
    help="Ask more often for views that are missing.",
)
@click.option(
    "--screening",
    default="soft",
    show_default=True,
    metavar="soft|paper[:RULE]",
    help="How pictures are kept: weighed, or by the published rules (the keypoint rule is 3 of 1 to 15).",
)
@click.option(
    "--camera",
    type=click.Choice(["anchored", "estimator"]),
    default="anchored",
    show_default=True,
    help="Fitted to each person at mean shape, or as the pose was estimated.",
)
@click.option(
    "--aggregation",
    type=click.Choice(["ours", "paper"]),
    default="ours",
    show_default=True,
    help="How they are counted.",
)
@_CLUSTER
@click.option(
    "--executor", type=click.Choice(["local", "process", "ray"]), default="local", show_default=True
)
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes, or actors on Ray.")
@click.option("--gpus", type=click.FloatRange(min=0), default=0.0, metavar="X", help="GPUs a Ray actor gets.")
@click.option("--device", default="cpu", show_default=True, help="Where networks run.")
@click.option("--backend", "backends", multiple=True, metavar="SEAM=NAME", help="Another segmenter or human.")
@click.option("--scenes", type=click.IntRange(min=1), metavar="N", help="Rendered: people per interaction.")
@click.option("--views", type=click.IntRange(min=1), metavar="N", help="Rendered: pictures of each.")
@_GRID
@click.option("-o", "--out", metavar="DIR|URL", help="The build's folder, or where a rendered prior goes.")
@output_options
def build(category: str, source: str, out: str | None, **options: Any) -> None:
    """Build the prior of CATEGORY and write CATEGORY.prior.safetensors.

    From rendered scenes: our own body posed on or with the category's template, seen by many cameras.
    From pictures: each is screened, its person and thing are outlined, its person posed, and all of them
    counted. The folder keeps pictures, records and a report; run the command again to go on after any
    interruption, or with more --images to add some.
    """
    if source == RENDERED:
        click.echo(_rendered(category, Path(out or "."), options))
        return
    folder = out or f"{category.strip().replace(' ', '_')}-prior"
    place = _from_pictures(category, source, folder, options)
    if place:
        click.echo(place)


@click.command("merge")
@click.argument("folders", nargs=-1, required=True, metavar="DIR...")
@click.option("-o", "--out", required=True, metavar="DIR|URL", help="The folder of the whole.")
@click.option("--aggregation", type=click.Choice(["ours", "paper"]), default="ours", show_default=True)
@_CLUSTER
@_GRID
@click.option("--records-only", is_flag=True, help="Leave the pictures where they are.")
@output_options
def merge_builds(
    folders: tuple[str, ...], out: str, aggregation: str, cluster: str, grid: int | None, records_only: bool
) -> None:
    """Join builds made apart (--shard) and make their prior: the same as if one machine had made all."""
    from chorus_recon.priors import build as building
    from chorus_recon.priors import deliver, merge, outfit, record_table
    from chorus_recon.priors.aggregate import Mode
    from chorus_recon.priors.grouping import Grouping
    from chorus_recon.priors.shards import Folder

    record_table.check()
    whole = Folder(out)
    claim, names, missing = merge.merge([Folder(one) for one in folders], whole, not records_only)
    if missing:
        say(f"{missing} pieces of {len(names) + missing} are missing: the prior is made of the others.")
    room = outfit.room(claim.settings, grid)
    with build_progress() as watch:
        built = building.finish(whole, claim, names, room, Mode(aggregation), watch, Grouping(cluster))
    click.echo(deliver.deliver(whole, built, names, room))


def _rendered(category: str, out: Path, options: dict[str, Any]) -> Path:
    from chorus_recon.io.prior_files import SUFFIX, save_prior
    from chorus_recon.priors import rendered
    from chorus_recon.priors.aggregate import Mode

    given = {key: options[key] for key in ("scenes", "views") if options[key] is not None}
    config = rendered.BuildConfig(seed=options["seed"], voxels=options["grid"], **given)
    mode = Mode(options["aggregation"])
    made = rendered.build_modes(category, (mode,), config, progress=_say_interaction)[mode]
    out.mkdir(parents=True, exist_ok=True)
    return save_prior(out / f"{made.category.replace(' ', '_')}{SUFFIX}", made)


def _say_interaction(name: str, done: int, total: int) -> None:
    say(f"  {done} of {total}: {name}")


def _from_pictures(category: str, source: str, out: str, options: dict[str, Any]) -> str | None:
    """The place of the prior; nothing where other shards are still missing."""
    from chorus_recon.priors import build as building
    from chorus_recon.priors import deliver, executors, outfit, pieces, record_table
    from chorus_recon.priors.aggregate import Mode
    from chorus_recon.priors.grouping import Grouping
    from chorus_recon.priors.shards import Folder

    record_table.check()
    folder = Folder(out)
    backends = _backends(source, options)
    chosen = _settings(folder, category, backends, options)
    until = options["until_converged"]
    usual = building.MOST if until else building.USUAL
    images = options["images"] or outfit.how_many(backends.images) or usual
    room = outfit.room(chosen, options["grid"])
    with build_progress() as watch:
        built = building.build(
            folder,
            chosen,
            building.Extent(images, building.ENOUGH if until else None),
            outfit.plan(chosen),
            outfit.eyes(chosen, backends, options["device"]),
            room,
            executor=executors.choose(options["executor"], options["workers"], options["gpus"]),
            share=_share(options["shard"]),
            mode=Mode(options["aggregation"]),
            by=Grouping(options["cluster"]),
            watch=watch,
        )
    if built.missing:
        say(f"{built.missing} pieces of other shards are missing; join them with: chorus-recon prior merge")
        return None
    _say_changes(built, until)
    return deliver.deliver(folder, built, pieces.names(built.images, chosen.piece), room)


def _backends(source: str, options: dict[str, Any]) -> "Chosen":
    from chorus_recon.commands.reconstruct import chosen_backends
    from chorus_recon.priors.outfit import Chosen

    seams = chosen_backends(options["backends"])
    wrong = set(seams) - {"segmenter", "human"}
    if wrong:
        raise ConfigError(
            f"--backend {sorted(wrong)[0]}: a build chooses segmenter and human.", "Leave it out."
        )
    if options["model"]:
        source = f"{source}:{options['model']}"
    return Chosen(source, **seams)


def _settings(folder: Any, category: str, backends: "Chosen", options: dict[str, Any]) -> "Settings":
    """What the options say; prompts that the folder's build has already are not written anew."""
    from chorus_recon.io import categories
    from chorus_recon.priors import observe, outfit, settings
    from chorus_recon.types import Prompt

    watched = observe.config(options["screening"], options["camera"])
    own = backends.images.partition(":")[0] == "photos"  # pictures that nobody asked for with words
    file = options["prompt_file"]
    writer = "" if own else f"file:{file.name}" if file else f"{options['writer']}, {options['prompt_count']}"
    noun = categories.key(category).replace("_", " ")
    found = settings.load(folder).settings if folder.has(settings.FILE) else None
    if own:
        asked: tuple[Prompt, ...] = (Prompt(noun, noun),)
    elif file:
        asked = outfit.read_prompts(file, category)
    elif found and (found.writer, found.category, found.seed) == (writer, noun, options["seed"]):
        asked = found.prompts
    else:
        asked = outfit.write_prompts(options["writer"], category, options["prompt_count"], options["seed"])
    return settings.Settings(
        category=noun,
        source=outfit.label(backends.images),
        prompts=asked,
        writer=writer,
        phrases="none" if own else options["phrases"],
        seed=options["seed"],
        balance=options["balance"] and not own,
        screening=watched.screen.name,
        camera=watched.camera.value,
        segmenter=outfit.label(backends.segmenter),
        human=outfit.label(backends.human),
    )


def _share(text: str | None) -> Any:
    from chorus_recon.priors.pieces import WHOLE, Share

    if text is None:
        return WHOLE
    number, slash, of = text.partition("/")
    if not (slash and number.isdigit() and of.isdigit()):
        raise ConfigError(f"--shard {text}: expected I/N, such as 1/4.", "Shards are numbered from 1.")
    return Share(int(number), int(of))


def _say_changes(built: "Built", until: bool) -> None:
    if built.changes:
        changes = ", ".join(f"{one:.1%}" for one in built.changes)
        say(f"  each doubling changed the prior by {changes}")
    if until and built.prior and (not built.changes or built.changes[-1] >= _enough()):
        say("  it still changes: more --images would help")


def _enough() -> float:
    from chorus_recon.priors.build import ENOUGH

    return ENOUGH
