"""The command `prior show`: draw a prior as a picture, a page or on a photo, or a build's pictures."""

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chorus_recon.commands.console import FILE, body_of, output_options, person_option, prior_of, say
from chorus_recon.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image

    from chorus_recon.types import PriorSet

_PICTURES = (".png", ".jpg", ".jpeg", ".webp")


@click.command()
@click.argument("category", metavar="CATEGORY|FILE|DIR")
@click.option("--rejects", is_flag=True, help="Show the pictures of a build that were set aside, and why.")
@click.option("--kept", is_flag=True, help="Show the pictures of a build that were kept.")
@click.option(
    "--most", type=click.IntRange(min=1), default=48, show_default=True, help="Most pictures on the sheet."
)
@click.option("--photo", type=FILE, help="Draw the prior on the person of this photo.")
@person_option
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The picture (CATEGORY_prior.png, rejects.png or kept.png), or a page with a 3D view (.html).",
)
@click.option("--open", "opens", is_flag=True, help="Write the page (CATEGORY_prior.html) and open it.")
@output_options
def show(
    category: str,
    rejects: bool,
    kept: bool,
    most: int,
    photo: Path | None,
    person: int | None,
    out: Path | None,
    opens: bool,
) -> None:
    """Draw a prior around the canonical body, or around a photo's person; or a build's pictures."""
    asked = [
        name for name, given in {"--rejects": rejects, "--kept": kept, "--photo": photo}.items() if given
    ]
    if len(asked) > 1:
        raise click.UsageError(f"{' and '.join(asked)} exclude each other; pass only one.")
    as_page = not asked
    if out and out.suffix.lower() not in (*_PICTURES, *([".html"] if as_page else [])):
        endings = ", ".join(_PICTURES) + (" or .html" if as_page else "")
        raise click.BadParameter(f"{out}: expected a name that ends in {endings}.", param_hint="--out")
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
    if rejects or kept:
        from chorus_recon.io.photo_folders import save_drawn

        path = out or Path("kept.png" if kept else "rejects.png")
        save_drawn(_sheet(category, kept, most), path)
    else:
        path = _prior(category, photo, person, out, opens)
    click.echo(path)
    if opens and not webbrowser.open(path.resolve().as_uri()):
        say("No browser was found: open the file yourself.")


def _sheet(folder_url: str, kept: bool, most: int) -> "Image":
    from chorus_recon.priors.inspection import contact
    from chorus_recon.priors.jobs import collect, settings
    from chorus_recon.priors.jobs.storage import Storage

    folder = Storage(folder_url)
    if not folder.has(settings.FILE):
        raise InputError(
            f"{folder_url}: no build is in this folder.", "Pass the folder that `prior build -o` was given."
        )
    return contact.sheet(folder, collect.current(folder), kept, most)


def _prior(category: str, photo: Path | None, person: int | None, out: Path | None, opens: bool) -> Path:
    from chorus_recon.backends import registry
    from chorus_recon.io.photo_folders import save_drawn
    from chorus_recon.priors.aggregation import views
    from chorus_recon.priors.inspection import picture, view_page

    shown = prior_of(category)
    as_page = not photo and (out.suffix.lower() == ".html" if out else opens)
    path = out or Path(f"{shown.category.replace(' ', '_')}_prior.{'html' if as_page else 'png'}")
    if photo:
        save_drawn(_on_photo(shown, photo, person), path)
        return path
    body, renderer = body_of(shown), registry.make("render", "embree")
    if as_page:
        path.write_text(view_page.page(shown, body, renderer), encoding="utf-8")
        return path
    save_drawn(picture.draw(shown, body, renderer), path)
    coverage = views.from_provenance(shown.provenance)
    if coverage:
        say(coverage.text)
    return path


def _on_photo(shown: "PriorSet", photo: Path, person: int | None) -> "Image":
    from chorus_recon.backends import registry
    from chorus_recon.pipeline import field, uses
    from chorus_recon.pipeline.config import ReconstructConfig
    from chorus_recon.pipeline.output import overlay
    from chorus_recon.pipeline.reconstruct import reconstruct

    backends = registry.load()
    found = reconstruct(photo, ReconstructConfig(person=person, human_only=True), backends)
    pose = uses.seen_pose(found.human, found.body, backends.body.joint_names)
    fields = field.repose(shown.clusters, backends.body, found.body)
    return overlay.prior_picture(found, uses.weighted(fields, shown.clusters, pose))
