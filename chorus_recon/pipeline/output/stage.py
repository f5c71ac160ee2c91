"""Draw solids on a ground grid, from the side and from above.

Both views look from far away with the same magnification, so that lengths compare.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.geometry.camera import pixel_centers, rays
from chorus_recon.pipeline.output.shading import Solid, moved, over, shade
from chorus_recon.types import Camera, Rigid

UP = torch.tensor([0.0, -1.0, 0.0])  # of a level camera
SIDE_RAISE_RAD = math.radians(6.0)
ABOVE_RAISE_RAD = math.radians(38.0)
GRID_M = 0.5
_ALONG_PHOTO = 0.8  # cosine to the line of sight from which a side view repeats the photo
_FAR_M = 14.0  # nearly orthographic
_MARGIN = 0.07  # of a panel, left free around the solids
_SHADOW_PX = 160
_SHADOW_M = 0.22  # a surface this high above the ground casts 1/e of the shadow


@dataclass(frozen=True, slots=True)
class _Ground:
    """The floor under everything: its height along UP, the grid's axes, and a soft shadow map."""

    height_m: float
    center: Float[Tensor, " 3"]
    axes: Float[Tensor, "2 3"]
    radius_m: float
    shadow: Float[Tensor, "s s"]
    shadow_half_m: float


def leftward(left_cam: Float[Tensor, " 3"]) -> Float[Tensor, " 3"]:
    """The horizontal direction towards the person's left; the camera's right where they lie down."""
    flat = left_cam - (left_cam @ UP) * UP
    return torch.nn.functional.normalize(flat, dim=0) if flat.norm() > 0.3 else torch.tensor([1.0, 0.0, 0.0])


def sideways(left_cam: Float[Tensor, " 3"]) -> Float[Tensor, " 3"]:
    """Where the side view is seen from: the person's left; before them if that is as the photo sees them.

    A view along the photo's line of sight would not show how far away things are.
    """
    left = leftward(left_cam)
    return torch.linalg.cross(left, UP) if abs(float(left[2])) > _ALONG_PHOTO else left


def side_and_above(
    solids: Sequence[Solid],
    left_cam: Float[Tensor, " 3"],
    renderer: Renderer,
    size_px: tuple[int, int],
    floor_m: float,
) -> tuple[Float[Tensor, "h w 3"], Float[Tensor, "h w 3"]]:
    """The view from the side (`sideways`), and one from before and above the person (their front left).

    Args:
        solids: meshes in cam, turned level (y straight down).
        left_cam: the direction of the person's left, in the same frame.
        renderer: what answers visibility.
        size_px: (width, height) of each picture.
        floor_m: where the floor is along UP.
    """
    left = leftward(left_cam)
    forward = torch.linalg.cross(left, UP)
    points = torch.cat([s.vertices for s in solids])
    center = (points.amin(0) + points.amax(0)) / 2
    corner = torch.nn.functional.normalize(forward + 0.7 * left, dim=0)
    views = [_look(sideways(left_cam), SIDE_RAISE_RAD, center), _look(corner, ABOVE_RAISE_RAD, center)]
    magnification = min(_magnification(points, view, size_px) for view in views)
    ground = _ground(solids, center, torch.stack([left, forward]), renderer, floor_m)
    first, second = (_picture(solids, v, magnification, ground, renderer, size_px) for v in views)
    return first, second


def _look(towards_viewer: Float[Tensor, " 3"], raise_rad: float, center: Float[Tensor, " 3"]) -> Rigid:
    """view_from_cam of a viewer in a horizontal direction from the centre, raised by an angle."""
    z = -(math.cos(raise_rad) * towards_viewer + math.sin(raise_rad) * UP)
    x = torch.nn.functional.normalize(torch.linalg.cross(-UP, z), dim=0)
    rotation = torch.stack([x, torch.linalg.cross(z, x), z])
    return Rigid(rotation, torch.tensor([0.0, 0.0, _FAR_M]) - rotation @ center)


def _magnification(points: Float[Tensor, "n 3"], view: Rigid, size_px: tuple[int, int]) -> float:
    """Pixels a metre at which the points fill the picture."""
    seen = points @ view.rotation.mT + view.translation_m
    extent = (seen.amax(0) - seen.amin(0))[:2].clamp_min(0.1)
    return float((torch.tensor(size_px) * (1 - 2 * _MARGIN) / extent).min())


