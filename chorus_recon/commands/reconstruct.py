"""Reconstruct photos and folders of photos; each photo gets a result folder."""

import difflib
import json
import math
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chorus_recon.commands import many_photos
from chorus_recon.commands.console import (
    FILE,
    backend_option,
    check_device,
    fetch_optional_weights,
    fetch_weights,
    output_options,
    person_option,
    print_error,
    resumable,
    say,
    verbosity,
)
from chorus_recon.commands.many_photos import counted, run
from chorus_recon.commands.priors.applies import refuse_wrong_name
from chorus_recon.commands.priors.own import said, thing_options
from chorus_recon.commands.priors.ready import prior_file
from chorus_recon.commands.stages import StageLine
from chorus_recon.errors import ChorusError

if TYPE_CHECKING:
    from chorus_recon.pipeline.config import ReconstructConfig
    from chorus_recon.pipeline.photo_worker import Outcome

_ONE_PHOTO = ("object_mask", "human_mask", "object_box")  # options that apply to a single photo only


class _Box(click.ParamType):
    """x0,y0,x1,y1 in photo pixels."""

    name = "x0,y0,x1,y1"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float, float, float]:
        """Parse four numbers, and check that the box is not empty. The photo is not known here."""
        try:
            x0, y0, x1, y1 = (float(part) for part in value.strip("[]() ").replace(",", " ").split())
        except ValueError:
            self.fail(f"{value!r} is not four numbers such as 40,60,200,180.", param, ctx)
        if not all(map(math.isfinite, (x0, y0, x1, y1))):
            self.fail(f"{value!r} is not four numbers such as 40,60,200,180.", param, ctx)
        if not (x0 < x1 and y0 < y1):
            self.fail(
                f"{value!r}: the right and lower edges must lie beyond the left and upper. "
                "Give x0,y0,x1,y1, not x,y,width,height.",
                param,
                ctx,
            )
        return x0, y0, x1, y1


