"""Admit observations to a cluster by the body regions that they must or must not touch."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, UInt8
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.geometry import grid as voxels
from chorus_recon.types import VoxelGrid

REACH_M = 0.13  # CHORUS: a voxel belongs to a region if it is closer than this to any of its vertices


@dataclass(frozen=True, slots=True)
class Gate:
    """A cluster's rule: every `passing` region has a voxel on the object, and no `blocking` region has one.

    A gate tests the picture, not contact: an object in front of or behind a hand touches it too.
    """

    name: str
    passing: tuple[Bool[Tensor, "x y z"], ...]
    blocking: tuple[Bool[Tensor, "x y z"], ...] = ()


def region(
    vertices: Float[Tensor, "v 3"], grid: VoxelGrid, reach_m: float = REACH_M
) -> Bool[Tensor, "x y z"]:
    """Voxels whose centre is closer than `reach_m` to any of the canonical vertices."""
    points = voxels.centers(grid).reshape(-1, 3)
    corners = vertices.detach().cpu()
    box = ((points >= corners.amin(0) - reach_m) & (points <= corners.amax(0) + reach_m)).all(-1)
    found = torch.zeros(len(points), dtype=torch.bool)
    # in float64, a centre exactly at the reach is outside
    tree = KDTree(corners.double().numpy())
    gap = tree.query(points[box].double().numpy(), distance_upper_bound=reach_m)[0]
    found[box] = torch.from_numpy(gap < reach_m)
    return found.reshape(grid.shape).to(vertices.device)


def admits(gate: Gate, hit: UInt8[Tensor, " n"], tallied: Tensor) -> bool:
    """Whether a gate admits a picture.

    Args:
        gate: the rule.
        hit: how far each tallied voxel is on the object in this picture.
        tallied: flat indices of the tallied voxels.
    """
    passing = [_touches(hit, region, tallied) for region in gate.passing]
    blocking = [_touches(hit, region, tallied) for region in gate.blocking]
    return all(passing) and not any(blocking)


def _touches(hit: UInt8[Tensor, " n"], region: Bool[Tensor, "x y z"], tallied: Tensor) -> bool:
    return bool((hit > 0)[region.reshape(-1)[tallied]].any())


def join(regions: Iterable[Bool[Tensor, "x y z"]]) -> Bool[Tensor, "x y z"]:
    """The union of several regions."""
    return torch.stack(list(regions)).any(0)
