"""Choose where the pictures of `prior build --source auto` come from, by what is on this machine."""

import importlib.util
from dataclasses import dataclass
from typing import Any

from chorus_recon.backends.capabilities import SCENES

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Choice:
    """A source, and why: a sentence that also says how to get the other one."""

    source: str
    why: str


def choose(category: str, options: dict[str, Any], described: bool) -> Choice:
    """Diffusion pictures if a model, a segmenter for the noun and a GPU are at hand, else rendered scenes.

    Bundled categories and things that the user describes are rendered: their tables and options apply to
    rendered scenes only.

    Args:
        category: the noun.
        options: those of the command: the model and the backends chosen.
        described: whether the user describes the thing.
    """
    from chorus_recon.categories.index import categories
    from chorus_recon.io import category_names

    if described:
        return Choice(SCENES, "the options describe the thing.")
    if options["model"]:
        return Choice("diffusers", "--model names a text-to-image model.")
    if category_names.key(category) in categories():
        return Choice(SCENES, "it has its own interactions. For pictures: --source diffusers.")
    lacking = [what for what, there in _needs(category, options).items() if not there]
    if not lacking:
        return Choice("diffusers", "a model, a segmenter and a GPU are here. For scenes: --source rendered.")
    return Choice(SCENES, f"diffusion pictures need {' and '.join(lacking)} (see --source diffusers).")


def _needs(category: str, options: dict[str, Any]) -> dict[str, bool]:
    """What diffusion pictures of a noun need -> whether it is there."""
    import torch

    from chorus_recon.backends import hub_models
    from chorus_recon.backends.images.presets import DEFAULT, PRESETS

    library = importlib.util.find_spec("diffusers") is not None
    model = library and hub_models.is_cached(PRESETS[DEFAULT].repo)
    return {
        "a GPU": torch.cuda.is_available(),
        "a text-to-image model on this machine": model,
        "a segmenter that knows the noun": _segments(category, options["backends"]),
    }


def _segments(category: str, backends: tuple[str, ...]) -> bool:
    """Whether the chosen segmenter, or the default one, knows the noun."""
    from chorus_recon.backends.segment.coco import canonical

    if any(choice.startswith("segmenter=") for choice in backends):
        return True
    return canonical(category) is not None
