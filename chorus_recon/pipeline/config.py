"""What the user may choose for a photo, and the truth that an evaluation may feed to a stage."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from jaxtyping import Float
from torch import Tensor

from chorus_recon.categories import own
from chorus_recon.categories.own import Own
from chorus_recon.errors import InputError
from chorus_recon.io import category_names
from chorus_recon.io.images import file_sha256
from chorus_recon.types import Camera, ObjectShape, Reconstruction

_DECIDES_NOTHING = ("device",)  # fields of ReconstructConfig that leave the answer as it is
MIN_CONFIDENCE = 0.2


class Shares(StrEnum):
    """How probable the clusters of a prior are before the object is looked at.

    POSED: given the person's pose. PLAIN: as common as among the pictures of the prior.
    """

    POSED = "posed"
    PLAIN = "plain"


class Look(StrEnum):
    """The colours of result meshes: those of the photo, or one colour for people and one for objects."""

    PHOTO = "photo"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class ReconstructConfig:
    """What the user may choose; everything has a default.

    `thing` is what they say of a thing of the category: its shape is made of that, and `prior` is of it.

    `min_confidence` is the least probability of "the person uses this thing" for which the thing is placed,
    where no category is given. `focal_px` (pixels of the photo) or `fov_deg` (horizontal field of view) come
    before what EXIF says. With `everyone`, all people and all things that they use are reconstructed.
    """

    category: str | None = None
    thing: Own | None = None
    prior: Path | None = None
    person: int | None = None
    object_mask: Path | None = None
    human_mask: Path | None = None
    object_box: tuple[float, float, float, float] | None = None
    object_mesh: Path | None = None
    object_units: str | None = None
    object_up: str | None = None
    human_only: bool = False
    everyone: bool = False
    seed: int = 0
    starts: int = 64
    focal_px: float | None = None
    fov_deg: float | None = None
    height_m: float | None = None
    min_confidence: float = MIN_CONFIDENCE
    device: str = "cpu"
    shares: Shares = Shares.POSED
    look: Look = Look.PHOTO


@dataclass(frozen=True, slots=True)
class Oracle:
    """Truth to feed in place of a stage, for measuring the stages apart."""

    object_mask: Float[Tensor, "h w"] | None = None
    human_mask: Float[Tensor, "h w"] | None = None
    camera: Camera | None = None
    object_shape: ObjectShape | None = None


def described(config: ReconstructConfig, backends: Mapping[str, str]) -> dict[str, Any]:
    """What decides a photo's answer, besides the photo and the version, as JSON values.

    Options at their default are left out. A file is its path and the SHA-256 of its content.

    Args:
        config: the choices.
        backends: slot -> "name" or "name:argument", where it was chosen.

    Raises:
        InputError: a file cannot be read. One that is missing has no SHA-256; who reads it will say so.
    """
    found: dict[str, Any] = {}
    for option in fields(ReconstructConfig):
        value = getattr(config, option.name)
        if value == option.default or option.name in _DECIDES_NOTHING:
            continue
        if isinstance(value, Path):
            value = {"path": str(value), "sha256": file_sha256(value) if value.is_file() else None}
        elif isinstance(value, Own):
            mesh = {"mesh_sha256": file_sha256(value.mesh)} if value.mesh and value.mesh.is_file() else {}
            value = own.facts(value) | mesh
        elif option.name == "category":
            value = category_names.resolve(value)
        found[option.name] = list(value) if isinstance(value, tuple) else value
    return found | ({"backends": dict(sorted(backends.items()))} if backends else {})


def named(config: ReconstructConfig) -> ReconstructConfig:
    """The same with the name of the category that its noun means; what the user describes keeps its noun."""
    if config.category is None:
        return config
    name = category_names.resolve(config.category, loosely=config.thing is None)
    return replace(config, category=category_names.words(name))


def chosen_look(reconstruction: Reconstruction, look: str | None = None) -> Look:
    """The look that is asked for, or else the one that was chosen for the photo.

    Raises:
        InputError: there is no such look.
    """
    value = look or reconstruction.options.get("look", Look.PHOTO)
    if value not in list(Look):
        raise InputError(f"There is no look {value!r}.", f"Choose one of {', '.join(Look)}.")
    return Look(value)


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The names of the options in which two descriptions differ; where a file lies makes no difference."""
    return sorted(key for key in {*one, *other} if _content(one.get(key)) != _content(other.get(key)))


def _content(value: Any) -> Any:
    return value.get("sha256", value) if isinstance(value, dict) else value
