"""What is kept of each picture of a build: one small row, whatever became of it."""

from dataclasses import dataclass

from jaxtyping import UInt8
from torch import Tensor

from chorus_recon.types import BodyParams, Camera, Reason, Shot

MASK_LEVELS = 8  # of a kept mask's edge; between them lies less than a mask's own error
WEIGHT_STEPS = 64  # weights are multiples of 1/64: their sums are exact, so any order gives the same bits


@dataclass(frozen=True, slots=True)
class PackedMask:
    """A run-length coded soft mask, in row order.

    A byte is 16 times a level (0 to `MASK_LEVELS`) and how many pixels have it, less one.
    """

    size_px: tuple[int, int]
    code: UInt8[Tensor, " c"]


def half(size_px: tuple[int, int]) -> tuple[int, int]:
    """The size of the person's mask beside an object's."""
    return (size_px[0] + 1) // 2, (size_px[1] + 1) // 2


@dataclass(frozen=True, slots=True)
class Seen:
    """What a kept picture shows of a person and their object, at the masks' size.

    `human` is the person with clothes and hair, all or nothing, at half that size.
    `camera` belongs to the masks (small), not to the full picture. `residual_px` is the calibration's
    RMS in the camera's pixels; scores are in [0, 1]; `truncation` is the share of the body's joints
    outside the frame.
    """

    body: BodyParams
    camera: Camera
    object: PackedMask
    human: PackedMask
    object_score: float
    person_score: float
    keypoint_score: float
    residual_px: float
    truncation: float


@dataclass(frozen=True, slots=True)
class Record:
    """One picture: kept (`seen`, with a `weight` in (0, 1]) or set aside (`reason`)."""

    shot: Shot
    generator: str
    size_px: tuple[int, int]
    weight: float
    seen: Seen | None
    reason: Reason | None = None
    detail: str = ""

    @property
    def image_id(self) -> str:
        """Unique in its build, sorts by index."""
        return f"{self.shot.index:08d}"
