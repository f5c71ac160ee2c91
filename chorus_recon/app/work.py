"""What the app does behind its buttons: reconstruct a photo, and list, draw and build priors."""

import html
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from PIL import Image

from chorus_recon.app.seeing import Choice, Seen
from chorus_recon.backends import registry
from chorus_recon.backends.registry import Backends
from chorus_recon.errors import MissingBackend
from chorus_recon.io import category_names
from chorus_recon.io.prior_files import bundled, load_prior
from chorus_recon.pipeline.config import ReconstructConfig
from chorus_recon.pipeline.reconstruct import reconstruct
from chorus_recon.pipeline.stages import STAGES, in_words
from chorus_recon.priors import first_use
from chorus_recon.priors.inspection import picture
from chorus_recon.types import Reconstruction

Watch = Callable[[float, str], object]  # (how much is done in [0, 1], what is being done)


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished reconstruction: its page, and its files."""

    result: Reconstruction
    page: str
    files: list[Path]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to reconstruct.

    Attributes:
        noun: what the object is; empty to find it.
        height_m: of the person, where known.
        device: where networks run.
        folder: where results go, each to a folder of its own.
    """

    noun: str
    height_m: float | None
    device: str
    folder: Path


@cache
def models(device: str) -> Backends:
    """The embedded networks, loaded once."""
    return registry.load({}, device)


def place(seen: Seen, choice: Choice, settings: Settings, watch: Watch) -> Answer:
    """Reconstruct a photo with what the user has chosen.

    Args:
        seen: the photo.
        choice: the person, and where the object is.
        settings: everything else.
        watch: told how far it is.

    Raises:
        ChorusError: there is no result; the message says why.
    """
    category = settings.noun.strip() or None
    box = choice.box_px
    if box is None and choice.thing is not None:
        thing = seen.things[choice.thing]
        category = category or thing.label
        box = tuple(float(x) for x in thing.box_px)
    config = ReconstructConfig(
        category=category,
        person=choice.person,
        object_box=box,  # pyright: ignore[reportArgumentType]
        height_m=settings.height_m,
        device=settings.device,
    )
    if category is not None:
        config = replace(config, prior=prior_file(category, watch))
    order, done = list(STAGES), 0

    def stage(name: str) -> None:
        nonlocal done
        done = max(done, order.index(name) if name in order else 0)  # outlining happens twice
        watch(done / len(order), in_words(name))

    result = reconstruct(seen.photo, config, models(settings.device), watch=stage)
    stage("save")
    folder = Path(tempfile.mkdtemp(dir=settings.folder)) / seen.path.stem
    result.save(folder)
    page = (folder / "report.html").read_text(encoding="utf-8")
    return Answer(result, _framed(page), sorted(p for p in folder.rglob("*") if p.is_file()))


def prior_file(noun: str, watch: Watch) -> Path | None:
    """The file of a noun's prior, built now if it is not there yet; None if it is bundled.

    Raises:
        PriorError: nothing is known of the noun.
        OutputError: the cache cannot be written.
    """

    def begun(kept: first_use.Kept, like: str) -> Callable[[str, int, int], None]:
        about = f", described like a {like}" if like else ""
        watch(0.0, f"building the prior of {noun!r}{about}: one or two minutes")

        def progress(name: str, done: int, total: int) -> None:
            watch(done / total, f"{done} of {total}: {category_names.words(name)}")

        return progress

    return first_use.file_of(noun.replace("/", " "), begun)  # a noun, never a path


def prior_names() -> list[str]:
    """The nouns that have a prior: bundled, and in the cache."""
    names = {category_names.words(name) for name in bundled()}
    return sorted(names | {category_names.words(str(row["category"])) for row in first_use.cached()})


def prior_picture(noun: str, watch: Watch) -> tuple[Image.Image, list[tuple[str, float]]]:
    """A picture of a noun's prior around the body, and its interactions with their shares.

    Raises:
        PriorError: there is none, and none can be built.
    """
    prior = load_prior(prior_file(noun, watch) or category_names.resolve(noun))
    try:
        body = registry.body_of(prior.clusters[0].body_model)
    except MissingBackend:
        body = registry.make("body", "default")
    drawn = picture.draw(prior, body, registry.make("render", "embree"))
    return drawn, [(category_names.words(c.cluster), c.share) for c in prior.clusters]


def _framed(page: str) -> str:
    """A page in a frame that cannot reach the app: its own scripts only."""
    return (
        f'<iframe title="Result" srcdoc="{html.escape(page)}" sandbox="allow-scripts" '
        'style="width:100%;height:1180px;border:0"></iframe>'
    )
