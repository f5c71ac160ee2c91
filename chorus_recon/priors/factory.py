"""Make the models and the plan that a build's settings name. Weights are loaded on first use."""

import functools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chorus_recon.backends import registry
from chorus_recon.backends.capabilities import Capability
from chorus_recon.backends.images import view_phrases
from chorus_recon.backends.protocols import KnowsNouns, Segmenter
from chorus_recon.categories.index import categories
from chorus_recon.errors import ConfigError, MissingBackend
from chorus_recon.geometry.grid import PAPER_GRID, with_voxels
from chorus_recon.geometry.warp import FAR_M
from chorus_recon.io import category_names
from chorus_recon.io.images import shown
from chorus_recon.priors.aggregation.aggregate import Mode
from chorus_recon.priors.build import Context, Plan
from chorus_recon.priors.clustering import gather
from chorus_recon.priors.jobs import manifest
from chorus_recon.priors.jobs.collect import MakeObserver, Observer
from chorus_recon.priors.jobs.settings import Settings
from chorus_recon.priors.jobs.storage import Storage
from chorus_recon.priors.prompts import prompts, shots
from chorus_recon.priors.scenes import recorded_build
from chorus_recon.types import Prompt, Shot, VoxelGrid

if TYPE_CHECKING:
    from collections.abc import Sequence

