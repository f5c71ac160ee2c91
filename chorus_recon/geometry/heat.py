"""Render a field of probabilities: the highest value along each pixel's ray, in colour."""

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.geometry import grid as grids
from chorus_recon.geometry import transforms
from chorus_recon.geometry.camera import pixel_centers, rays
from chorus_recon.types import Camera, Rigid, VoxelGrid

STEPS = 96  # samples along a ray
_FAINT, _STRONG = torch.tensor([1.0, 0.82, 0.35]), torch.tensor([0.75, 0.06, 0.1])


def strongest(
    values: Float[Tensor, "c x y z"], grid: VoxelGrid, cam_from_grid: Rigid, camera: Camera
) -> Float[Tensor, "c h w"]:
    """The largest value along the ray of each pixel; 0 where it misses the grid or lies behind the camera."""
    directions = rays(camera, pixel_centers(camera.size_px))
    grid_from_cam = transforms.inverse(cam_from_grid)
    low, size = torch.tensor(grid.origin_m), torch.tensor(grid.shape) * grid.voxel_m
    middle = transforms.apply(cam_from_grid, (low + size / 2)[None])[0]
    reach = float(size.norm()) / 2
    near = max(0.05, float(middle[2]) - reach)
    depths = torch.linspace(near, max(near, float(middle[2]) + reach), STEPS)
    along, start = directions.reshape(-1, 3) @ grid_from_cam.rotation.mT, grid_from_cam.translation_m
    entry, exit_ = _within(start, along, low, low + size)
    best = torch.zeros(len(values), len(along))
    for depth in depths.tolist():
        some = ((entry <= depth) & (depth <= exit_)).nonzero()[:, 0]
        found = grids.sample(values, grid, start + depth * along[some]).mT
        best[:, some] = torch.maximum(best[:, some], found)
    return best.clamp(0, 1).reshape(-1, *directions.shape[:2])


def _within(
    start: Float[Tensor, " 3"],
    along: Float[Tensor, "n 3"],
    low: Float[Tensor, " 3"],
    high: Float[Tensor, " 3"],
) -> tuple[Float[Tensor, " n"], Float[Tensor, " n"]]:
    """Where each ray enters and leaves a box, in lengths of `along`; the first is larger where it misses."""
    ways = torch.where(along.abs() < 1e-9, 1e-9, along)
    ends = torch.stack([(low - start) / ways, (high - start) / ways])
    return ends.amin(0).amax(-1), ends.amax(0).amin(-1)


def tint(backdrop: Float[Tensor, "h w 3"], strength: Float[Tensor, "h w"]) -> Float[Tensor, "h w 3"]:
    """Overlay probabilities on a picture: transparent at 0, yellow where low, red at 1."""
    heat = _FAINT + (_STRONG - _FAINT) * strength[..., None]
    alpha = (strength[..., None] / 0.25).clamp(0, 1) * 0.85
    return backdrop * (1 - alpha) + heat * alpha
