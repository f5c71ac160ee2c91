"""Joint trees: pose one like a reference skeleton, and read the pose of a posed body's joints."""

from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Float, Int
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.geometry import transforms, warp
from chorus_recon.types import BodyRig, PosedBody, Rigid


def turns_onto(
    joints_rest: Float[Tensor, "j 3"],
    joints_goal: Float[Tensor, "j 3"],
    bone_end: tuple[int | None, ...],
    parents: tuple[int, ...],
) -> Float[Tensor, "j 3 3"]:
    """The smallest rotation of each joint that aligns its bone (to `bone_end`) with the goal's bone.

    A joint without a bone rotates with its parent.
    """
    turns: list[Tensor] = []
    for joint, (end, parent) in enumerate(zip(bone_end, parents, strict=True)):
        if end is None:
            turns.append(torch.eye(3) if parent < 0 else turns[parent])
        else:
            here, there = joints_rest[end] - joints_rest[joint], joints_goal[end] - joints_goal[joint]
            turns.append(least_turn(here, there))
    return torch.stack(turns)


def chain(
    joints: Float[Tensor, "j 3"], turns: Float[Tensor, "j 3 3"], parents: tuple[int, ...]
) -> Float[Tensor, "j 3"]:
    """Joint positions after rotating every bone by its parent joint's rotation; the root is the origin."""
    placed = [torch.zeros(3)]
    for joint, parent in enumerate(parents[1:], start=1):
        placed.append(placed[parent] + turns[parent] @ (joints[joint] - joints[parent]))
    return torch.stack(placed)


def skin_like(
    vertices: Float[Tensor, "v 3"],
    other_vertices: Float[Tensor, "u 3"],
    other_weights: Float[Tensor, "u j"],
) -> Float[Tensor, "v j"]:
    """Each vertex's weights from the nearest vertex of another mesh in the same pose."""
    _, nearest = KDTree(other_vertices.numpy()).query(vertices.numpy())
    chosen: Int[Tensor, " v"] = torch.from_numpy(nearest)
    return other_weights[chosen]


def local_turns(world: Float[Tensor, "j 3 3"], parents: tuple[int, ...]) -> Float[Tensor, "j 3 3"]:
    """Rotations relative to the parent joint; the root's own is kept."""
    above = torch.tensor([max(0, p) for p in parents])
    out = world[above].mT @ world
    out[0] = world[0]
    return out


def world_turns(local: Float[Tensor, "j 3 3"], parents: tuple[int, ...]) -> Float[Tensor, "j 3 3"]:
    """Rotations of all joints from those relative to the parent joint: undoes `local_turns`."""
    turns: list[Tensor] = []
    for joint, parent in enumerate(parents):
        turns.append(local[joint] if parent < 0 else turns[parent] @ local[joint])
    return torch.stack(turns)


def turn_limb(
    local: Float[Tensor, "j 3 3"],
    world: Float[Tensor, "j 3 3"],
    parents: tuple[int, ...],
    joints: Sequence[int],
    turns: Iterable[Float[Tensor, "3 3"]],
) -> None:
    """Turn the bones of a limb in place.

    Args:
        local: rotations relative to the parent joint, which are changed.
        world: rotations of all joints before.
        parents: of all joints.
        joints: where the bones begin, each hanging on the one before; those without a turn are left.
        turns: of the bones, in the frame of `world`.
    """
    above = world[parents[joints[0]]]
    for joint, turn in zip(joints, turns, strict=False):
        turned = turn @ world[joint]
        local[joint] = above.mT @ turned
        above = turned


def joint_frames(body: PosedBody, rig: BodyRig) -> Float[Tensor, "j 4 4"]:
    """cam_from_joint of each joint: at the joint, turned as from the T-pose to the pose of the body."""
    star = world_turns(warp.star_pose(rig.joint_names), rig.parents)
    return transforms.matrix(Rigid(body.cam_from_canon[:, :3, :3] @ star, body.joints))


def least_turn(source: Float[Tensor, " 3"], goal: Float[Tensor, " 3"]) -> Float[Tensor, "3 3"]:
    """The smallest rotation that aligns one direction with another."""
    a, b = (torch.nn.functional.normalize(v, dim=0) for v in (source, goal))
    axis, cosine = torch.linalg.cross(a, b), float(a @ b)
    if cosine < -0.9999:  # the axis is undefined; bones at rest never point against their goal
        return torch.eye(3)
    x, y, z = axis.tolist()
    cross = torch.tensor([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return torch.eye(3) + cross + cross @ cross / (1.0 + cosine)


def rigid_of(turn: Float[Tensor, "j 3 3"], source: Tensor, goal: Tensor) -> Float[Tensor, "j 4 4"]:
    """Transforms that turn by `turn` and put `source` points on `goal` points."""
    return transforms.matrix(Rigid(turn, goal - (turn @ source[..., None])[..., 0]))
