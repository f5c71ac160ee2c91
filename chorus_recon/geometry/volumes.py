"""Trilinear sampling of several voxel grids at once, each in its own frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.types import Rigid, VoxelGrid


@dataclass(frozen=True, slots=True)
class Volumes:
    """`g` grids of `c` channels, cropped to their nonzero voxels and concatenated; values outside are 0.

    A point's coordinates in a grid are measured in voxels from the centre of the first voxel. Each grid has
    a margin of one voxel with value 0, so interpolation at its border does not reach the next grid.

    Attributes:
        values: one row per voxel.
        start: first row of each grid.
        corner: row offsets from a voxel to the 8 corners of a cell, z fastest.
        last: the largest coordinates in each grid.
        linear: coordinates are `point @ linear + shift`.
        shift: see `linear`.
    """

    values: Float[Tensor, "v c"]
    start: Int[Tensor, " g"]
    corner: Int[Tensor, "g 8"]
    last: Float[Tensor, "g 3"]
    linear: Float[Tensor, "g 3 3"]
    shift: Float[Tensor, "g 3"]

    def sample(self, which: Int[Tensor, " b"], points: Float[Tensor, "b n 3"]) -> Float[Tensor, "b n"]:
        """Trilinear values of the first channel, differentiable in the points.

        Args:
            which: the grid of each row of points.
            points: in the frame shared by all grids, metres.
        """
        value: Any = _Sample.apply(points, self, which)
        return value

    def mean(self, which: Int[Tensor, " b"], points: Float[Tensor, "b n 3"]) -> Float[Tensor, "b c"]:
        """Trilinear values averaged over the points, without gradients; arguments as for `sample`."""
        with torch.no_grad():
            first, share, _ = _place(self, which, points)
            rows = first[..., None] + self.corner[which][:, None]
            x, y, z = torch.stack([1 - share, share], -1).unbind(-2)
            part = x[..., None, None] * y[..., None, :, None] * z[..., None, None, :]
            total = torch.nn.functional.embedding_bag(
                rows.flatten(1), self.values, per_sample_weights=part.flatten(1), mode="sum"
            )
            return total / points.shape[1]


def stack(grids: Sequence[tuple[Float[Tensor, "c _ _ _"], VoxelGrid, Rigid]]) -> Volumes:
    """Concatenate grids.

    Args:
        grids: for each, its values, the grid and the transform points_from_grid; at least one. All have the
            same number of channels.
    """
    values, start, corner, last, linear, shift = [], [], [], [], [], []
    begun = 0
    for full, grid, frame in grids:
        low, high = _filled(full)
        held = full[:, low[0] : high[0], low[1] : high[1], low[2] : high[2]]
        held = torch.nn.functional.pad(held, (1,) * 6)
        size = held.shape[1:]
        values.append(held.flatten(1).mT)
        start.append(begun)
        begun += size.numel()
        step = torch.tensor([size[1] * size[2], size[2], 1])
        corner.append(torch.cartesian_prod(*[torch.tensor([0, 1])] * 3) @ step)
        last.append(torch.tensor(size) - 1.0)
        linear.append(frame.rotation / grid.voxel_m)
        first = torch.tensor(grid.origin_m) + (torch.tensor(low) - 0.5) * grid.voxel_m  # of the margin
        shift.append(-(frame.translation_m @ frame.rotation + first) / grid.voxel_m)
    return Volumes(
        values=torch.cat(values).contiguous(),
        start=torch.tensor(start),
        corner=torch.stack(corner),
        last=torch.stack(last),
        linear=torch.stack(linear),
        shift=torch.stack(shift),
    )


def _filled(values: Float[Tensor, "c x y z"]) -> tuple[list[int], list[int]]:
    """The bounding box of the nonzero voxels: first indices and one past the last."""
    held = (values != 0).any(0)
    low, high = [], []
    for axis in range(3):
        others = [a for a in range(3) if a != axis]
        hit = torch.nonzero(held.any(others[1]).any(others[0]))[:, 0]
        low.append(int(hit[0]) if len(hit) else 0)
        high.append(int(hit[-1]) + 1 if len(hit) else 1)
    return low, high


def _place(
    volumes: Volumes, which: Int[Tensor, " b"], points: Float[Tensor, "b n 3"]
) -> tuple[Int[Tensor, "b n"], Float[Tensor, "b n 3"], Float[Tensor, "b n 3"]]:
    """For each point: the row of its cell's lowest voxel, its position in the cell, its coordinates."""
    unit = torch.baddbmm(volumes.shift[which][:, None], points, volumes.linear[which])
    last = volumes.last[which][:, None]
    held = unit.clamp_min(0).minimum(last)
    low = held.floor().minimum(last - 1)
    x, y, z = low.long().unbind(-1)
    step = volumes.corner[which]
    first = (x * step[:, 4:5]).add_(y * step[:, 2:3]).add_(z).add_(volumes.start[which][:, None])
    return first, held - low, unit


class _Sample(torch.autograd.Function):
    """Trilinear interpolation that computes the derivative along with the value."""

    @staticmethod
    def forward(ctx, points, volumes, which):
        first, share, unit = _place(volumes, which, points.detach())
        x, y, z = share.unbind(-1)
        where = first + volumes.corner[which].T[..., None]
        values = volumes.values[:, 0].take(where).unflatten(0, (2, 2, 2))
        along_z = values[:, :, 1] - values[:, :, 0]
        at_z = torch.addcmul(values[:, :, 0], along_z, z)
        along_y = at_z[:, 1] - at_z[:, 0]
        at_y = torch.addcmul(at_z[:, 0], along_y, y)
        along_x = at_y[1] - at_y[0]
        if ctx.needs_input_grad[0]:
            along_z = torch.lerp(along_z[:, 0], along_z[:, 1], y)
            slope = torch.stack(
                [along_x, torch.lerp(along_y[0], along_y[1], x), torch.lerp(along_z[0], along_z[1], x)], -1
            )
            last = volumes.last[which][:, None]
            slope *= ((unit > 0) & (unit < last)).all(-1, keepdim=True)  # constant outside
            ctx.save_for_backward(slope @ volumes.linear[which].mT)
        return torch.addcmul(at_y[0], along_x, x)

    @staticmethod
    def backward(ctx, grad):
        (slope,) = ctx.saved_tensors
        return grad[..., None] * slope, None, None
