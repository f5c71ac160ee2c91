"""A landmarker that answers with the true landmarks: what `eval --oracle landmarks` feeds to the body fit.

It measures the fit apart from the landmark network.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from chorus_recon.backends import registry
from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.default import DefaultHuman
from chorus_recon.backends.human.joints import fit_joints
from chorus_recon.backends.human.model import FitModel, fit_model, landmarks_of
from chorus_recon.backends.human.start import cam_from_ray
from chorus_recon.backends.human.support import unstretch
from chorus_recon.backends.protocols import HumanEstimator
from chorus_recon.backends.registry import Backends
from chorus_recon.geometry.camera import project
from chorus_recon.geometry.stature import JOINT_NAMES
from chorus_recon.types import Camera, Keypoints


def with_true_landmarks(
    backends: Backends,
    joints_cam: Float[Tensor, "24 3"] | None,
    camera: Camera | None,
    person_alpha: Float[Tensor, "h w"] | None,
) -> Backends:
    """The backends with the default human estimator on true landmarks; unchanged where the truth lacks them.

    Raises:
        MissingBackend: the chosen body cannot be fitted to the embedded one.
    """
    if joints_cam is None or camera is None or person_alpha is None:
        return backends
    human: HumanEstimator = DefaultHuman(landmarker=TrueLandmarks(joints_cam, camera, person_alpha))
    if backends.body.id != human.body.id:
        human = registry.retargeted(human, backends.body)
    return replace(backends, human=human)


@dataclass(frozen=True, slots=True)
class _Found:
    keypoints: Keypoints
    mask: Float[Tensor, "h w"]


class TrueLandmarks:
    """Satisfies the Landmarker protocol: the same true landmarks for every box.

    Landmarks are where the network would put them on the embedded body fitted to the true joints, each moved
    by what the fit leaves at the joint it follows. All count as seen. The metric points are true but for one
    scale, as a network's are: they describe a person of average height.

    Args:
        joints_cam: the 24 true joints in cam, metres.
        camera: the true camera.
        person_alpha: the person's true mask.
        body: the embedded body.
    """

    def __init__(
        self,
        joints_cam: Float[Tensor, "24 3"],
        camera: Camera,
        person_alpha: Float[Tensor, "h w"],
        body: DefaultBody | None = None,
    ) -> None:
        body = body or DefaultBody()
        model = fit_model(body)
        params = fit_joints(body, joints_cam.float())
        points = landmarks_of(model, params)
        points = points + _shift(model, joints_cam.double() - body.pose(params).joints.double())
        height = model.mean_height_m + float(params.shape.double() @ model.height_per_shape_m)
        hips = torch.einsum("n,nd->d", model.pair("hip"), points)
        ray = cam_from_ray(camera, project(camera, hips[None].float())[0].double())[0]
        metres = (points - hips) @ ray * (model.mean_height_m / height)
        self._found = _Found(
            Keypoints(
                names=model.landmark_names,
                points_px=project(camera, points.float())[0],
                visibility=torch.ones(len(points)),
                points_m=unstretch(model.landmark_names, metres[None])[0].float(),
            ),
            person_alpha,
        )

    def detect(
        self, photo_rgb: UInt8[Tensor, "h w 3"], boxes_px: Float[Tensor, "b 4"]
    ) -> Sequence[_Found | None]:
        """The true person for every box: a scene has one."""
        return [self._found] * len(boxes_px)


def _shift(model: FitModel, joints_m: Float[Tensor, "24 3"]) -> Float[Tensor, "n 3"]:
    """The shift of the joint that each landmark follows most."""
    follows = model.landmarks.weights.argmax(-1)
    out = joints_m[follows].clone()
    for row, name in enumerate(model.landmark_names):
        if name in JOINT_NAMES:
            out[row] = joints_m[JOINT_NAMES.index(name)]
    return out
