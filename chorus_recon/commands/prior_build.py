"""Build a prior from pictures, or from our own rendered scenes; merge builds made apart."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chorus_recon.commands.console import output_options, say
from chorus_recon.commands.prior_applies import RENDERED, given, refuse_idle
from chorus_recon.commands.prior_progress import build_progress
from chorus_recon.commands.prior_settings import asks, chosen_settings
from chorus_recon.errors import ConfigError

if TYPE_CHECKING:
    from chorus_recon.priors.build import Built
    from chorus_recon.priors.manifest import Manifest
    from chorus_recon.priors.outfit import Chosen

_GRID = click.option(
    "--grid",
    type=click.IntRange(8, 192),
    metavar="N",
    help="Voxels along the prior's longest side (the category's own; --aggregation paper: 48 over 3 m).",
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
@click.option(
    "--shard", metavar="I/N", help="Make the I-th of N parts, unbalanced; `prior merge` joins them."
)
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
@click.pass_context
def build(context: click.Context, category: str, source: str, out: str | None, **options: Any) -> None:
    """Build the prior of CATEGORY and write CATEGORY.prior.safetensors.

    From rendered scenes: our own body posed on or with the category's template, seen by many cameras; with
    -o a page (report.html) is written beside the prior. From pictures: each is screened, its person and
    thing are outlined, its person posed, and all of them counted. The folder keeps pictures, records and a
    report; run the command again to go on after any interruption, or with more --images to add some.
    """
    refuse_idle(context)
    if source == RENDERED:
        click.echo(_rendered(category, out, options))
        return
    if options["shard"] and options["balance"] and not given(context, "balance") and asks(source):
        options["balance"] = False
        say("Shards do not see each other's pictures: views are not balanced (--no-balance).")
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
        whole_count = len(names) + missing
        say(f"{missing} pieces of {whole_count} are missing: the prior is of the others, and says so.")
    mode = Mode(aggregation)
    room = outfit.room(claim.settings, mode, grid)
    with build_progress() as watch:
        built = building.finish(whole, claim, names, room, mode, watch, Grouping(cluster))
    click.echo(deliver.deliver(whole, built, names, room))


def _rendered(category: str, out: str | None, options: dict[str, Any]) -> str:
    """The place of the prior; a page is put beside it in a folder that was asked for."""
    from chorus_recon.backends import registry
    from chorus_recon.commands.console import body_of
    from chorus_recon.priors import deliver, rendered, view_page
    from chorus_recon.priors.aggregate import Mode
    from chorus_recon.priors.shards import Folder

    amounts = {key: options[key] for key in ("scenes", "views") if options[key] is not None}
    config = rendered.BuildConfig(seed=options["seed"], voxels=options["grid"], **amounts)
    mode = Mode(options["aggregation"])
    folder = Folder(out or ".")
    made = rendered.build_modes(category, (mode,), config, progress=_say_interaction)[mode]
    name = deliver.write(folder, made)
    if out is None:
        return name
    page = view_page.page(made, body_of(made), registry.make("render", "embree"))
    folder.write(deliver.PAGE, page.encode())
    return folder.path(name)


def _say_interaction(name: str, done: int, total: int) -> None:
    say(f"  {done} of {total}: {name}")


def _from_pictures(category: str, source: str, out: str, options: dict[str, Any]) -> str | None:
    """The place of the prior; nothing where other shards are still missing."""
    from chorus_recon.priors import build as building
    from chorus_recon.priors import deliver, executors, manifest, outfit, pieces, record_table, settings
    from chorus_recon.priors.aggregate import Mode
    from chorus_recon.priors.grouping import Grouping
    from chorus_recon.priors.shards import Folder

    record_table.check()
    folder = Folder(out)
    backends = _backends(source, options)
    outfit.check(category, backends, options["device"], elsewhere=options["executor"] == "ray")
    chosen = chosen_settings(folder, category, backends, options)
    until = options["until_converged"]
    usual = building.MOST if until else building.USUAL
    photos = outfit.photos(backends.images, folder)
    images = options["images"] or (len(photos.names) if photos else usual)
    if photos:
        settings.claim(folder, chosen, images)  # another build's folder is not touched
        manifest.save(folder, photos.entries)
        backends = replace(backends, order=photos.names)
        _say_other(photos)
    mode = Mode(options["aggregation"])
    room = outfit.room(chosen, mode, options["grid"])
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
            mode=mode,
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
    return Chosen(source, seams.get("segmenter", "default"), seams.get("human", "default"))


def _share(text: str | None) -> Any:
    from chorus_recon.priors.pieces import WHOLE, Share

    if text is None:
        return WHOLE
    number, slash, of = text.partition("/")
    if not (slash and number.isdigit() and of.isdigit()):
        raise ConfigError(f"--shard {text}: expected I/N, such as 1/4.", "Shards are numbered from 1.")
    return Share(int(number), int(of))


def _say_other(photos: "Manifest") -> None:
    """Pictures that are not what they were; what was seen of them before stays."""
    for names, what in ((photos.changed, "changed"), (photos.gone, "are gone")):
        if names:
            share = f"{len(names)} of {len(photos.names)}"
            say(f"{share} pictures {what} since they joined this build (such as {names[0]}).")


def _say_changes(built: "Built", until: bool) -> None:
    if built.changes:
        changes = ", ".join(f"{one:.1%}" for one in built.changes)
        say(f"  each doubling changed the prior by {changes}")
    if until and built.prior and (not built.changes or built.changes[-1] >= _enough()):
        say("  it still changes: more --images would help")


def _enough() -> float:
    from chorus_recon.priors.build import ENOUGH

    return ENOUGH
