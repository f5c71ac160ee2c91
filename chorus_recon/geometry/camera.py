"""The pinhole camera. All projection of points and all construction of rays happens here."""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from chorus_recon.types import Camera, Rigid

NEAR_M = 0.05  # points nearer than this (or behind) are not valid


def project(
    camera: Camera, points_cam: Float[Tensor, "*b 3"]
) -> tuple[Float[Tensor, "*b 2"], Bool[Tensor, "*b"]]:
    """Pixel coordinates [... 2] and a mask that is False for points not in front of the camera."""
    z = points_cam[..., 2]
    valid = z > NEAR_M
    safe = z.clamp_min(NEAR_M)
    pixels = camera.focal_px * points_cam[..., :2] / safe[..., None] + camera.center_px
    return pixels, valid


def project_with_jacobian(
    camera: Camera, points_cam: Float[Tensor, "*b 3"]
) -> tuple[Float[Tensor, "*b 2"], Float[Tensor, "*b 2 3"]]:
    """Pixel coordinates and their derivative by the point; depths are clamped to at least `NEAR_M`."""
    z = points_cam[..., 2:].clamp_min(NEAR_M)
    focal = camera.focal_px.to(points_cam)
    slope = points_cam[..., :2] / z
    by_xy = torch.diag_embed((focal / z).expand_as(slope))
    by_z = (-focal * slope / z)[..., None]
    return focal * slope + camera.center_px.to(points_cam), torch.cat([by_xy, by_z], -1)


def rays(camera: Camera, pixels: Float[Tensor, "*b 2"]) -> Float[Tensor, "*b 3"]:
    """Directions with z = 1 through pixel coordinates, so that t is depth."""
    xy = (pixels - camera.center_px) / camera.focal_px
    return torch.cat([xy, torch.ones_like(xy[..., :1])], -1)


def pixel_centers(size_px: tuple[int, int]) -> Float[Tensor, "h w 2"]:
    """Coordinates of every pixel's centre."""
    width, height = size_px
    v, u = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    return torch.stack([u, v], -1)


def look(eye: Float[Tensor, " 3"], forward: Float[Tensor, " 3"]) -> Rigid:
    """cam_from_world of a level camera at a point of a y-up world.

    Args:
        eye: position of the camera in the world, metres.
        forward: unit viewing direction in the world; must not be vertical.
    """
    up = torch.tensor([0.0, 1.0, 0.0])
    right = torch.nn.functional.normalize(torch.linalg.cross(forward, up), dim=0)
    rotation = torch.stack([right, torch.linalg.cross(forward, right), forward])
    return Rigid(rotation, -rotation @ eye)


def scaled(camera: Camera, factor: float) -> Camera:
    """The camera of the same picture resized by `factor` (size rounded)."""
    width, height = camera.size_px
    return resized(camera, (max(1, round(width * factor)), max(1, round(height * factor))))


def resized(camera: Camera, size_px: tuple[int, int]) -> Camera:
    """The camera of the same picture resized to (width, height)."""
    width, height = camera.size_px
    per_axis = torch.tensor([size_px[0] / width, size_px[1] / height], dtype=camera.focal_px.dtype)
    return Camera(camera.focal_px * per_axis, camera.center_px * per_axis, size_px)


def default_camera(size_px: tuple[int, int], focal_px: float | None = None) -> Camera:
    """A camera centred on the picture; without a focal length, a 46 degree view along the long side."""
    width, height = size_px
    if focal_px is None:
        focal_px = max(width, height) / (2.0 * math.tan(math.radians(46.0) / 2.0))
    return Camera(
        torch.tensor([focal_px, focal_px], dtype=torch.float32),
        torch.tensor([width / 2, height / 2], dtype=torch.float32),
        (width, height),
    )
