"""Estimate the object's axis at each canonical voxel from the long axes of masks.

The long axis of a mask and the camera's centre span a plane that contains the object's axis. Each picture
adds the normal of this plane to every voxel it hits. The axis of a voxel is the direction most orthogonal to
its normals.
"""

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from chorus_recon.priors.aggregation.visibility import MASK_STEPS, Canon
from chorus_recon.types import AxisField, Observation, OccupancyTally

STEPS = 4096  # steps per unit of the tensors; integer sums are exact
BELIEF = 8.0  # number of elongated hits at which the strength is halved
MIN_PIXELS = 12.0  # smaller masks have no axis
_UPPER = (0, 0, 0, 1, 1, 2), (0, 1, 2, 1, 2, 2)  # xx xy xz yy yz zz


def add(
    axes: Int[Tensor, "6 n"],
    observation: Observation,
    levels: UInt8[Tensor, "h w"],
    hit: UInt8[Tensor, " n"],
    canon: Canon,
) -> None:
    """Add one picture's normals to the tensors of the voxels that it hits, in place.

    Args:
        axes: the sums of normal tensors (xx, xy, xz, yy, yz, zz) of the tallied voxels.
        observation: the picture.
        levels: its object mask in 64ths.
        hit: how far each tallied voxel is on the object, in 64ths.
        canon: the tallied voxels.
    """
    direction, elongation = long_axis(levels)
    if elongation == 0.0:
        return
    voxels = torch.nonzero(hit)[:, 0]
    near = voxels[voxels < canon.near]
    blend = canon.weights.index_select(1, near).mT @ observation.cam_from_canon[:, :3].flatten(1)
    root = observation.cam_from_canon[:1, :3].flatten(1).expand(len(voxels) - len(near), -1)
    cam_from_voxel = torch.cat([blend, root]).unflatten(1, (3, 4))
    rays = (cam_from_voxel @ canon.points.index_select(1, voxels).mT[..., None])[..., 0]
    focal_px = observation.camera.focal_px.to(direction)
    along = torch.cat([direction / focal_px, direction.new_zeros(1)]).to(rays)
    normals = torch.linalg.cross(rays, along.expand_as(rays))
    normals = torch.nn.functional.normalize((cam_from_voxel[..., :3].mT @ normals[..., None])[..., 0], dim=-1)
    strength = observation.weight * elongation * hit[voxels].float() / MASK_STEPS
    tensor = normals[:, _UPPER[0]] * normals[:, _UPPER[1]] * strength[:, None] * STEPS
    axes.index_add_(1, voxels, tensor.round().to(axes.dtype).mT.contiguous())


def long_axis(levels: UInt8[Tensor, "h w"]) -> tuple[Float[Tensor, " 2"], float]:
    """The unit direction (u, v) of a mask's long axis, and its elongation: 0 round, 1 a line.

    The elongation is 0 for masks that the frame cuts, because their axis is unknown.
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
    """The axis and its strength in [0, 1] at every voxel, from the sums of normal tensors.

    The axis is the eigenvector of the smallest eigenvalue. The strength is high where many pictures from all
    around agree.
    """
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
    """Orient lines so that z is positive; if z is 0, y; if both are 0, x."""
    x, y, z = axis.unbind(-1)
    back = (z < 0) | ((z == 0) & ((y < 0) | ((y == 0) & (x < 0))))
    return torch.where(back[..., None], -axis, axis)
