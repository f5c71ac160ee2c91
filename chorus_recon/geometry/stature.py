"""Standing height of a person in any pose."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.geometry.warp import star_pose
from chorus_recon.types import JOINT_NAMES, PosedBody

_SPINE = ("pelvis", "spine1", "spine2", "spine3", "neck", "head")
_LEG = ("pelvis", "left_hip", "left_knee", "left_ankle")
_HEAD_M = 0.35  # distance from the head joint within which the crown is looked for
_FOOT_M = 0.22  # distance from the ankle within which the sole is looked for


def stature_m(body: PosedBody) -> float:
    """Height from crown to sole in the T-pose, from the posed mesh with its bones rotated back upright.

    Accurate to about a centimetre, because skin near a joint follows more than one bone.
    """
    upright = _upright_from_cam(body)
    spine = sum(_rise(body, upright, a, b) for a, b in pairwise(_SPINE))
    leg = sum(_rise(body, upright, a, b) for a, b in pairwise(_LEG))
    crown = _heights_near(body, upright, "head", _HEAD_M).max()
    sole = _heights_near(body, upright, "left_ankle", _FOOT_M).min()
    return float(spine + crown - leg - sole)


def _upright_from_cam(body: PosedBody) -> Float[Tensor, "j 3 3"]:
    """For each joint, the rotation from its orientation in cam back to the T-pose."""
    star = star_pose(JOINT_NAMES)
    legs = {"left": star[JOINT_NAMES.index("left_hip")], "right": star[JOINT_NAMES.index("right_hip")]}
    canon_from_upright = torch.eye(3).repeat(len(JOINT_NAMES), 1, 1)
    for number, name in enumerate(JOINT_NAMES):
        side, _, part = name.partition("_")
        if part in ("hip", "knee", "ankle", "foot"):
            canon_from_upright[number] = legs[side]
    return (body.cam_from_canon[:, :3, :3] @ canon_from_upright).mT


def _rise(body: PosedBody, upright: Float[Tensor, "j 3 3"], lower: str, upper: str) -> float:
    a, b = JOINT_NAMES.index(lower), JOINT_NAMES.index(upper)
    return float((upright[a] @ (body.joints[b] - body.joints[a]))[1])


def _heights_near(
    body: PosedBody, upright: Float[Tensor, "j 3 3"], joint: str, reach_m: float
) -> Float[Tensor, " n"]:
    number = JOINT_NAMES.index(joint)
    offset = body.vertices - body.joints[number]
    return (offset[offset.norm(dim=-1) < reach_m] @ upright[number].mT)[:, 1]
