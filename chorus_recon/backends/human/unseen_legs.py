"""Legs that a photo does not show: they stand or sit, upright, below a trunk that may lean.

A fit to landmarks leaves them as the network dreamt them up: in line with a trunk that leans over a table,
so that the person dives into it, or half bent, so that nothing carries the person. Where neither is so, the
network's guess is kept, which is the better one: on rendered scenes joints were then 8.97 cm off, and 9.07
with all unseen legs made straight (median of 52).
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from chorus_recon.backends.protocols import BodyModel
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import BodyParams
from chorus_recon.types.people import GUESSED_BELOW

_TRAILS = -0.3  # horizontal part of the mean thigh, backwards, from which legs trail behind the person
_SITS = 0.5  # the same, forwards, from which somebody sits
_SITS_RAD, _LIES_RAD = 0.7, 2.1  # angles of the more raised thigh from the vertical: sits, lies
_UPRIGHT = 0.5  # horizontal share of where the trunk faces, below which the person lies
_BACK_RAD = 0.35  # how far hips bend backwards
_BENT_RAD = 1.5  # of hips and knees that sit
_UP = (0.0, -1.0, 0.0)  # of a level camera
_SIDES = ("left", "right")


def with_unseen_legs_upright(
    params: BodyParams, model: BodyModel, confidence: Float[Tensor, " j"]
) -> BodyParams:
    """The body with upright legs where no knee or ankle is seen and the fitted ones trail or are half bent.

    Legs that trail behind the person stand, half-bent ones sit. Upright is meant for a level camera: photos
    lean by some degrees, which is less than legs are guessed by.

    Args:
        params: the body, in cam.
        model: the body model.
        confidence: how far each joint is seen, 0 to 1.
    """
    hips, knees, ankles, feet = (_rows(model.joint_names, part) for part in ("hip", "knee", "ankle", "foot"))
    if bool((confidence[knees + ankles] >= GUESSED_BELOW).any()):
        return params
    up = torch.tensor(_UP)
    trunk = params.cam_from_body.rotation @ params.pose[0]  # columns: to the left, up, forwards
    facing = trunk[:, 2] - (trunk[:, 2] @ up) * up
    if float(facing.norm()) < _UPRIGHT:
        return params
    facing = normalize(facing, dim=0)
    joints = model.pose(params).joints
    thighs = normalize(joints[knees] - joints[hips], dim=-1)
    raised, ahead = float((thighs @ -up).clamp(-1, 1).acos().max()), float(thighs.mean(0) @ facing)
    if ahead < _TRAILS:
        lean = math.atan2(float(trunk[:, 1] @ facing), float(trunk[:, 1] @ up))  # forwards
        upper, lower = min(lean + _BACK_RAD, 0.0), 0.0  # legs follow a trunk that leans far back
    elif ahead > _SITS and _SITS_RAD < raised < _LIES_RAD:
        upper, lower = -_BENT_RAD, _BENT_RAD
    else:
        return params
    pose = params.pose.clone()
    level = torch.stack([torch.linalg.cross(up, facing), up, facing], 1)
    pose[hips] = trunk.mT @ level @ _about_left(upper)
    pose[knees] = _about_left(lower)
    pose[ankles + feet] = torch.eye(3)
    return replace(params, pose=pose)


def _about_left(angle_rad: float) -> Float[Tensor, "3 3"]:
    """The turn of a leg about the body's left: backwards if positive."""
    return convert.from_vector(torch.tensor([angle_rad, 0.0, 0.0]))


def _rows(names: Sequence[str], part: str) -> list[int]:
    return [names.index(f"{side}_{part}") for side in _SIDES]