def _picture(
    solids: Sequence[Solid],
    view: Rigid,
    magnification: float,
    ground: _Ground,
    renderer: Renderer,
    size_px: tuple[int, int],
) -> Float[Tensor, "h w 3"]:
    shapes = [moved(s, view.rotation, view.translation_m) for s in solids]
    points = torch.cat([s.vertices for s in shapes])
    middle = (points.amin(0) + points.amax(0))[:2] / 2
    focal = magnification * _FAR_M
    center = torch.tensor(size_px) / 2 - middle * magnification
    camera = Camera(torch.tensor([focal, focal]), center, size_px)
    floor = _floor(ground, view, camera, magnification)
    return over(floor, shade(shapes, camera, renderer, view.rotation @ UP))


def _ground(
    solids: Sequence[Solid],
    center: Float[Tensor, " 3"],
    axes: Float[Tensor, "2 3"],
    renderer: Renderer,
    height: float,
) -> _Ground:
    """The floor at a height along UP; the shadow is what a viewer under it would see near."""
    points = torch.cat([s.vertices for s in solids])
    radius = float((points - center - ((points - center) @ UP)[:, None] * UP).norm(dim=-1).max())
    half = radius + 0.3
    under = torch.stack([axes[0], axes[1], UP])  # right-handed or not does not matter: nothing is shaded
    local = (points - center) @ under.mT
    local[:, 2] += float(center @ UP) - height + _FAR_M
    counts = [0]
    for item in solids:
        counts.append(counts[-1] + len(item.vertices))
    faces = torch.cat([s.faces + n for s, n in zip(solids, counts, strict=False)])
    focal = torch.full((2,), _SHADOW_PX / (2 * half) * _FAR_M)
    camera = Camera(focal, torch.full((2,), _SHADOW_PX / 2), (_SHADOW_PX, _SHADOW_PX))
    depth = renderer.render(local, faces, camera).depth - _FAR_M
    shadow = torch.exp(-depth.clamp_min(0) / _SHADOW_M)[None, None]
    width = max(3, 2 * round(0.035 / (2 * half) * _SHADOW_PX) + 1)
    for _ in range(3):
        shadow = torch.nn.functional.avg_pool2d(shadow, width, 1, width // 2)
    return _Ground(height, center, axes, radius, shadow[0, 0], half)


def _floor(ground: _Ground, view: Rigid, camera: Camera, magnification: float) -> Float[Tensor, "h w 3"]:
    """White paper with a faint grid that fades outwards, and the shadow."""
    directions = rays(camera, pixel_centers(camera.size_px)) @ view.rotation  # in cam
    eye = -(view.rotation.mT @ view.translation_m)
    falling = directions @ UP
    t = (ground.height_m - float(eye @ UP)) / torch.where(falling < -1e-4, falling, -1e-4)
    at = eye + directions * t[..., None] - ground.center
    steepness = float(-(view.rotation[2] @ UP))
    place = torch.stack([(at * a).sum(-1) for a in ground.axes], -1)
    ink = torch.zeros(place.shape[:2])
    for k in range(2):
        along = abs(float(view.rotation[2] @ ground.axes[k]))
        pixel_m = (1 + along * (1 / max(steepness, 0.02) - 1)) / magnification
        offset = (torch.remainder(place[..., k] + GRID_M / 2, GRID_M) - GRID_M / 2).abs()
        strength = min(1.0, GRID_M / (6 * pixel_m))  # lines too dense to tell apart fade away
        ink = torch.maximum(ink, strength * (1.15 - offset / pixel_m).clamp(0, 1))
    reach = place.norm(dim=-1) / (1.25 * ground.radius_m + 0.45)
    fade = (1 - reach**2).clamp(0, 1)
    sampled = torch.nn.functional.grid_sample(
        ground.shadow[None, None], (place / ground.shadow_half_m)[None], align_corners=False
    )[0, 0]
    tone = 1.0 - 0.15 * ink * fade - 0.42 * sampled
    return tone[..., None].expand(*tone.shape, 3).clamp(0, 1)
