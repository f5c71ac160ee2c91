"""Voxel grids: centres, lookup by floor, trilinear sampling with gradients."""

import math

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.ndimage import distance_transform_edt
from torch import Tensor

from chorus_recon.types import VoxelGrid

PAPER_GRID = VoxelGrid((-1.5, -1.5, -1.5), 3.0 / 48, (48, 48, 48))  # CHORUS: 48^3 over 3 m


def cube(side_m: float, count: int) -> VoxelGrid:
    """A cubic grid of `count`^3 voxels centred at the origin."""
    half = side_m / 2
    return VoxelGrid((-half, -half, -half), side_m / count, (count, count, count))


def with_voxels(grid: VoxelGrid, longest: int | None) -> VoxelGrid:
    """The same region at another resolution: `longest` voxels along its longest side (None: unchanged)."""
    if longest is None:
        return grid
    voxel = max(grid.shape) * grid.voxel_m / longest
    x, y, z = (math.ceil(n * grid.voxel_m / voxel - 1e-6) for n in grid.shape)
    left, low, back = (
        start + (before * grid.voxel_m - after * voxel) / 2
        for start, before, after in zip(grid.origin_m, grid.shape, (x, y, z), strict=True)
    )
    return VoxelGrid((left, low, back), voxel, (x, y, z))


def centers(grid: VoxelGrid) -> Float[Tensor, "x y z 3"]:
    """Voxel centres in metres."""
    axes = [
        torch.arange(n, dtype=torch.float64) * grid.voxel_m + grid.voxel_m / 2 + o
        for n, o in zip(grid.shape, grid.origin_m, strict=True)
    ]
    return torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).float()


def index(grid: VoxelGrid, points_m: Float[Tensor, "*b 3"]) -> tuple[Int[Tensor, "*b 3"], Bool[Tensor, "*b"]]:
    """Integer voxel of each point (floor) and whether it lies inside the grid."""
    origin = torch.tensor(grid.origin_m).to(points_m)
    voxel = torch.floor((points_m - origin) / grid.voxel_m).long()
    inside = ((voxel >= 0) & (voxel < torch.tensor(grid.shape).to(voxel))).all(-1)
    return voxel, inside


def near(grid: VoxelGrid, points_m: Float[Tensor, "n 3"], reach_m: float) -> Bool[Tensor, "x y z"]:
    """Voxels within `reach_m` of any of the points, accurate to half a voxel's diagonal."""
    voxel, inside = index(grid, points_m.detach().cpu())
    away = np.ones(grid.shape, dtype=bool)
    away[tuple(voxel[inside].T.numpy())] = False
    if away.all():
        return torch.zeros(grid.shape, dtype=torch.bool)
    steps = np.asarray(distance_transform_edt(away))
    return torch.from_numpy(steps * grid.voxel_m <= reach_m)


def sample(
    values: Float[Tensor, "c x y z"], grid: VoxelGrid, points_m: Float[Tensor, "*b 3"]
) -> Float[Tensor, "*b c"]:
    """Trilinear values at points (zero outside the grid), differentiable in the points."""
    origin = torch.tensor(grid.origin_m).to(points_m)
    size = torch.tensor(grid.shape).to(points_m) * grid.voxel_m
    unit = (points_m - origin) / size * 2 - 1
    flat = unit.reshape(1, -1, 1, 1, 3).flip(-1)  # grid_sample wants (z, y, x) order
    out = torch.nn.functional.grid_sample(values[None], flat, align_corners=False, padding_mode="zeros")
    return out[0, :, :, 0, 0].mT.reshape(*points_m.shape[:-1], values.shape[0])
