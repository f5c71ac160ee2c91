"""What the user may choose for a photo, and the truth that an evaluation may feed to a stage."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from jaxtyping import Float
from torch import Tensor

from chorus_recon.types import Camera, ObjectShape

MIN_CONFIDENCE = 0.2


class Shares(StrEnum):
    """How probable the clusters of a prior are before the object is looked at.

    POSED: given the person's pose. PLAIN: as common as among the pictures of the prior.
    """

    POSED = "posed"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class ReconstructConfig:
    """What the user may choose; everything has a default.

    `min_confidence` is the least probability of "the person uses this thing" for which the thing is placed,
    where no category is given. With `everyone`, all people and all things that they use are reconstructed.
    """

    category: str | None = None
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
    height_m: float | None = None
    min_confidence: float = MIN_CONFIDENCE
    device: str = "cpu"
    shares: Shares = Shares.POSED


@dataclass(frozen=True, slots=True)
class Oracle:
    """Truth to feed in place of a stage, for measuring the stages apart."""

    object_mask: Float[Tensor, "h w"] | None = None
    human_mask: Float[Tensor, "h w"] | None = None
    camera: Camera | None = None
    object_shape: ObjectShape | None = None
