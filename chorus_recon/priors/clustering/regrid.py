"""Carry a counted cluster to another grid."""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.geometry import grid as voxels
from chorus_recon.priors.aggregation import orientation
from chorus_recon.types import OccupancyPrior, VoxelGrid


def on_grid(cluster: OccupancyPrior, grid: VoxelGrid) -> OccupancyPrior:
    """The cluster on another grid; between voxels values are interpolated."""
    if cluster.grid == grid:
        return cluster
    centers = voxels.centers(grid)

    def sampled(values: Float[Tensor, "x y z"]) -> Float[Tensor, "i j k"]:
        return voxels.sample(values.float()[None], cluster.grid, centers)[..., 0]

    def maybe(values: Float[Tensor, "x y z"] | None) -> Float[Tensor, "i j k"] | None:
        return None if values is None else sampled(values)

    axes = cluster.axes
    if axes is not None:
        nearest, inside = voxels.index(cluster.grid, centers)
        last = torch.tensor(cluster.grid.shape) - 1
        x, y, z = torch.minimum(nearest.clamp_min(0), last).unbind(-1)
        axes = replace(
            axes,
            axis=orientation.forwards(axes.axis[x, y, z]),
            strength=axes.strength[x, y, z] * inside,
        )
    return replace(
        cluster,
        grid=grid,
        occupancy=sampled(cluster.occupancy),
        support=sampled(cluster.support),
        evidence=maybe(cluster.evidence),
        low=maybe(cluster.low),
        high=maybe(cluster.high),
        smoothed=maybe(cluster.smoothed),
        axes=axes,
    )
