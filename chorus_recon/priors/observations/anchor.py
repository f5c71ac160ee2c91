"""People as they were estimated in; the same at mean shape, each with a camera of their own, out.

All pictures of a category share one frame, that of the body of mean shape, so the person calibrates the
camera (CHORUS, section 6).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import project
from chorus_recon.priors.observations.calibrate import CalibrateConfig, calibrate
from chorus_recon.types import BodyParams, Camera, Rigid

FITTED_JOINTS = 24  # the published fit's joints: the body's own come first
LEAST_JOINT = 0.1  # weight of a joint that the picture does not show: the pose says something of it


@dataclass(frozen=True, slots=True)
class Person:
    """A body in the camera it was estimated in; `confidence` is how far the picture shows each joint."""

    body: BodyParams
    camera: Camera
    confidence: Float[Tensor, " j"]


@dataclass(frozen=True, slots=True)
class Anchored:
    """A body of mean shape and the camera that shows its joints where the person's were.

    `residual_px` is the weighted RMS over joints, infinite where no camera does; `settled` says whether
    the fit came to rest.
    """

    body: BodyParams
    camera: Camera
    residual_px: float
    settled: bool


def anchor(
    people: Sequence[Person], body: BodyModel, weighed: bool, config: CalibrateConfig | None = None
) -> list[Anchored]:
    """One a person, in order; fitted all at once.

    Args:
        people: as estimated.
        body: theirs.
        weighed: whether joints count as far as the picture shows them, or all alike as published.
        config: bounds and effort of the fit.
    """
    if not people:
        return []
    mean = [
        BodyParams(one.body.model, torch.zeros_like(one.body.shape), one.body.pose, transforms.identity())
        for one in people
    ]
    sure = torch.stack([one.confidence[:FITTED_JOINTS] for one in people]).nan_to_num(0.0)
    made = calibrate(
        torch.stack([body.pose(one).joints[:FITTED_JOINTS] for one in mean]),
        torch.stack([project(one.camera, body.pose(one.body).joints[:FITTED_JOINTS])[0] for one in people]),
        torch.tensor([one.camera.size_px for one in people], dtype=torch.float32),
        torch.stack([one.body.cam_from_body.rotation for one in people]),
        sure.clamp(LEAST_JOINT, 1.0) if weighed else None,
        config,
    )
    out = []
    for n, (one, params) in enumerate(zip(people, mean, strict=True)):
        width, height = one.camera.size_px
        camera = Camera(made.focal_px[n].repeat(2), torch.tensor([width / 2, height / 2]), one.camera.size_px)
        place = Rigid(made.cam_from_body.rotation[n], made.cam_from_body.translation_m[n])
        error = float(made.residual_px[n].nan_to_num(torch.inf))
        out.append(Anchored(replace(params, cam_from_body=place), camera, error, bool(made.converged[n])))
    return out
