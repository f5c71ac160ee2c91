"""A field of probabilities and a camera in, its brightest value along each pixel's ray out, in colour."""

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
    values: Float[Tensor, "x y z"], grid: VoxelGrid, cam_from_grid: Rigid, camera: Camera
) -> Float[Tensor, "h w"]:
    """The largest value along the ray of each pixel; 0 where it misses the grid or lies behind the camera."""
    directions = rays(camera, pixel_centers(camera.size_px))
    grid_from_cam = transforms.inverse(cam_from_grid)
    low, size = torch.tensor(grid.origin_m), torch.tensor(grid.shape) * grid.voxel_m
    middle = transforms.apply(cam_from_grid, (low + size / 2)[None])[0]
    reach = float(size.norm()) / 2
    best = torch.zeros(directions.shape[:2])
    near = max(0.05, float(middle[2]) - reach)
    for depth in torch.linspace(near, max(near, float(middle[2]) + reach), STEPS):
        points = transforms.apply(grid_from_cam, (directions * depth).reshape(-1, 3))
        best = torch.maximum(best, grids.sample(values[None], grid, points)[..., 0].reshape(best.shape))
    return best.clamp(0, 1)


def tint(backdrop: Float[Tensor, "h w 3"], strength: Float[Tensor, "h w"]) -> Float[Tensor, "h w 3"]:
    """Lay probabilities over a picture: yellow is little, red is certain, nothing is clear."""
    heat = _FAINT + (_STRONG - _FAINT) * strength[..., None]
    alpha = (strength[..., None] / 0.25).clamp(0, 1) * 0.85
    return backdrop * (1 - alpha) + heat * alpha
