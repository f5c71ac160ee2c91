"""Errors of a person's joints, trunk, head, stature and girth against 3D truth.

Joints are the 24 of `geometry.stature.JOINT_NAMES`, in the camera's frame (x right, y down, z forward),
in metres. Position errors are measured after both skeletons are centred on the mean of their limb joints,
so that an error of the camera or of the distance does not count.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.evaluation.metrics import procrustes
from chorus_recon.evaluation.truth import Mesh
from chorus_recon.geometry import transforms
from chorus_recon.geometry.rotations.angles import angle_deg
from chorus_recon.geometry.stature import JOINT_NAMES

_SIDES = ("left", "right")
LIMB_JOINTS = tuple(
    JOINT_NAMES.index(f"{side}_{joint}")
    for joint in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
    for side in _SIDES
)
_HIPS, _SHOULDERS, _WRISTS = (
    tuple(JOINT_NAMES.index(f"{side}_{joint}") for side in _SIDES) for joint in ("hip", "shoulder", "wrist")
)
_NECK, _HEAD = JOINT_NAMES.index("neck"), JOINT_NAMES.index("head")


@dataclass(frozen=True, slots=True)
class JointErrors:
    """How far a skeleton is from the true one.

    `mpjpe_cm` is the mean distance over the twelve limb joints, `pa_mpjpe_cm` the same after a similarity
    (Procrustes) alignment, `wrist_cm` the mean over both wrists. `trunk_deg` is the angle between the two
    directions from the hips' middle to the shoulders' middle, `head_deg` that from neck to head.
    `lean_deg` is the signed part of the trunk's error towards the camera (positive: too far forward).
    """

    mpjpe_cm: float
    pa_mpjpe_cm: float
    wrist_cm: float
    trunk_deg: float
    head_deg: float
    lean_deg: float


def joint_errors(predicted_m: Float[Tensor, "24 3"], true_m: Float[Tensor, "24 3"]) -> JointErrors:
    """Errors of one person's joints; both skeletons in cam, metres."""
    limbs = list(LIMB_JOINTS)
    mine, true = predicted_m.double(), true_m.double()
    mine, true = mine - mine[limbs].mean(0), true - true[limbs].mean(0)
    gap = (mine - true).norm(dim=-1)
    aligned = transforms.apply(procrustes(mine[limbs], true[limbs]), mine[limbs])
    trunks = [joints[list(_SHOULDERS)].mean(0) - joints[list(_HIPS)].mean(0) for joints in (mine, true)]
    heads = [joints[_HEAD] - joints[_NECK] for joints in (mine, true)]
    return JointErrors(
        mpjpe_cm=100 * float(gap[limbs].mean()),
        pa_mpjpe_cm=100 * float((aligned - true[limbs]).norm(dim=-1).mean()),
        wrist_cm=100 * float(gap[list(_WRISTS)].mean()),
        trunk_deg=angle_deg(*trunks),
        head_deg=angle_deg(*heads),
        lean_deg=_lean_deg(trunks[0]) - _lean_deg(trunks[1]),
    )


def girth(mesh: Mesh, height_m: float) -> float:
    """Volume of a closed mesh over the cube of the person's height: how stout a body is, without a unit."""
    corners = mesh.vertices.double()[mesh.faces]
    volume = (corners[:, 0] * torch.linalg.cross(corners[:, 1], corners[:, 2])).sum() / 6
    return float(volume.abs()) / height_m**3


def _lean_deg(trunk: Float[Tensor, " 3"]) -> float:
    """Angle of the trunk from the picture plane towards the camera."""
    return float(torch.rad2deg(torch.atan2(-trunk[2], trunk[:2].norm())))
