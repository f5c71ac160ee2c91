"""A build's settings in, the models and the plan that they name out; weights are read when first used."""

import functools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chorus_recon.backends import registry
from chorus_recon.backends.images.photos import PhotoFolder
from chorus_recon.errors import ConfigError
from chorus_recon.geometry.grid import PAPER_GRID, with_voxels
from chorus_recon.geometry.warp import FAR_M
from chorus_recon.io import categories
from chorus_recon.priors import gather, prompts, shots
from chorus_recon.priors.build import Plan
from chorus_recon.priors.categories import CATEGORIES, ROOMY
from chorus_recon.priors.collect import Eyes, MakeEyes
from chorus_recon.priors.settings import Settings
from chorus_recon.types import Prompt, Shot

if TYPE_CHECKING:
    from collections.abc import Sequence

PHRASES: dict[str, tuple[prompts.View, ...]] = {
    "body": prompts.BODY_VIEWS,
    "paper": prompts.VIEWS,
    "none": (prompts.View(""),),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The backends as given ("name" or "name:argument"), with where their files lie on this machine."""

    images: str
    segmenter: str = "default"
    human: str = "default"


def label(choice: str) -> str:
    """A choice as settings keep it: a folder or file of this machine by its name alone.

    What was built must not depend on where things lay, or shards of two machines would not match.
    """
    name, colon, argument = choice.partition(":")
    place, comma, options = argument.partition(",")
    path = Path(place).expanduser()
    return f"{name}:{path.resolve().name}{comma}{options}" if colon and path.exists() else choice


def plan(chosen: Settings) -> Plan:
    """The shots of any range, with views balanced where the settings say so."""
    return functools.partial(_plan, chosen)


def eyes(chosen: Settings, backends: Chosen, device: str = "cpu") -> MakeEyes:
    """What makes a worker's models, wherever it is called."""
    return functools.partial(_eyes, chosen, backends, device)


def room(chosen: Settings, longest: int | None = None) -> gather.Lab:
    """The body and canonical space that the records are counted in.

    Args:
        chosen: names the category, whose own grid it is, and who poses people.
        longest: voxels along the longest side, where the category's own are not wanted.
    """
    from chorus_recon.priors import observe

    models = registry.load({"human": chosen.human})
    key = categories.key(chosen.category)
    row, reach_m = CATEGORIES.get(key), None if key in ROOMY else FAR_M
    grid = with_voxels(row.grid if row else PAPER_GRID, longest)
    return gather.lab(models.body, models.renderer, observe.restore, grid, reach_m)


def how_many(source: str) -> int | None:
    """How many pictures the source has, where it has an end."""
    name, _, argument = source.partition(":")
    return PhotoFolder(argument).count if name == "photos" else None


def write_prompts(writer: str, category: str, count: int, seed: int) -> tuple[Prompt, ...]:
    """Prompts by a writer ("name" or "name:argument")."""
    return prompts.write(registry.make("language", writer), category, count, seed).prompts


def read_prompts(file: Path, category: str) -> tuple[Prompt, ...]:
    """Prompts of a file, one a line."""
    return tuple(prompts.read(file, category))


def _plan(chosen: Settings, start: int, end: int, kept: Counter[int]) -> list[Shot]:
    if chosen.phrases not in PHRASES:
        raise ConfigError(f"There are no phrases {chosen.phrases!r}.", f"Known: {', '.join(PHRASES)}.")
    balance = kept if chosen.balance and kept else None
    views: Sequence[prompts.View] = PHRASES[chosen.phrases]
    return shots.plan(chosen.prompts, end - start, chosen.seed, views, start, balance)


def _eyes(chosen: Settings, backends: Chosen, device: str) -> Eyes:
    from chorus_recon.priors import observe

    models = registry.load({"segmenter": backends.segmenter, "human": backends.human}, device)
    source = registry.make("images", backends.images, device)
    look = functools.partial(
        observe.observe,
        category=chosen.category,
        segmenter=models.segmenter,
        human=models.human,
        body=models.body,
        config=observe.config(chosen.screening, chosen.camera),
    )
    licences = {**source.licences, **models.segmenter.licences, **models.human.licences}
    return Eyes(source, look, licences | {models.body.id: models.body.licence})
