"""Replace estimated bodies by bodies of mean shape, and fit a camera to each person.

All pictures of a category share the frame of the body of mean shape, so the person calibrates the camera
(CHORUS, section 6).
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

FITTED_JOINTS = 24  # joints of the published fit: the first joints of the body
LEAST_JOINT = 0.1  # least weight of a joint: the pose is some evidence for joints that are not visible


@dataclass(frozen=True, slots=True)
class Person:
    """A body in the camera it was estimated in, and the `confidence` in [0, 1] of each joint."""

    body: BodyParams
    camera: Camera
    confidence: Float[Tensor, " j"]


@dataclass(frozen=True, slots=True)
class Anchored:
    """A body of mean shape, and the camera in which its joints project to the person's joints.

    `residual_px` is the weighted RMS over joints, infinite if no camera was found. `converged` says whether
    the fit converged.
    """

    body: BodyParams
    camera: Camera
    residual_px: float
    converged: bool


def anchor(
    people: Sequence[Person], body: BodyModel, weighed: bool, config: CalibrateConfig | None = None
) -> list[Anchored]:
    """Fit the cameras of all people at once; one result per person, in order.

    Args:
        people: the estimated people.
        body: the body model of their parameters.
        weighed: whether joints are weighted by their confidence; if False, equally as published.
        config: bounds and effort of the fit.
    """
    if not people:
        return []
    mean = [
        BodyParams(
            person.body.model, torch.zeros_like(person.body.shape), person.body.pose, transforms.identity()
        )
        for person in people
    ]
    confidence = torch.stack([person.confidence[:FITTED_JOINTS] for person in people]).nan_to_num(0.0)
    made = calibrate(
        torch.stack([body.pose(params).joints[:FITTED_JOINTS] for params in mean]),
        torch.stack(
            [project(person.camera, body.pose(person.body).joints[:FITTED_JOINTS])[0] for person in people]
        ),
        torch.tensor([person.camera.size_px for person in people], dtype=torch.float32),
        torch.stack([person.body.cam_from_body.rotation for person in people]),
        confidence.clamp(LEAST_JOINT, 1.0) if weighed else None,
        config,
    )
    out = []
    for n, (person, params) in enumerate(zip(people, mean, strict=True)):
        width, height = person.camera.size_px
        camera = Camera(
            made.focal_px[n].repeat(2), torch.tensor([width / 2, height / 2]), person.camera.size_px
        )
        cam_from_body = Rigid(made.cam_from_body.rotation[n], made.cam_from_body.translation_m[n])
        out.append(
            Anchored(
                body=replace(params, cam_from_body=cam_from_body),
                camera=camera,
                residual_px=float(made.residual_px[n].nan_to_num(torch.inf)),
                converged=bool(made.converged[n]),
            )
        )
    return out
