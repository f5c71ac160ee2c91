"""Admit observations to a cluster by the body regions that they must or must not touch."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, UInt8
from scipy.spatial import KDTree
from torch import Tensor

from chorus_recon.geometry import grid as voxels
from chorus_recon.types import VoxelGrid

REACH_M = 0.13  # CHORUS: a voxel belongs to a region within this of any of its vertices


@dataclass(frozen=True, slots=True)
class Gate:
    """A cluster's rule: every `passing` region has a voxel on the object, no `blocking` region has one.

    It tests rays, not contact: what is before or behind a hand in the picture touches it too.
    """

    name: str
    passing: tuple[Bool[Tensor, "x y z"], ...]
    blocking: tuple[Bool[Tensor, "x y z"], ...] = ()


def region(
    vertices: Float[Tensor, "v 3"], grid: VoxelGrid, reach_m: float = REACH_M
) -> Bool[Tensor, "x y z"]:
    """Voxels whose centre lies within `reach_m` of any of some canonical vertices."""
    points = voxels.centers(grid).reshape(-1, 3)
    held = vertices.detach().cpu()
    box = ((points >= held.amin(0) - reach_m) & (points <= held.amax(0) + reach_m)).all(-1)
    found = torch.zeros(len(points), dtype=torch.bool)
    # float64 as given: a centre exactly at the reach is outside
    gap = KDTree(held.double().numpy()).query(points[box].double().numpy(), distance_upper_bound=reach_m)[0]
    found[box] = torch.from_numpy(gap < reach_m)
    return found.reshape(grid.shape).to(vertices.device)


def admits(gate: Gate, hit: UInt8[Tensor, " n"], tallied: Tensor) -> bool:
    """Whether one picture's hits of the tallied voxels (their flat indices) pass a gate."""
    touched = lambda regions: [bool((hit > 0)[one.reshape(-1)[tallied]].any()) for one in regions]  # noqa: E731
    return all(touched(gate.passing)) and not any(touched(gate.blocking))


def join(regions: Iterable[Bool[Tensor, "x y z"]]) -> Bool[Tensor, "x y z"]:
    """The voxels of any of some regions."""
    return torch.stack(list(regions)).any(0)
