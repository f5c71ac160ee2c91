"""The person: body parameters, posed bodies, landmarks and estimates."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.types.photos import Camera, Rigid


@dataclass(frozen=True, slots=True)
class PosedBody:
    """A body mesh in the camera's frame.

    `cam_from_canon` [J 4 4] takes canonical space (mean shape, star pose) to cam, with one rigid transform
    per joint, which maps the canonical joint to the person's joint without scaling.
    """

    vertices: Float[Tensor, "v 3"]
    faces: Int[Tensor, "f 3"]
    joints: Float[Tensor, "j 3"]
    cam_from_canon: Float[Tensor, "j 4 4"]


@dataclass(frozen=True, slots=True)
class BodyParams:
    """A person: `pose` holds local joint rotations, with the root's the identity.

    The root's rotation and position are in `cam_from_body`. `mesh` is the person as posed by another
    library, for a body that this package does not pose itself.
    """

    model: str
    shape: Float[Tensor, " s"]
    pose: Float[Tensor, "j 3 3"]
    cam_from_body: Rigid
    mesh: PosedBody | None = None


@dataclass(frozen=True, slots=True)
class Keypoints:
    """2D landmarks with names; `visibility` in [0, 1]; `points_m` metric, hip-centred, cam axes.

    `spread_m` is the root mean square difference between repeated detections; None for a single detection.
    """

    names: tuple[str, ...]
    points_px: Float[Tensor, "k 2"]
    visibility: Float[Tensor, " k"]
    points_m: Float[Tensor, "k 3"] | None = None
    spread_m: Float[Tensor, " k"] | None = None


@dataclass(frozen=True, slots=True)
class HumanEstimate:
    """One person of a photo; every person of a photo shares one camera.

    `residual_px` is the visibility-weighted median landmark reprojection error, and
    `joint_confidence` [J] in [0, 1] says how far the photo supports each joint (0: pose prior only).
    """

    body: BodyParams
    camera: Camera
    keypoints: Keypoints
    box_px: Float[Tensor, " 4"]
    residual_px: float
    joint_confidence: Float[Tensor, " j"]
