"""Find which canonical voxels each picture sees, and which of them are on the object."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry.camera import NEAR_M
from chorus_recon.types import Observation, VoxelGrid

MASK_STEPS = 64  # levels of a soft mask
BATCH = 16  # pictures processed together
_BLOCK = 6144  # voxels at a time, so that intermediate arrays fit the processor's cache


class Mode(StrEnum):
    """The aggregation method: ROBUST as described here, or PAPER as in the published release."""

    ROBUST = "ours"  # files keep this value; the command line says "robust"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Canon:
    """The tallied voxels of canonical space: flat indices, homogeneous centres and skin weights.

    The first `near` voxels have skin weights; the rest are far from the body and follow only the root.
    """

    grid: VoxelGrid
    voxels: Int[Tensor, " n"]
    points: Float[Tensor, "4 n"]
    weights: Float[Tensor, "j m"]

    @property
    def near(self) -> int:
        """The number of voxels with skin weights."""
        return self.weights.shape[1]


@dataclass(frozen=True, slots=True)
class Visibility:
    """Per picture of a batch and tallied voxel: whether it is visible, and its mask level in 64ths."""

    seen: Bool[Tensor, "b n"]
    hit: UInt8[Tensor, "b n"]


def canon_of(
    grid: VoxelGrid, weights: Float[Tensor, "x y z j"], within: Bool[Tensor, "x y z"] | None = None
) -> Canon:
    """Select the voxels to tally: all of a grid, or those in `within`."""
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

    In `Mode.ROBUST` a voxel is visible if it is in the frame, in front of the camera and not behind the
    person's visible surface. `Mode.PAPER` tests the frame only and truncates pixels toward zero.
    """
    # batches are padded to one size, so that a picture's result does not depend on its place in the batch
    full = [*batch, *[batch[-1]] * (BATCH - len(batch))]
    carry = torch.stack([_pixels_from_canon(observation) for observation in full])  # b 3 j 4
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


def mask_levels(observation: Observation, mode: Mode = Mode.ROBUST) -> UInt8[Tensor, "h w"]:
    """The object's mask in 64ths; binary in `Mode.PAPER`."""
    if observation.object.dtype == torch.bool:
        return observation.object.to(torch.uint8) * MASK_STEPS
    if mode is Mode.PAPER:
        return (observation.object > 0.5).to(torch.uint8) * MASK_STEPS
    return (observation.object.clamp(0, 1) * MASK_STEPS).round().to(torch.uint8)


def _pixels_from_canon(observation: Observation) -> Float[Tensor, "3 j 4"]:
    """The product of the camera matrix and each joint's transform: canonical points to homogeneous pixels."""
    pose = observation.cam_from_canon
    focal, center = observation.camera.focal_px.to(pose), observation.camera.center_px.to(pose)
    depth = pose[:, 2]
    return torch.stack(
        [focal[0] * pose[:, 0] + center[0] * depth, focal[1] * pose[:, 1] + center[1] * depth, depth]
    )


@dataclass(frozen=True, slots=True)
class _Pictures:
    """The masks and depths of a batch, concatenated, with the size and the offset of each picture."""

    levels: UInt8[Tensor, " p"]
    depth: Float[Tensor, " q"]  # empty in Mode.PAPER
    width: Int[Tensor, "b 1"]
    height: Int[Tensor, "b 1"]
    start: Int[Tensor, "b 1"]

    @staticmethod
    def of(batch: Sequence[Observation], mode: Mode) -> "_Pictures":
        device = batch[0].cam_from_canon.device
        sizes = torch.tensor([picture.object.shape for picture in batch], dtype=torch.int32)
        area = sizes.prod(1, dtype=torch.int32)
        depth = torch.empty(0) if mode is Mode.PAPER else torch.cat([b.body_depth.reshape(-1) for b in batch])
        return _Pictures(
            levels=torch.cat([mask_levels(picture, mode).reshape(-1) for picture in batch]).to(device),
            depth=depth.to(device),
            width=sizes[:, 1:].to(device),
            height=sizes[:, :1].to(device),
            start=(area.cumsum(0, dtype=torch.int32) - area)[:, None].to(device),
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
