"""A human estimator that answers with the true body: what `eval --oracle human` feeds to the pipeline."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends import registry
from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human.joints import fit_joints
from chorus_recon.backends.protocols import HumanEstimator
from chorus_recon.backends.registry import Backends
from chorus_recon.geometry.camera import project
from chorus_recon.types import Camera, Detection, HumanEstimate, Keypoints, Mask, Photo, Rejected

# Landmarks that the choice of the object looks at, and the joint each is put on.
_LANDMARKS = {
    f"{side}_{landmark}": f"{side}_{joint}"
    for side in ("left", "right")
    for landmark, joint in (("wrist", "wrist"), ("hip", "hip"), ("foot_index", "foot"))
}


def with_true_human(backends: Backends, joints_cam: Float[Tensor, "24 3"] | None) -> Backends:
    """The backends with the true body in place of the human estimator; unchanged without true joints.

    Raises:
        MissingBackend: the chosen body cannot be fitted to the embedded one.
    """
    if joints_cam is None:
        return backends
    human: HumanEstimator = TrueHuman(joints_cam)
    if backends.body.id != human.body.id:
        human = registry.retargeted(human, backends.body)
    return replace(backends, human=human)


class TrueHuman:
    """Satisfies the HumanEstimator protocol: every person is the embedded body fitted to the true joints.

    Args:
        joints_cam: the 24 true joints in cam, metres.
        body: the embedded body.
    """

    name = "true joints"

    def __init__(self, joints_cam: Float[Tensor, "24 3"], body: DefaultBody | None = None) -> None:
        self.body = body or DefaultBody()
        self.licences = {self.body.id: self.body.licence}
        self._joints_cam = joints_cam.float()
        self._params = fit_joints(self.body, self._joints_cam)

    def estimate(
        self,
        photo: Photo,
        people: Sequence[Detection],
        masks: Sequence[Mask | None],
        camera: Camera,
    ) -> list[HumanEstimate | Rejected]:
        """The true person for every box: a scene has one."""
        rows = [self.body.joint_names.index(joint) for joint in _LANDMARKS.values()]
        points = self._joints_cam[rows]
        keypoints = Keypoints(tuple(_LANDMARKS), project(camera, points)[0], torch.ones(len(rows)))
        sure = torch.ones(len(self.body.joint_names))
        return [HumanEstimate(self._params, camera, keypoints, person.box_px, 0.0, sure) for person in people]
