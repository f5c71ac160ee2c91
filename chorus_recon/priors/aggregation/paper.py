"""Carry a prior to a posed body as the published release does (CHORUS, section 8.5).

It reproduces the published numbers. The matching aggregation method is `visibility.Mode.PAPER`.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry import warp
from chorus_recon.types import VoxelGrid


def carry(
    values: Float[Tensor, "x y z"],
    grid: VoxelGrid,
    posed_vertices: Float[Tensor, "v 3"],
    skin_weights: Float[Tensor, "v j"],
    posed_from_canon: Float[Tensor, "j 4 4"],
) -> Float[Tensor, "x y z"]:
    """Sample canonical values on the same grid around a posed body: backward warp, nearest voxel.

    It is slow because every posed body needs its own weight field; the pipeline uses `warp.carry`. The
    index is truncated toward zero, so one layer of voxels beyond the grid's low sides counts as inside.

    Args:
        values: values on the canonical grid.
        grid: the canonical grid and the grid of the result.
        posed_vertices: the body in the posed frame.
        skin_weights: skin weights of its vertices.
        posed_from_canon: one transform per joint.
    """
    weights = warp.weight_field(posed_vertices, skin_weights, grid)
    joints = posed_from_canon.shape[0]
    blended = (weights @ posed_from_canon.to(weights).reshape(joints, 16)).unflatten(-1, (4, 4))
    points = voxels.centers(grid).to(weights)
    local = torch.linalg.solve(blended[..., :3, :3], (points - blended[..., :3, 3])[..., None])[..., 0]
    index = torch.trunc((local - torch.tensor(grid.origin_m).to(local)) / grid.voxel_m).long()
    inside = ((index >= 0) & (index < torch.tensor(grid.shape, device=index.device))).all(-1)
    x, y, z = index.masked_fill(~inside[..., None], 0).unbind(-1)
    return torch.where(inside, values[x, y, z], 0.0)
