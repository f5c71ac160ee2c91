"""What only the published release does, kept to reproduce its numbers (CHORUS, section 8.5).

Its counting is `visibility.Mode.PAPER`; here is how it carries a prior to a posed body.
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
    """Canonical values seen from the same grid around a posed body: backward, to the nearest voxel.

    Every posed body needs a weight field of its own, which is what makes it slow; `warp.carry` is
    what the pipeline uses. The index is truncated toward zero, so that one layer of voxels beyond
    the grid's low sides counts as inside.

    Args:
        values: on the canonical grid.
        grid: both grids.
        posed_vertices: the body in the posed frame.
        skin_weights: of its vertices.
        posed_from_canon: one transform a joint.
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
