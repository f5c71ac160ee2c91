"""A hand-written pose prior, as linear Gaussian rows over the joints' rotation vectors.

Every number here is common knowledge of the body (ranges of motion, how people stand), not a
statistic of any motion-capture set. A pose is the rotation vector of each joint away from the
T-pose (axes x to the person's left, y up, z forward), so with the arm along +x:

- spine, neck, head: +x bends forward, y twists, z bends sideways;
- left hip: -x lifts the thigh forward, +z moves it outward, y twists it; left knee: +x bends;
- left ankle: +x points the foot down; left shoulder: -z lowers the arm, -y swings it forward,
  x twists it; left elbow: -y bends, x turns the forearm; left wrist: -z bends towards the palm.

The right side mirrors the left: (x, y, z) -> (x, -y, -z).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

# Relaxed standing: mean and standard deviation (radians) of each joint's rotation vector. A wide
# deviation leaves the joint to the photo; a narrow one says the joint barely has that freedom.
_NATURAL: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "spine1": ((0.02, 0.0, 0.0), (0.30, 0.20, 0.20)),
    "spine2": ((0.02, 0.0, 0.0), (0.30, 0.20, 0.20)),
    "spine3": ((0.02, 0.0, 0.0), (0.25, 0.20, 0.20)),
    "neck": ((0.05, 0.0, 0.0), (0.25, 0.30, 0.20)),
    "head": ((0.0, 0.0, 0.0), (0.25, 0.30, 0.20)),
    "left_hip": ((-0.05, 0.0, 0.0), (0.80, 0.30, 0.30)),
    "left_knee": ((0.10, 0.0, 0.0), (0.90, 0.05, 0.05)),
    "left_ankle": ((0.0, 0.0, 0.0), (0.25, 0.12, 0.10)),
    "left_foot": ((0.0, 0.0, 0.0), (0.10, 0.02, 0.02)),
    "left_collar": ((0.0, 0.0, 0.0), (0.08, 0.15, 0.15)),
    "left_shoulder": ((0.0, -0.15, -1.15), (0.60, 0.80, 0.80)),
    "left_elbow": ((0.0, -0.35, 0.0), (0.30, 0.90, 0.05)),
    "left_wrist": ((0.0, 0.0, 0.0), (0.30, 0.20, 0.30)),
    "left_hand": ((0.0, 0.0, -0.10), (0.05, 0.05, 0.15)),
}

# Couplings: sum of coefficient * angle = target, within a deviation (radians).
_COUPLED: tuple[tuple[tuple[tuple[str, str, float], ...], float, float], ...] = (
    *(  # the three spine joints share a bend, and so do neck and head
        (((a, axis, 1.0), (b, axis, -1.0)), 0.0, 0.10)
        for a, b in (("spine1", "spine2"), ("spine2", "spine3"), ("neck", "head"))
        for axis in "xyz"
    ),
    ((("left_knee", "x", 1.0), ("left_hip", "x", 0.9)), 0.05, 0.60),  # a lifted thigh: the knee bends
    ((("left_collar", "z", 1.0), ("left_shoulder", "z", -0.15)), 0.17, 0.10),  # a raised arm lifts the collar
    ((("left_collar", "y", 1.0), ("left_shoulder", "y", -0.15)), 0.02, 0.10),
    ((("left_elbow", "x", 1.0), ("left_wrist", "x", -1.0)), 0.0, 0.20),  # forearm shares the hand's turn
)

_MIRROR = torch.tensor([1.0, -1.0, -1.0])


@dataclass(frozen=True, slots=True)
class PosePrior:
    """Rows with (matrix @ rotvec - target) ~ N(0, 1) over the flattened joints [J * 3]; root free."""

    mean: Float[Tensor, "j 3"]
    matrix: Float[Tensor, "r n"]
    target: Float[Tensor, " r"]


def natural_pose(joint_names: Sequence[str]) -> PosePrior:
    """The prior for a body with the 24 SMPL joint names, in that body's order."""
    count = len(joint_names)
    mean, deviation = torch.zeros(count, 3), torch.full((count, 3), torch.inf)
    for side in ("left", "right"):
        for name, (centre, spread) in _NATURAL.items():
            j, flip = joint_names.index(_on(side, name)), _flip(side, name)
            mean[j], deviation[j] = flip * torch.tensor(centre), torch.tensor(spread)
    rows = [torch.diag(1.0 / deviation.reshape(-1))]
    targets = [mean.reshape(-1) / deviation.reshape(-1)]
    for side in ("left", "right"):
        for terms, target, spread in _COUPLED:
            if side == "right" and not terms[0][0].startswith("left"):
                continue
            row = torch.zeros(count, 3)
            for name, axis, coefficient in terms:
                column = "xyz".index(axis)
                row[joint_names.index(_on(side, name)), column] = coefficient * _flip(side, name)[column]
            rows.append(row.reshape(1, -1) / spread)
            targets.append(torch.tensor([target / spread]))
    matrix, target = torch.cat(rows), torch.cat(targets)
    kept = matrix.abs().sum(1) > 0
    return PosePrior(mean, matrix[kept], target[kept])


def _on(side: str, name: str) -> str:
    return name.replace("left", side)


def _flip(side: str, name: str) -> Float[Tensor, " 3"]:
    return _MIRROR if side == "right" and name.startswith("left") else torch.ones(3)
