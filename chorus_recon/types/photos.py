"""Photos and what is seen in them."""

from dataclasses import dataclass
from pathlib import Path

from jaxtyping import Bool, Float, UInt8
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Photo:
    """An upright sRGB picture.

    Attributes:
        rgb: pixels, row by row from the top left, 0 to 255.
        source: the file, or a word for a picture that came from memory.
        focal_px: the focal length in pixels of `rgb`, from EXIF; None where it is unknown.
        note: what was changed on reading, for people.
        sha256: of the file's bytes (of the pixels for an array), hexadecimal; empty where it is unknown.
        url: where the file was copied from to be read, without secrets; empty for others.
    """

    rgb: UInt8[Tensor, "h w 3"]
    source: Path
    focal_px: float | None = None
    note: str = ""
    sha256: str = ""
    url: str = ""

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return int(self.rgb.shape[1]), int(self.rgb.shape[0])


@dataclass(frozen=True, slots=True)
class Camera:
    """Pinhole intrinsics only; poses are transforms.

    Attributes:
        focal_px: horizontal and vertical focal length, pixels.
        center_px: principal point, pixels from the photo's top-left corner.
        size_px: (width, height) of the photo.
    """

    focal_px: Float[Tensor, " 2"]
    center_px: Float[Tensor, " 2"]
    size_px: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rigid:
    """x_a = rotation @ x_b + translation_m, batched over leading axes."""

    rotation: Float[Tensor, "*b 3 3"]
    translation_m: Float[Tensor, "*b 3"]


@dataclass(frozen=True, slots=True)
class Similarity:
    """x_a = scale * rotation @ x_b + translation_m, batched over leading axes."""

    rotation: Float[Tensor, "*b 3 3"]
    translation_m: Float[Tensor, "*b 3"]
    scale: Float[Tensor, "*b"]


@dataclass(frozen=True, slots=True)
class Mask:
    """One instance's visible pixels.

    Attributes:
        alpha: of each pixel of the photo, [0, 1].
        label: what it is.
        score: how far to believe it, [0, 1].
    """

    alpha: Float[Tensor, "h w"]
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Detection:
    """A labelled box (x0, y0, x1, y1) in photo pixels; `mask` where the detector gives one.

    `height_m` is the standing height of a person, where the user gives it.
    """

    box_px: Float[Tensor, " 4"]
    label: str
    score: float
    mask: Mask | None = None
    height_m: float | None = None


@dataclass(frozen=True, slots=True)
class DepthMap:
    """Output of a depth network: z (cam, metres) of each pixel of a photo, where `valid`.

    `focal_px` is the focal length that the network estimates, None if it estimates none.
    """

    depth_m: Float[Tensor, "h w"]
    valid: Bool[Tensor, "h w"]
    focal_px: float | None = None


@dataclass(frozen=True, slots=True)
class DepthCheck:
    """A depth network's estimates compared with placements, as ratios, so that its scale cancels.

    `shifts` (one per placement): the estimated depth of the object relative to the person's, divided by
    the placed one (1: as placed; None: too few valid pixels). `tolerance` is the |ln shift| that counts as
    agreement. `person_scale` is the estimated size of the person divided by the placed one, None without
    an estimated focal length.
    """

    source: str
    shifts: tuple[float | None, ...]
    tolerance: float
    person_scale: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The photo split in three: object, not object, and unknown.

    Attributes:
        object: the object's visible pixels.
        human: the person's visible pixels.
        known: false where a person may hide the object.
    """

    object: Mask
    human: Mask
    known: Bool[Tensor, "h w"]
