"""Observations of a category in, view-balanced canonical occupancy out: counting, nothing more.

A voxel of canonical space is carried to each observed person; it is a hit where it lands on the
object. What the frame or the person hides counts neither for nor against it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.geometry import camera as cameras
from chorus_recon.geometry import grid as voxels
from chorus_recon.types import Camera, OccupancyTally, VoxelGrid

AZIMUTH_BINS = 12  # CHORUS: 30 degrees each


@dataclass(frozen=True, slots=True)
class Observation:
    """One picture of one person with the object's visible pixels.

    `cam_from_canon` carries canonical space to this picture, one transform a joint; `body_depth` is
    z of the person's front (+inf where not hit).
    """

    camera: Camera
    cam_from_canon: Float[Tensor, "j 4 4"]
    object: Bool[Tensor, "h w"]
    body_depth: Float[Tensor, "h w"]


def azimuth_rad(cam_from_canon: Float[Tensor, "j 4 4"]) -> float:
    """Where around the person the camera stands: atan2(z, x) of its centre in the body frame, [0, 2 pi)."""
    root = cam_from_canon[0]
    center = -root[:3, :3].mT @ root[:3, 3]
    return float(torch.atan2(center[2], center[0])) % (2 * math.pi)


def empty(grid: VoxelGrid) -> OccupancyTally:
    """The tally of no observations."""
    zeros = torch.zeros(AZIMUTH_BINS, *grid.shape)
    return OccupancyTally(grid, zeros, zeros.clone(), torch.zeros(AZIMUTH_BINS, dtype=torch.int64))


def tally(
    observations: Iterable[Observation], grid: VoxelGrid, weights: Float[Tensor, "x y z j"]
) -> OccupancyTally:
    """Count hits and views per azimuth bin; one observation is held at a time.

    Args:
        observations: any number of pictures.
        grid: canonical voxels.
        weights: their skin weights (`warp.weight_field` of the canonical body).
    """
    points = voxels.centers(grid).reshape(-1, 3)
    spread = _spread(points, weights.reshape(len(points), -1))
    total = empty(grid)
    hits, views, count = total.hits.flatten(1), total.views.flatten(1), total.count
    for one in observations:
        which = min(int(azimuth_rad(one.cam_from_canon) / (2 * math.pi) * AZIMUTH_BINS), AZIMUTH_BINS - 1)
        points_cam = spread @ one.cam_from_canon[:, :3].mT.reshape(-1, 3)
        seen, hit = _look(one, points_cam, grid.voxel_m)
        views[which] += seen
        hits[which] += hit
        count[which] += 1
    return OccupancyTally(grid, hits.reshape(-1, *grid.shape), views.reshape(-1, *grid.shape), count)


def finish(total: OccupancyTally) -> tuple[Float[Tensor, "x y z"], Float[Tensor, "x y z"]]:
    """Occupancy and support, both in [0, 1], every non-empty azimuth bin counting the same.

    Occupancy is the share of views of a voxel that hit the object; support is the share of all
    observations that saw the voxel. A voxel never seen has occupancy 0.
    """
    bins = total.count > 0
    balance = torch.where(bins, 1.0 / total.count.clamp_min(1), 0.0)
    hits = torch.einsum("a,axyz->xyz", balance, total.hits)
    views = torch.einsum("a,axyz->xyz", balance, total.views)
    occupancy = torch.where(views > 0, hits / views.clamp_min(1e-7), 0.0)
    return occupancy.clamp(0, 1), (views / max(1, int(bins.sum()))).clamp(0, 1)


def _spread(points: Float[Tensor, "n 3"], weights: Float[Tensor, "n j"]) -> Float[Tensor, "n k"]:
    """Each joint's share of each point, so that `warp.forward` is one matrix product a picture."""
    homogeneous = torch.cat([points, torch.ones_like(points[:, :1])], -1)
    return (weights[:, :, None] * homogeneous[:, None]).flatten(1)


def _look(
    one: Observation, points_cam: Float[Tensor, "n 3"], slack_m: float
) -> tuple[Float[Tensor, " n"], Float[Tensor, " n"]]:
    """Seen (in frame, in front of the camera, not behind the person) and seen on the object."""
    pixels, valid = cameras.project(one.camera, points_cam)
    height, width = one.object.shape
    cell = torch.floor(pixels)
    valid &= (cell[:, 0] >= 0) & (cell[:, 0] < width) & (cell[:, 1] >= 0) & (cell[:, 1] < height)
    where = (cell[:, 1] * width + cell[:, 0]).clamp(0, height * width - 1).long()
    hidden = points_cam[:, 2] > one.body_depth.reshape(-1)[where] + slack_m
    seen = valid & ~hidden
    return seen.float(), (seen & one.object.reshape(-1)[where]).float()
