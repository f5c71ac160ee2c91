"""Positions of skinned points and their Jacobian by joint rotations, translation and shape.

The parameters of a pose are one vector per body, in this order: a rotation vector for every joint
(the root's is relative to a given rotation), the root's translation, and the shape. Rotating joint j
by omega moves a point x below it by omega x (x - joint_j), so the Jacobian is exact and costs little
more than the positions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A joint tree at rest; `joint_modes` [S J 3] is the displacement of the joints per unit of shape.

    `levels` holds (joints, their parents) by depth, root left out; `below` [J J] is 1 where the
    row's joint lies in the column's subtree (itself included).
    """

    joints: Float[Tensor, "j 3"]
    joint_modes: Float[Tensor, "s j 3"]
    levels: tuple[tuple[Int[Tensor, " _n"], Int[Tensor, " _n"]], ...]
    parents: Int[Tensor, " j"]
    below: Float[Tensor, "j j"]

    def double(self) -> "Skeleton":
        """The same in double precision."""
        real = {name: getattr(self, name).double() for name in ("joints", "joint_modes", "below")}
        return replace(self, **real)


@dataclass(frozen=True, slots=True)
class SkinnedPoints:
    """Points skinned to joints: x = sum_j G_j (moment_j - weight_j joint_j) + weight_j t_j.

    A point of a linear-blend skinned mesh has moment_j = weight_j * rest position; a weighted mean
    of such points adds up their moments, so landmarks can be posed without the mesh.
    """

    moments: Float[Tensor, "n j 3"]
    weights: Float[Tensor, "n j"]
    moment_modes: Float[Tensor, "s n j 3"]

    def double(self) -> "SkinnedPoints":
        """The same in double precision."""
        return SkinnedPoints(self.moments.double(), self.weights.double(), self.moment_modes.double())


@dataclass(frozen=True, slots=True)
class Posed:
    """Joints in the target frame: rotations and positions, with `rest` and `axes` for the derivatives."""

    rotations: Float[Tensor, "b j 3 3"]
    joints: Float[Tensor, "b j 3"]
    rest: Float[Tensor, "b j 3"]
    axes: Float[Tensor, "b j 3 3"]


def skeleton(
    joints: Float[Tensor, "j 3"], joint_modes: Float[Tensor, "s j 3"], parents: Sequence[int]
) -> Skeleton:
    """Sort a joint tree (root first, parents before children) by depth."""
    count = len(parents)
    depth = [0] * count
    below = torch.eye(count, dtype=joints.dtype)
    for j in range(1, count):
        depth[j] = depth[parents[j]] + 1
        ancestor = j
        while ancestor > 0:
            ancestor = parents[ancestor]
            below[j, ancestor] = 1.0
    levels = []
    for level in range(1, max(depth) + 1):
        members = [j for j in range(count) if depth[j] == level]
        levels.append((torch.tensor(members), torch.tensor([parents[j] for j in members])))
    up = torch.tensor([max(0, p) for p in parents])
    return Skeleton(joints, joint_modes, tuple(levels), up, below)


def skinned_points(
    weights: Float[Tensor, "n v"],
    vertices: Float[Tensor, "v 3"],
    vertex_modes: Float[Tensor, "s v 3"],
    skin_weights: Float[Tensor, "v j"],
) -> SkinnedPoints:
    """Collapse weighted means of skinned vertices (rows of `weights`) to their joints."""
    return SkinnedPoints(
        torch.einsum("nv,vj,vd->njd", weights, skin_weights, vertices),
        weights @ skin_weights,
        torch.einsum("nv,vj,svd->snjd", weights, skin_weights, vertex_modes),
    )


