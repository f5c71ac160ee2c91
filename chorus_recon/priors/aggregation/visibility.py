"""Find which canonical voxels each picture sees, and which of those it sees on the object."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry.camera import NEAR_M
from chorus_recon.types import Observation, VoxelGrid

MASK_STEPS = 64  # a soft mask's levels
BATCH = 16  # pictures looked at together
_BLOCK = 6144  # voxels at a time, so that what is between stays in the processor's cache


class Mode(StrEnum):
    """How pictures are counted: OURS as written here, PAPER as the published release does."""

    ROBUST = "ours"  # files keep this value; the command line says "robust"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Canon:
    """The tallied voxels of canonical space: flat indices, homogeneous centres and skin weights.

    The first `near` follow several joints; the rest are far from the body and follow the root alone.
    """

    grid: VoxelGrid
    voxels: Int[Tensor, " n"]
    points: Float[Tensor, "4 n"]
    weights: Float[Tensor, "j m"]

    @property
    def near(self) -> int:
        """How many voxels do not follow the root alone."""
        return self.weights.shape[1]


@dataclass(frozen=True, slots=True)
class Visibility:
    """A batch's view of the tallied voxels: seen at all, and how far on the object (in 64ths)."""

    seen: Bool[Tensor, "b n"]
    hit: UInt8[Tensor, "b n"]


def canon_of(
    grid: VoxelGrid, weights: Float[Tensor, "x y z j"], within: Bool[Tensor, "x y z"] | None = None
) -> Canon:
    """Lay out the voxels to tally: all of a grid, or those `within`."""
    flat = weights.reshape(-1, weights.shape[-1])
    chosen = torch.ones(len(flat), dtype=torch.bool) if within is None else within.reshape(-1)
    chosen = chosen.to(flat.device)
    far = flat[:, 0] == 1.0
    near = torch.nonzero(chosen & ~far)[:, 0]
    index = torch.cat([near, torch.nonzero(chosen & far)[:, 0]])
    points = voxels.centers(grid).reshape(-1, 3).to(flat)[index]
    homogeneous = torch.cat([points, torch.ones_like(points[:, :1])], -1).mT.contiguous()
    return Canon(grid, index, homogeneous, flat[near].mT.contiguous())


def look(batch: Sequence[Observation], canon: Canon, mode: Mode = Mode.ROBUST) -> Visibility:
    """Project every tallied voxel into up to `BATCH` pictures.

    Ours: seen is in frame, in front of the camera and not behind the person's front. The published
    release asks for the frame alone, truncates pixels toward zero and has no test of depth.
    """
    # a batch is always filled up: products of one shape give the same bits wherever a picture stands
    full = [*batch, *[batch[-1]] * (BATCH - len(batch))]
    carry = torch.stack([_pixels_from_canon(one) for one in full])  # b 3 j 4
    table = _Pictures.of(full, mode)
    seen = torch.empty(BATCH, canon.points.shape[1], dtype=torch.bool, device=carry.device)
    hit = torch.empty_like(seen, dtype=torch.uint8)
    near = carry.flatten(2).flatten(0, 1)  # (b 3) (j 4)
    root = carry[:, :, 0].flatten(0, 1)
    size = _BLOCK if carry.device.type == "cpu" else 1 << 18
    for start in range(0, canon.near, size):
        part = slice(start, min(start + size, canon.near))
        spread = (canon.weights[:, None, part] * canon.points[:, part]).flatten(0, 1)
        seen[:, part], hit[:, part] = table.look(near @ spread, canon.grid.voxel_m, mode)
    for start in range(canon.near, seen.shape[1], size):
        part = slice(start, min(start + size, seen.shape[1]))
        seen[:, part], hit[:, part] = table.look(root @ canon.points[:, part], canon.grid.voxel_m, mode)
    return Visibility(seen[: len(batch)], hit[: len(batch)])


def mask_levels(one: Observation, mode: Mode = Mode.ROBUST) -> UInt8[Tensor, "h w"]:
    """The object's mask in 64ths; the release knows only all or nothing."""
    if one.object.dtype == torch.bool:
        return one.object.to(torch.uint8) * MASK_STEPS
    if mode is Mode.PAPER:
        return (one.object > 0.5).to(torch.uint8) * MASK_STEPS
    return (one.object.clamp(0, 1) * MASK_STEPS).round().to(torch.uint8)


def _pixels_from_canon(one: Observation) -> Float[Tensor, "3 j 4"]:
    """Homogeneous pixels of each joint's carried points: the camera folded into the transforms."""
    place = one.cam_from_canon
    focal, center = one.camera.focal_px.to(place), one.camera.center_px.to(place)
    depth = place[:, 2]
    return torch.stack(
        [focal[0] * place[:, 0] + center[0] * depth, focal[1] * place[:, 1] + center[1] * depth, depth]
    )


@dataclass(frozen=True, slots=True)
class _Pictures:
    """A batch's masks and depths laid end to end, with each one's size and start."""

    levels: UInt8[Tensor, " p"]
    depth: Float[Tensor, " q"]  # none where it is not needed
    width: Int[Tensor, "b 1"]
    height: Int[Tensor, "b 1"]
    start: Int[Tensor, "b 1"]

    @staticmethod
    def of(batch: Sequence[Observation], mode: Mode) -> "_Pictures":
        device = batch[0].cam_from_canon.device
        sizes = torch.tensor([one.object.shape for one in batch], dtype=torch.int32)
        area = sizes.prod(1, dtype=torch.int32)
        depth = torch.empty(0) if mode is Mode.PAPER else torch.cat([b.body_depth.reshape(-1) for b in batch])
        return _Pictures(
            torch.cat([mask_levels(one, mode).reshape(-1) for one in batch]).to(device),
            depth.to(device),
            sizes[:, 1:].to(device),
            sizes[:, :1].to(device),
            (area.cumsum(0, dtype=torch.int32) - area)[:, None].to(device),
        )

    def look(
        self, pixels: Float[Tensor, "b3 n"], slack_m: float, mode: Mode
    ) -> tuple[Bool[Tensor, "b n"], UInt8[Tensor, "b n"]]:
        u, v, z = pixels.unflatten(0, (-1, 3)).unbind(1)
        inverse = z.reciprocal()
        u, v = u * inverse, v * inverse
        if mode is Mode.PAPER:
            seen = (u > -1) & (v > -1)  # truncation puts (-1, 0) into pixel 0
        else:
            seen = (u >= 0) & (v >= 0) & (z > NEAR_M)
        seen &= (u < self.width) & (v < self.height)
        where = (v.to(torch.int32) * self.width + u.to(torch.int32) + self.start).mul_(seen).reshape(-1)
        if mode is Mode.ROBUST:
            seen &= z <= self.depth.index_select(0, where).reshape(seen.shape) + slack_m
        return seen, self.levels.index_select(0, where).reshape(seen.shape) * seen
