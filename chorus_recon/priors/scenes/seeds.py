"""Choose typical object poses of a cluster, relative to the joint that predicts them best."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.geometry import transforms
from chorus_recon.types import PlacementSeed, Rigid

# Joints that poses may be relative to, and the typical error (rad) of their estimated rotation. The rotation
# of hands and feet is hardly visible, so large objects are placed better relative to the trunk.
CANDIDATES = {
    "pelvis": 0.12,
    "spine3": 0.15,
    "head": 0.25,
    "left_hand": 0.45,
    "right_hand": 0.45,
    "left_foot": 0.35,
    "right_foot": 0.35,
}
SEEDS = 8


def joint_from_object(
    cam_from_canon: Float[Tensor, "b 4 4"],
    canon_joint: Float[Tensor, " 3"],
    cam_from_object: Rigid,
) -> Rigid:
    """Object poses (batched) in canonical axes, with a joint's canonical position as the origin."""
    turn = cam_from_canon[:, :3, :3].mT
    away = cam_from_object.translation_m - cam_from_canon[:, :3, 3]
    return Rigid(turn @ cam_from_object.rotation, (turn @ away[..., None])[..., 0] - canon_joint)


def choose(
    cam_from_canon: Float[Tensor, "b j 4 4"],
    canon_joints: Float[Tensor, "j 3"],
    joint_names: Sequence[str],
    cam_from_object: Rigid,
    scale: Float[Tensor, " b"],
    corners: Float[Tensor, "k 3"],
    symmetry: str,
) -> tuple[PlacementSeed, ...]:
    """Medoids of the object poses relative to the joint that predicts them best.

    Args:
        cam_from_canon: per-joint transforms of each observed person.
        canon_joints: canonical joint positions.
        joint_names: their names.
        cam_from_object: the object's pose beside each person.
        scale: the object's scale in each scene.
        corners: points of the object (its frame); their mean displacement is the distance of two poses.
        symmetry: the object's rotational symmetry (`transforms.symmetry_rotations`).
    """
    best: tuple[float, str, Rigid, Float[Tensor, "b b"]] | None = None
    for name, wrong_rad in CANDIDATES.items():
        joint = list(joint_names).index(name)
        relative = joint_from_object(cam_from_canon[:, joint], canon_joints[joint], cam_from_object)
        gaps = distances(relative, corners, symmetry)
        lever_m = transforms.apply(relative, corners).norm(dim=-1).mean()
        spread = float(gaps.mean() + wrong_rad * lever_m)
        if best is None or spread < best[0]:
            best = (spread, name, relative, gaps)
    assert best is not None
    _, name, relative, gaps = best
    medoids, owner = k_medoids(gaps, SEEDS)
    share = torch.bincount(owner, minlength=len(medoids)) / len(owner)
    order = torch.argsort(share, descending=True, stable=True)
    return tuple(
        PlacementSeed(
            name,
            Rigid(relative.rotation[medoids[k]], relative.translation_m[medoids[k]]),
            float(scale[medoids[k]]),
            float(share[k]),
        )
        for k in order.tolist()
    )


def distances(poses: Rigid, corners: Float[Tensor, "k 3"], symmetry: str) -> Float[Tensor, "b b"]:
    """Mean displacement of the corners between two poses, in metres, minimised over the symmetry."""
    turns = transforms.symmetry_rotations(symmetry, steps=12)
    placed = transforms.apply(poses, corners)
    gaps = torch.full((len(placed), len(placed)), torch.inf)
    for turn in turns:
        turned = transforms.apply(poses, corners @ turn.mT)
        gaps = torch.minimum(gaps, (placed[:, None] - turned[None]).norm(dim=-1).mean(-1))
    return torch.minimum(gaps, gaps.mT)


def k_medoids(
    gaps: Float[Tensor, "b b"], count: int, sweeps: int = 20
) -> tuple[Int[Tensor, " k"], Int[Tensor, " b"]]:
    """The indices of the medoids, and the medoid of each member; deterministic.

    It starts greedily (each new medoid reduces the total distance most), then alternates assignment and
    update.
    """
    count = min(count, len(gaps))
    nearest = torch.full((len(gaps),), torch.inf)
    chosen: list[int] = []
    for _ in range(count):
        total = torch.minimum(nearest[None], gaps).clamp_max(1e6).sum(1)
        total[chosen] = torch.inf
        chosen.append(int(total.argmin()))
        nearest = torch.minimum(nearest, gaps[chosen[-1]])
    medoids = torch.tensor(chosen)
    for _ in range(sweeps):
        owner = gaps[:, medoids].argmin(1)
        moved = medoids.clone()
        for k in range(count):
            members = torch.where(owner == k)[0]
            if len(members):
                moved[k] = members[gaps[members][:, members].sum(1).argmin()]
        if torch.equal(moved, medoids):
            break
        medoids = moved
    return medoids, gaps[:, medoids].argmin(1)