def exponential(
    rotvec: Float[Tensor, "*b 3"],
) -> tuple[Float[Tensor, "*b 3 3"], Float[Tensor, "*b 3 3"]]:
    """Rotation matrices, and the right Jacobians J with exp(r + dr) = exp(r) exp(J dr)."""
    angle2 = rotvec.square().sum(-1).clamp_min(1e-12)[..., None, None]
    angle = angle2.sqrt()
    x, y, z = rotvec.unbind(-1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).unflatten(-1, (3, 3))
    cross2 = cross @ cross
    eye = torch.eye(3, dtype=rotvec.dtype, device=rotvec.device)
    sine, versine = angle.sin() / angle, (1.0 - angle.cos()) / angle2
    return eye + sine * cross + versine * cross2, eye - versine * cross + (1.0 - sine) / angle2 * cross2


def pose_joints(
    tree: Skeleton,
    root: Float[Tensor, "b 3 3"],
    rotvec: Float[Tensor, "b j 3"],
    translation_m: Float[Tensor, "b 3"],
    shape: Float[Tensor, "b s"],
) -> Posed:
    """Carry joints to the target frame; `root` is turned by exp(rotvec[:, 0]) in its own axes.

    `translation_m` is where the root joint goes.
    """
    local, right = exponential(rotvec)
    rest = tree.joints + torch.einsum("bs,sjd->bjd", shape, tree.joint_modes)
    offset = (rest - rest[:, tree.parents])[..., None]
    rotations, joints = torch.empty_like(local), torch.empty_like(rest)
    rotations[:, 0] = root @ local[:, 0]
    joints[:, 0] = translation_m
    for members, parents in tree.levels:
        above = rotations[:, parents]
        rotations[:, members] = above @ local[:, members]
        joints[:, members] = joints[:, parents] + (above @ offset[:, members])[..., 0]
    return Posed(rotations, joints, rest, rotations @ right)


def place_points(
    posed: Posed, points: SkinnedPoints, shape: Float[Tensor, "b s"]
) -> tuple[Float[Tensor, "b n 3"], Float[Tensor, "b n j 3"]]:
    """Positions in the target frame, and each joint's share of them (they sum to the positions)."""
    n, j = points.weights.shape
    moments = points.moments.reshape(-1) + shape @ points.moment_modes.flatten(1)
    moments = moments.view(-1, n, j, 3) - points.weights[..., None] * posed.rest[:, None]
    shares = torch.einsum("bjcd,bnjd->bnjc", posed.rotations, moments)
    shares = shares + points.weights[..., None] * posed.joints[:, None]
    return shares.sum(2), shares


def points_jacobian(
    tree: Skeleton,
    posed: Posed,
    points: SkinnedPoints,
    shares: Float[Tensor, "b n j 3"],
    rows: Float[Tensor, "b n r 3"],
) -> Float[Tensor, "b n r p"]:
    """Derivatives of rows @ position by all parameters: joints (3 J), translation (3), shape (S)."""
    lever = torch.einsum("bnjd,jk->bnkd", shares, tree.below)
    lever = lever - (points.weights @ tree.below)[..., None] * posed.joints[:, None]
    # row . (axis x lever) = axis . (lever x row)
    turn = torch.linalg.cross(lever[:, :, None], rows[:, :, :, None].expand(-1, -1, -1, lever.shape[2], -1))
    by_joint = torch.einsum("bnrjd,bjdc->bnrjc", turn, posed.axes).flatten(3)
    by_translation = rows * points.weights.sum(-1)[:, None, None]
    return torch.cat([by_joint, by_translation, _by_shape(tree, posed, points, rows)], -1)


def _by_shape(
    tree: Skeleton, posed: Posed, points: SkinnedPoints, rows: Float[Tensor, "b n r 3"]
) -> Float[Tensor, "b n r s"]:
    modes = tree.joint_modes.permute(1, 2, 0)  # [j 3 s]
    bone = modes - modes[tree.parents]
    bone[0] = 0.0
    stretch = posed.rotations[:, tree.parents] @ bone
    joints = torch.einsum("kj,bjds->bkds", tree.below, stretch)
    local = points.moment_modes.permute(1, 2, 3, 0) - points.weights[..., None, None] * modes
    turned = torch.einsum("bjcd,njds->bncs", posed.rotations, local)
    moved = turned + torch.einsum("nj,bjds->bnds", points.weights, joints)
    return rows @ moved
