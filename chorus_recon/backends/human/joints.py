"""Fits the embedded body to known 3D joints, by Levenberg-Marquardt.

Joints fix a pose but for the twist of the limbs' ends and of the head, and a shape but for its build: there
the pose prior and the mean shape decide.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.body.default import DefaultBody
from chorus_recon.backends.human import terms
from chorus_recon.backends.human.model import FitModel, fit_model
from chorus_recon.backends.human.solver import minimise
from chorus_recon.geometry.kinematics import (
    SkinnedPoints,
    exponential,
    place_points,
    points_jacobian,
    pose_joints,
    skinned_points,
)
from chorus_recon.geometry.rotations.fit import registration
from chorus_recon.types import BodyParams, Rigid

_SPREADS_M = (0.1, 0.03, 0.01, 0.003)  # of a joint: loose first, so that limbs find their way
_STEPS = 25  # at each of these
_LIMIT_RAD = 0.05  # softness of the joint limits
_MAX_STEP = 0.5  # of one step, radians, metres or units of shape
_TORSO = ("pelvis", "left_hip", "right_hip", "spine3", "neck", "left_shoulder", "right_shoulder")


def fit_joints(body: DefaultBody, joints_cam: Float[Tensor, "24 3"]) -> BodyParams:
    """The body whose joints are nearest to those given.

    Args:
        body: the embedded body.
        joints_cam: its 24 joints, in its order, in cam, metres.
    """
    model = fit_model(body)
    target = joints_cam.double()[None]
    root = _root(model, target)
    count = 3 * model.joint_count
    parameters = model.mean.clone()[None]
    parameters[:, count : count + 3] = target[:, 0]
    joints = _joint_points(body)
    limit = torch.full_like(model.mean, _MAX_STEP)
    for spread in _SPREADS_M:
        energy = _Energy(model, joints, root, target, spread)
        parameters, _ = minimise(energy, parameters, _STEPS, limit)
    rotvec, translation, shape, _ = model.split(parameters)
    local = exponential(rotvec)[0]
    turned = root @ local[:, 0]
    local[:, 0] = torch.eye(3).to(local)
    return BodyParams(
        body.id, shape[0].float(), local[0].float(), Rigid(turned[0].float(), translation[0].float())
    )


@dataclass(frozen=True, slots=True)
class _Energy:
    """The cost of parameters: distance of the joints, pose prior, joint limits, shape prior."""

    model: FitModel
    joints: SkinnedPoints
    root: Float[Tensor, "b 3 3"]
    target: Float[Tensor, "b j 3"]
    spread_m: float

    def __call__(
        self, parameters: Float[Tensor, "b p"]
    ) -> tuple[Float[Tensor, " b"], Float[Tensor, "b p p"], Float[Tensor, "b p"]]:
        model = self.model
        rotvec, translation, shape, _ = model.split(parameters)
        posed = pose_joints(model.tree, self.root, rotvec, translation, shape)
        points, shares = place_points(posed, self.joints, shape)
        eye = torch.eye(3, dtype=points.dtype).expand(*points.shape[:2], 3, 3)
        moved = points_jacobian(model.tree, posed, self.joints, shares, eye)
        moved = torch.nn.functional.pad(moved, (0, 1)) / self.spread_m  # the last parameter moves no joint
        value = (points - self.target) / self.spread_m
        total = terms.reduce(terms.Residuals(value, moved, torch.ones_like(value[..., 0])), 1e3)
        total += terms.linear(parameters, model.rows, model.target)
        total += terms.limits(parameters, model.low, model.high, _LIMIT_RAD)
        return total.cost, total.curvature, total.gradient


def _joint_points(body: DefaultBody) -> SkinnedPoints:
    """The joints as points, each riding on itself."""
    own = torch.eye(len(body.joint_names))
    return skinned_points(own, body.joints_rest, body.joint_shapedirs, own).double()


def _root(model: FitModel, target: Float[Tensor, "b j 3"]) -> Float[Tensor, "b 3 3"]:
    """The rotation that turns the resting torso to the target's."""
    rows = [model.joint_names.index(name) for name in _TORSO]
    rest = model.tree.joints[rows].expand(len(target), -1, -1)
    return registration(rest, target[:, rows]).rotation