class _Place(click.ParamType):
    """A folder, or the URL of one."""

    name = "PATH|URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        """Tell them apart; the folder need not exist."""
        from chorus_recon.io.urls import local_or_url

        place = value if isinstance(value, Path) else local_or_url(value)
        if isinstance(place, Path) and place.is_file():
            self.fail(f"Directory '{place}' is a file.", param, ctx)
        return place


class _Context(click.Context):
    """Calls the command what the user typed: its own name is left out."""

    @property
    def command_path(self) -> str:
        """What stands before the arguments."""
        return self.parent.command_path if self.parent else super().command_path


class _Command(click.Command):
    context_class = _Context


@click.command(
    "reconstruct",
    cls=_Command,
    hidden=True,
    context_settings={"max_content_width": 100},
    options_metavar="",
)
@click.argument("words", nargs=-1, required=True, metavar="PHOTO...")
@click.option(
    "-o",
    "--out",
    type=_Place(),
    default="out",
    show_default="out/",
    help="Where to write results, in a folder per photo: a folder, or a URL (s3://..., gs://...).",
)
@click.option("-c", "--category", metavar="NOUN", help="What the object is; detected if not given.")
@thing_options
@click.option("--prior", type=FILE, metavar="FILE", help="Your own prior, from `prior build`.")
@person_option
@click.option("--object-mask", type=FILE, metavar="PNG", help="Mask of the object: white, photo size.")
@click.option("--human-mask", type=FILE, metavar="PNG", help="Mask of the person: white, photo size.")
@click.option("--object-box", type=_Box(), help="Where the object is, in photo pixels.")
@click.option("--object-mesh", type=FILE, metavar="MESH", help="Your own mesh of the object.")
@click.option(
    "--mesh-units",
    type=click.Choice(["m", "cm", "mm", "in"]),
    help="Units of --object-mesh.",
)
@click.option("--mesh-up", metavar="x|y|z|-x|-y|-z", help="Up axis of --object-mesh.")
@click.option(
    "--focal-px",
    type=click.FloatRange(min=0.0, min_open=True),
    metavar="PX",
    help="Focal length in pixels of the photo; else from EXIF, or assumed.",
)
@click.option(
    "--fov", "fov_deg", type=float, metavar="DEGREES", help="Horizontal field of view, instead of --focal-px."
)
@click.option("--height", "height_m", type=float, metavar="METRES", help="The person's standing height.")
@click.option(
    "--all", "everyone", is_flag=True, help="All people, and all things that they use, in one scene."
)
@click.option(
    "--look",
    type=click.Choice(["photo", "plain"]),
    help="Colours of the meshes: of the photo (default), or one for the person and one for the object.",
)
@click.option("--human-only", is_flag=True, help="Reconstruct the person only.")
@click.option("--device", default="cpu", show_default=True, help="Where networks and fitting run.")
@backend_option
@click.option(
    "--seed",
    type=click.IntRange(0, 2**53),
    default=0,
    show_default=True,
    metavar="N",
    help="Random seed; results repeat with it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object per photo instead of a path.")
@click.option(
    "--min-confidence",
    type=click.FloatRange(0.0, 1.0),
    metavar="P",
    help="Place an object only if the person uses it with at least this probability (default: 0.2). "
    "With --category it is always placed.",
)
@click.option("--accept-unsure", is_flag=True, help="Exit with 0 also if it is unsure which object is used.")
@click.option("--overwrite", is_flag=True, help="Redo photos that are finished.")
@many_photos.options
@output_options
def reconstruct(
    words: tuple[str, ...],
    out: Path | str,
    backends: tuple[str, ...],
    as_json: bool,
    accept_unsure: bool,
    overwrite: bool,
    **choices: Any,
) -> None:
    """Reconstruct the person and the object they use, from photos, folders of photos and lists of them."""
    many = many_photos.chosen(choices)
    photos, roots = _photos(words, recursive=choices.pop("recursive"))
    if len(photos) > 1 and any(choices[name] is not None for name in _ONE_PHOTO):
        names = ", ".join(f"--{n.replace('_', '-')}" for n in _ONE_PHOTO)
        raise click.UsageError(f"{names} apply to a single photo; {len(photos)} were given.")
    slots = chosen_backends(backends)
    config = _config(choices)
    many = replace(many, overwrite=overwrite)
    with resumable("Run the same command again to continue with the remaining photos."):
        plan = many_photos.plan(photos, roots, out, config, slots, many)
        if plan.todo:
            plan = replace(plan, config=with_prior(config))
            ready(plan.config, slots)
        failed, undecided = len(plan.failed), 0
        overview = many_photos.overview_of(plan.out, len(photos))
        with StageLine() as line:
            outcomes = run(plan, line if len(photos) == 1 else None)
            outcomes = many_photos.overseen(outcomes, overview, len(photos))
            outcomes = many_photos.copied(outcomes, overview, plan)
            for outcome in many_photos.with_progress(outcomes, plan):
                line.stop()
                failed += outcome.failure is not None
                undecided += outcome.undecided
                report(outcome, as_json, plan.shown, fully=len(photos) == 1)
    if overview is not None:
        without = overview.incomplete
        note = f" ({without.message} {without.hint})" if without else ""
        say(f"overview: {plan.shown(overview.page)}{note}")
    if plan.failed:
        before = counted(len(plan.failed))
        say(f"{before} failed before for what the photo shows (--retry-failed tries again)")
    if plan.left:
        say(f"left for another run: {counted(plan.left)} (--limit {many.limit})")
    if failed and len(photos) > 1:
        kept = plan.shown(plan.out / "failures.jsonl")
        say(f"{failed} of {len(photos)} photos failed: see {kept}")
    if undecided and len(photos) > 1:
        say(
            f"no object was placed in {undecided} of {len(photos)} photos: probably nothing is used, "
            "or it is unsure what"
        )
    if failed or (undecided and not accept_unsure):
        raise click.exceptions.Exit(1)


def with_prior(config: "ReconstructConfig") -> "ReconstructConfig":
    """The same with the prior of a noun that is not bundled, or of a thing that the user describes.

    It is built if it is used for the first time.

    Raises:
        PriorError: nothing is known of the noun, or too little is said of it.
        InputError: the mesh of the description cannot be used.
        OutputError: it cannot be kept in the cache.
    """
    if config.category is None or config.prior is not None or config.human_only:
        return config
    return replace(config, prior=prior_file(config.category, config.thing))


def ready(config: "ReconstructConfig", slots: dict[str, str]) -> None:
    """Check backends and prior and fetch weights before the first photo, so that errors occur only once."""
    from chorus_recon.backends import registry
    from chorus_recon.io.prior_files import load_prior
    from chorus_recon.io.weights import WEIGHTS

    if config.object_mesh is not None:
        from chorus_recon.backends.shape.mesh_file import check_mesh

        check_mesh(config.object_mesh, units=config.object_units, up=config.object_up)
    for slot, choice in slots.items():
        registry.check(slot, choice)
        registry.find(slot, choice.partition(":")[0])
    wanted = config.prior or config.category
    if wanted is not None and not config.human_only:
        load_prior(wanted)
    if not {"segmenter", "human"} <= set(slots):
        fetch_weights([file.name for file in WEIGHTS])
    if "human" not in slots:
        fetch_optional_weights()


def report(
    outcome: "Outcome", as_json: bool, shown: Callable[[Path], str] = str, *, fully: bool = False
) -> None:
    """Print the result to stdout, and about it to stderr: a line, or `fully` also what else it could be.

    `shown` says where a file or folder is, for people.
    """
    job, answer, failure = outcome.job, outcome.answer, outcome.failure
    where = shown(job.directory)
    if failure is not None:
        print_error(ChorusError(failure.message, failure.hint), 0)
        if verbosity() >= 2 or (verbosity() >= 0 and not failure.expected and verbosity() >= 1):
            click.echo(failure.trace, err=True)
    elif answer is None:
        say(f"{job.photo.name}: finished before -> {where}/ (--overwrite redoes it)")
    else:
        say(f"{job.photo.name}: {answer.line} -> {where}/")
        for part in answer.also:
            say(f"  and {part}")
        for other in answer.others if fully else ():
            say(f"  or {other}")
        if job.note:
            say(f"  note: {job.note}")
        for warning in answer.warnings:
            say(f"  note: {warning}")
        if fully:
            say(f"  see {shown(job.directory / 'report.html')} (chorus-recon view {shlex.quote(where)})")
    if as_json:
        click.echo(json.dumps(record(outcome, where)))
    elif failure is None:
        click.echo(where)


def record(outcome: "Outcome", where: str) -> dict[str, Any]:
    """The JSON object of a photo for --json; `where` its result is."""
    job, answer, failure = outcome.job, outcome.answer, outcome.failure
    row: dict[str, Any] = {"photo": job.name}
    if failure is not None:
        return row | {
            "status": "failed",
            "error": failure.error,
            "message": failure.message,
            "hint": failure.hint,
        }
    row |= {"status": "finished before" if answer is None else answer.row["status"]}
    row |= {"directory": where} | ({"note": job.note} if job.note else {})
    return row | (answer.row if answer is not None else {})


def chosen_backends(pairs: Iterable[str]) -> dict[str, str]:
    """Parse SLOT=NAME pairs to a mapping.

    Raises:
        BadParameter: a pair has another form.
    """
    slots = {}
    for pair in pairs:
        slot, equals, name = pair.partition("=")
        if not (slot and equals and name):
            raise click.BadParameter(f"{pair!r} is not SLOT=NAME.", param_hint="--backend")
        slots[slot] = name
    return slots


def _config(choices: dict[str, Any]) -> "ReconstructConfig":
    from chorus_recon.pipeline.config import ReconstructConfig

    renamed = {"mesh_units": "object_units", "mesh_up": "object_up"}
    words = {name: choices.pop(name) for name in ("description", "like", "size", "uses")}
    thing = said(words)
    given = {key: value for key, value in choices.items() if value is not None}
    if not thing.empty:
        _check_described(given)
        given["thing"] = thing
    config = ReconstructConfig(**{renamed.get(key, key): value for key, value in given.items()})
    if config.object_mesh is None and (config.object_units or config.object_up):
        raise click.UsageError("--mesh-units and --mesh-up describe --object-mesh, which is not given.")
    if config.everyone and (
        config.human_only or config.human_mask or config.object_mask or config.object_box
    ):
        raise click.UsageError(
            "--all finds people and things itself; masks, boxes and --human-only do not apply."
        )
    if config.human_only and (config.object_mask or config.object_box or config.object_mesh or config.thing):
        raise click.UsageError("With --human-only, options about the object do not apply.")
    check_device(config.device)
    return config


def _check_described(given: dict[str, Any]) -> None:
    """Check that what is said of a thing applies.

    Raises:
        UsageError: no category is named, or another option says what its prior is.
    """
    if "category" not in given:
        raise click.UsageError(
            "--description, --like, --size and --use describe the thing that --category names: add it."
        )
    if "prior" in given:
        raise click.UsageError(
            "--prior is built already; --description, --like, --size and --use describe a prior to build."
        )
    refuse_wrong_name(given["category"], "--category")


def _photos(words: Sequence[str], *, recursive: bool) -> tuple[list[Path | str], list[Path | str]]:
    """The photos that are named, once each, and the folders among the names.

    What a list names and is not there fails when its turn comes, so that the others are done.
    """
    from chorus_recon.io.photo_folders import find_photos
    from chorus_recon.io.urls import photos_at, shown

    photos: dict[Path | str, None] = {}
    roots: list[Path | str] = []
    direct = {str(Path(word)) for word in words}
    places = many_photos.listed(words)
    for place in places:
        if isinstance(place, str):
            inside = photos_at(place, recursive=recursive)
            roots += [] if inside is None else [place]
            photos |= dict.fromkeys([place] if inside is None else inside)
            continue
        if str(place) in direct and not place.exists():
            raise click.BadParameter(f"{place}: no such file or folder.{_hint(place)}", param_hint="PHOTO")
        roots += [place] if place.is_dir() else []
        photos |= dict.fromkeys(find_photos([place], recursive=recursive))
    if not photos:
        where = ", ".join(f"'{shown(str(place))}'" for place in places)
        skipped = "" if recursive else " (with --no-recursive, folders inside are not searched)"
        raise click.UsageError(f"No photos in {where}{skipped}.")
    return list(photos), roots


def _hint(path: Path) -> str:
    context = click.get_current_context().find_root()
    commands = context.command.commands if isinstance(context.command, click.Group) else {}
    visible = [name for name, command in commands.items() if not command.hidden]
    close = difflib.get_close_matches(str(path), visible, 1, 0.7)
    return f" Did you mean `chorus-recon {close[0]}`? (The command comes before options.)" if close else ""
