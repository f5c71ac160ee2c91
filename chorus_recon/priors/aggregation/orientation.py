"""Estimate the object's axis at each canonical voxel from the long axes of masks.

An outline's long axis and the camera span a plane that holds the object's own axis. Each picture adds
the plane's normal at every voxel it hits; the axis is the direction that all the normals avoid.
"""

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from chorus_recon.priors.aggregation.visibility import MASK_STEPS, Canon
from chorus_recon.types import AxisField, Observation, OccupancyTally

STEPS = 4096  # of a unit of the tensor, so that sums are exact
BELIEF = 8.0  # pictures' worth of elongated hits at which half the strength is believed
MIN_PIXELS = 12.0  # a smaller mask has no axis
_UPPER = (0, 0, 0, 1, 1, 2), (0, 1, 2, 1, 2, 2)  # xx xy xz yy yz zz


def add(
    axes: Int[Tensor, "6 n"],
    one: Observation,
    levels: UInt8[Tensor, "h w"],
    hit: UInt8[Tensor, " n"],
    canon: Canon,
) -> None:
    """Add one picture's normals to the tensors of the voxels that it hits, in place."""
    direction, elongation = long_axis(levels)
    if elongation == 0.0:
        return
    voxels = torch.nonzero(hit)[:, 0]
    near = voxels[voxels < canon.near]
    blend = canon.weights.index_select(1, near).mT @ one.cam_from_canon[:, :3].flatten(1)
    root = one.cam_from_canon[:1, :3].flatten(1).expand(len(voxels) - len(near), -1)
    cam_from_voxel = torch.cat([blend, root]).unflatten(1, (3, 4))
    rays = (cam_from_voxel @ canon.points.index_select(1, voxels).mT[..., None])[..., 0]
    along = torch.cat([direction / one.camera.focal_px.to(direction), direction.new_zeros(1)]).to(rays)
    normals = torch.linalg.cross(rays, along.expand_as(rays))
    normals = torch.nn.functional.normalize((cam_from_voxel[..., :3].mT @ normals[..., None])[..., 0], dim=-1)
    strength = one.weight * elongation * hit[voxels].float() / MASK_STEPS
    tensor = normals[:, _UPPER[0]] * normals[:, _UPPER[1]] * strength[:, None] * STEPS
    axes.index_add_(1, voxels, tensor.round().to(axes.dtype).mT.contiguous())


def long_axis(levels: UInt8[Tensor, "h w"]) -> tuple[Float[Tensor, " 2"], float]:
    """Unit (u, v) of a mask's long axis and how elongated it is: 0 round, 1 a line.

    A mask that the frame cuts has no known axis: 0.
    """
    height, width = levels.shape
    mask = levels.double() / MASK_STEPS
    rows, columns = mask.sum(1), mask.sum(0)
    cut = rows[0] + rows[-1] + columns[0] + columns[-1]
    mass = rows.sum()
    if mass < MIN_PIXELS or cut > 0:
        return torch.zeros(2, device=levels.device), 0.0
    x = torch.arange(width, dtype=torch.float64, device=levels.device)
    y = torch.arange(height, dtype=torch.float64, device=levels.device)
    x, y = x - (columns @ x) / mass, y - (rows @ y) / mass
    across = (y @ mask) @ x
    spread = torch.stack([columns @ x.square(), across, across, rows @ y.square()]).reshape(2, 2) / mass
    values, vectors = torch.linalg.eigh(spread)
    return vectors[:, 1].float(), float(1 - (values[0].clamp_min(0) / values[1]).sqrt())


def finish(total: OccupancyTally) -> AxisField:
    """The direction that every picture's normal avoids, and how clearly: 1 is from all around, agreed."""
    tensors = total.axes.double() / STEPS
    known = torch.nonzero(tensors[[0, 3, 5]].sum(0) > 0)[:, 0]
    full = torch.zeros(len(known), 3, 3, dtype=torch.float64, device=tensors.device)
    for number, (row, column) in enumerate(zip(*_UPPER, strict=True)):
        full[:, row, column] = full[:, column, row] = tensors[number, known]
    values, vectors = torch.linalg.eigh(full)
    trace = values.sum(-1)
    hits = total.hits[:, known].sum(0).double() / 4096
    clear = 2 * (values[:, 1] - values[:, 0]).clamp_min(0) / trace
    sure = trace / (trace + BELIEF) * (trace / hits.clamp_min(1e-9)).clamp_max(1)
    x, y, z = total.grid.shape
    axis = torch.zeros(x * y * z, 3, device=tensors.device)
    axis[:, 2] = 1.0
    strength = torch.zeros(x * y * z, device=tensors.device)
    axis[total.voxels[known]] = forwards(vectors[..., 0]).float()
    strength[total.voxels[known]] = (clear * sure).clamp(0, 1).float()
    return AxisField(axis.reshape(x, y, z, 3), strength.reshape(x, y, z))


def forwards(axis: Float[Tensor, "*b 3"]) -> Float[Tensor, "*b 3"]:
    """The one of a line's two directions whose z, then y, then x is positive."""
    x, y, z = axis.unbind(-1)
    back = (z < 0) | ((z == 0) & ((y < 0) | ((y == 0) & (x < 0))))
    return torch.where(back[..., None], -axis, axis)