PHRASES: dict[str, tuple[view_phrases.View, ...]] = {
    "body": view_phrases.BODY_VIEWS,
    "paper": view_phrases.VIEWS,
    "none": (view_phrases.View(""),),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The backends as given ("name" or "name:argument"), with paths of this machine.

    `order` holds the names of a folder's photos in the build's order.
    """

    images: str
    segmenter: str = "default"
    human: str = "default"
    order: tuple[str, ...] = ()


def label(choice: str) -> str:
    """A choice as settings store it: a path of this machine is reduced to its last name.

    Settings must not depend on where files are, or shards of two machines would not match.
    """
    name, colon, argument = choice.partition(":")
    place, comma, options = argument.partition(",")
    path = Path(place).expanduser()
    return f"{name}:{shown(path.resolve().name)}{comma}{options}" if colon and path.exists() else choice


def absolute(choice: str) -> str:
    """A choice with its path made absolute, so that it is valid from any working directory."""
    name, _, argument = choice.partition(":")
    place, comma, options = argument.partition(",")
    path = Path(place).expanduser()
    return f"{name}:{path.resolve()}{comma}{options}" if place and path.exists() else choice


def plan(chosen: Settings) -> Plan:
    """A function that gives the shots of a range, with views balanced if the settings say so."""
    return functools.partial(_plan, chosen)


def observer(chosen: Settings, backends: Chosen, device: str = "cpu") -> MakeObserver:
    """A function that makes a worker's models; it can be sent to other processes."""
    located = Chosen(
        images=absolute(backends.images),
        segmenter=absolute(backends.segmenter),
        human=absolute(backends.human),
        order=backends.order,
    )
    return functools.partial(_observer, chosen, located, device)


def check(category: str, backends: Chosen, device: str = "cpu", elsewhere: bool = False) -> None:
    """Check, before the first picture, for errors that would make every picture fail.

    Args:
        category: the noun to detect.
        backends: the models.
        device: where they run.
        elsewhere: workers run on other machines, which may have libraries that this machine lacks.

    Raises:
        MissingBackend: a backend's name is unknown, or its library is missing.
        ConfigError: the source does not know one of its options, or the source or the segmenter does not
            know the category.
    """
    try:
        kind = backends.images.partition(":")[0]
        source = None if _is_fixed(kind) else registry.make("images", backends.images, device)
        registry.find("human", backends.human.partition(":")[0])
        segmenter: Segmenter = registry.make("segmenter", backends.segmenter, device)
    except MissingBackend:
        if elsewhere:
            return
        raise
    if isinstance(source, KnowsNouns) and not source.knows(category):
        raise ConfigError(
            f"The image source '{kind}' has no template for {category_names.words(category)!r}.",
            "It can show the bundled categories and the nouns of `chorus-recon prior list --possible`.",
        )
    if isinstance(segmenter, KnowsNouns) and not segmenter.knows(category):
        noun = category_names.words(category)
        raise ConfigError(
            f"The segmenter '{backends.segmenter}' does not know {noun!r}: every picture would be set aside.",
            "Choose a segmenter for any noun (--backend segmenter=sam3), or with more nouns (detectron2).",
        )


def grid(chosen: Settings, mode: Mode = Mode.ROBUST, longest: int | None = None) -> VoxelGrid:
    """The canonical grid that records are aggregated on.

    Args:
        chosen: names the category. `Mode.ROBUST` uses the category's own grid, if it has one.
        mode: the aggregation method; `Mode.PAPER` uses the published grid.
        longest: voxels along the longest side, if not the default.
    """
    row = categories().get(category_names.key(chosen.category))
    return with_voxels(row.grid if row and mode is Mode.ROBUST else PAPER_GRID, longest)


def context(
    chosen: Settings, mode: Mode = Mode.ROBUST, longest: int | None = None
) -> gather.AggregationContext:
    """The human estimator's body and the `grid`, ready for aggregation."""
    from chorus_recon.priors.observations import observe

    made = registry.load({"human": chosen.human})
    category = categories().get(category_names.key(chosen.category))
    reach_m = None if category and category.far_from_body else FAR_M
    return gather.context(made.body, made.renderer, observe.restore, grid(chosen, mode, longest), reach_m)


def context_of(folder: Storage, chosen: Settings, mode: Mode, longest: int | None = None) -> Context:
    """What counts the records of a build that is in a folder, of pictures or of rendered scenes.

    Raises:
        PriorError: the scenes were made of another description of the noun than this release has.
    """
    if chosen.scenes is None:
        return context(chosen, mode, longest)
    return recorded_build.context(chosen, folder=folder, voxels=longest)


def models(backends: Chosen) -> dict[str, str]:
    """Fingerprints of the models' files, by slot; `label` keeps only their names."""
    slots = {"images": backends.images, "segmenter": backends.segmenter, "human": backends.human}
    found = {}
    for slot, choice in slots.items():
        name, _, argument = choice.partition(":")
        place = argument.partition(",")[0]
        path = Path(place).expanduser()
        if place and path.exists() and not (slot == "images" and _is_fixed(name)):  # photos have a manifest
            found[slot] = manifest.fingerprint(path)
    return found


def photos(source: str, folder: Storage) -> manifest.Manifest | None:
    """The photos of a source in the build's order; None if the source makes its pictures."""
    return manifest.take(folder, registry.make("images", source)) if _is_fixed(source) else None


def write_prompts(writer: str, category: str, count: int, seed: int, device: str = "cpu") -> prompts.Written:
    """Prompts by a writer ("name" or "name:argument"); a local model runs on `device`."""
    return prompts.write(registry.make("language", writer, device), category, count, seed)


def read_prompts(file: Path, category: str) -> tuple[Prompt, ...]:
    """Read the prompts of a file, one per line."""
    return tuple(prompts.read(file, category))


def _is_fixed(source: str) -> bool:
    return Capability.FIXED_PICTURES in registry.capabilities(source)


def _plan(chosen: Settings, start: int, end: int, kept: Counter[int]) -> list[Shot]:
    if chosen.phrases not in PHRASES:
        raise ConfigError(f"There are no phrases {chosen.phrases!r}.", f"Known: {', '.join(PHRASES)}.")
    balance = kept if chosen.balance and kept else None
    views: Sequence[view_phrases.View] = PHRASES[chosen.phrases]
    return shots.plan(chosen.prompts, end - start, chosen.seed, views, start, balance)


def _observer(chosen: Settings, backends: Chosen, device: str) -> Observer:
    from chorus_recon.priors.observations import observe

    made = registry.load({"segmenter": backends.segmenter, "human": backends.human}, device)
    source = registry.make("images", backends.images, device, order=backends.order)
    look = functools.partial(
        observe.observe,
        category=chosen.category,
        segmenter=made.segmenter,
        human=made.human,
        body=made.body,
        config=observe.config(chosen.screening, chosen.camera),
    )
    licences = {**source.licences, **made.segmenter.licences, **made.human.licences}
    return Observer(source, look, licences | {made.body.id: made.body.licence})
