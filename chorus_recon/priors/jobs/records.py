"""The record of a picture of a build: one small row, whether the picture was kept or not."""

from dataclasses import dataclass

from jaxtyping import UInt8
from torch import Tensor

from chorus_recon.types import BodyParams, Camera, Reason, Rigid, Shot

MASK_LEVELS = 8  # levels of a stored soft mask; finer steps are below the error of the mask itself
WEIGHT_STEPS = 64  # weights are multiples of 1/64, so their sums are exact in any order


@dataclass(frozen=True, slots=True)
class PackedMask:
    """A run-length coded soft mask, in row order.

    Each byte is 16 * level + length - 1, with level 0 to `MASK_LEVELS` and length 1 to 16 pixels.
    """

    size_px: tuple[int, int]
    code: UInt8[Tensor, " c"]


def half(size_px: tuple[int, int]) -> tuple[int, int]:
    """The size of the person's mask: half the size of the object's mask, rounded up."""
    return (size_px[0] + 1) // 2, (size_px[1] + 1) // 2


@dataclass(frozen=True, slots=True)
class Seen:
    """What a kept picture shows of a person and their object, at the size of the masks.

    `human` is the binary mask of the person with clothes and hair, at half that size (`half`).
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
class SceneTruth:
    """The rendered scene that a picture shows; the world's y axis is up, its unit the metre.

    Attributes:
        number: of the scene among those of its chunk.
        world_from_body: the person's place, as `Seen.body` has it for the camera.
        world_from_object: the object's place.
        cam_from_world: the camera's place.
        scale: the object's size over the mean size of its shape.
    """

    number: int
    world_from_body: Rigid
    world_from_object: Rigid
    cam_from_world: Rigid
    scale: float


@dataclass(frozen=True, slots=True)
class Record:
    """One picture: kept (`seen`, with a `weight` in (0, 1]) or set aside for a `reason`.

    A kept picture of a rendered scene has the truth of its `scene`.
    """

    shot: Shot
    generator: str
    size_px: tuple[int, int]
    weight: float
    seen: Seen | None
    reason: Reason | None = None
    detail: str = ""
    scene: SceneTruth | None = None

    @property
    def image_id(self) -> str:
        """The picture's name, unique in its build; names sort by index."""
        return f"{self.shot.index:08d}"
