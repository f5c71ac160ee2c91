"""A hard silhouette that is differentiable by the motion of its edges."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.backends.protocols import Rendered, Renderer
from chorus_recon.geometry.camera import pixel_centers, project, rays
from chorus_recon.types import Camera


def swept_silhouette(
    renderer: Renderer,
    vertices: Float[Tensor, "v 3"],
    faces: Int[Tensor, "f 3"],
    camera: Camera,
    sigma_px: float = 1.0,
    solid: bool = False,
) -> Float[Tensor, "h w"]:
    """Blurred coverage of each pixel, with gradients to `vertices`.

    Apart from the blur, values are exact and gradients are exact to first order. This is Reynolds' transport
    theorem on the pixel grid, as in Li et al. 2018 (Differentiable Monte Carlo Ray Tracing through Edge
    Sampling): the boundary between a pixel that is hit and a neighbour that is not moves with the surface
    point that was hit, and half of the swept area is assigned to each of the two pixels.

    Args:
        renderer: casts the rays.
        vertices: in cam, metres.
        faces: triangles.
        camera: the view.
        sigma_px: standard deviation of the blur, the distance at which an edge has an effect.
        solid: whether the mesh is closed with outward faces. Faces that point away from the camera are then
            hidden by others, and are not rendered.
    """
    if solid:
        a, b, c = vertices.detach()[faces].unbind(1)
        faces = faces[(torch.linalg.cross(b - a, c - a) * a).sum(-1) < 0]
    # the gradient of index_select, unlike that of indexing, does not depend on the number of threads
    return coverage_of(
        renderer.render(vertices.detach(), faces, camera),
        lambda face: vertices.index_select(0, faces[face].flatten()).unflatten(0, (-1, 3)),
        camera,
        sigma_px,
    )


def coverage_of(
    seen: Rendered,
    corners_of: Callable[[Int[Tensor, " n"]], Float[Tensor, "n 3 3"]],
    camera: Camera,
    sigma_px: float = 1.0,
) -> Float[Tensor, "h w"]:
    """As `swept_silhouette`, for a mesh that is already rendered.

    Args:
        seen: the rendered mesh.
        corners_of: returns the corners of the given faces in cam, metres, with gradients.
        camera: the view.
        sigma_px: standard deviation of the blur.
    """
    hit = seen.face >= 0
    coverage = hit.float()
    height, width = hit.shape
    edges = [(axis, side) for axis in (0, 1) for side in (1, -1)]  # across, then down
    found = torch.stack([hit & ~_shifted(hit, axis, side) for axis, side in edges]).nonzero()
    if len(found):
        which, row, col = found.unbind(-1)
        axis, side = torch.tensor(edges)[which].unbind(-1)
        points = _surface(corners_of(seen.face[row, col]), camera, seen.depth[row, col], row, col)
        moved = project(camera, points)[0].gather(1, axis[:, None])[:, 0]
        swept = 0.5 * side.to(moved) * (moved - moved.detach())
        # `_shifted` repeats the border, so the neighbour is always inside the picture
        beside = (row + side * axis) * width + col + side * (1 - axis)
        cells = torch.cat([row * width + col, beside])
        coverage = coverage.flatten().index_add(0, cells, torch.cat([swept, swept])).view(height, width)
    return _blurred(coverage, sigma_px)


def _shifted(hit: Tensor, axis: int, side: int) -> Tensor:
    """The value of each pixel's neighbour; at the border the pixel's own value."""
    dim = 1 - axis
    ends = hit.narrow(dim, -1 if side > 0 else 0, 1)
    rest = hit.narrow(dim, 1 if side > 0 else 0, hit.shape[dim] - 1)
    return torch.cat([rest, ends] if side > 0 else [ends, rest], dim)


def _surface(
    corners: Float[Tensor, "n 3 3"],
    camera: Camera,
    depth: Float[Tensor, " n"],
    row: Int[Tensor, " n"],
    col: Int[Tensor, " n"],
) -> Float[Tensor, "n 3"]:
    """The points hit, as differentiable combinations of their triangles' corners with fixed weights."""
    with torch.no_grad():
        points = rays(camera, pixel_centers(camera.size_px)[row, col]).to(corners) * depth[:, None]
        a, b, c = corners.unbind(1)
        normal = torch.linalg.cross(b - a, c - a)
        square = normal.square().sum(-1).clamp_min(1e-20)
        second = (torch.linalg.cross(points - a, c - a) * normal).sum(-1) / square
        third = (torch.linalg.cross(b - a, points - a) * normal).sum(-1) / square
        mix = torch.stack([1 - second - third, second, third], -1).clamp(0, 1)
    return (corners * mix[..., None]).sum(1)


def _blurred(image: Float[Tensor, "h w"], sigma_px: float) -> Float[Tensor, "h w"]:
    """Gaussian blur as two matrix products; the border pixels are repeated outside the picture."""
    reach = max(1, round(3 * sigma_px))
    steps = torch.arange(-reach, reach + 1)
    kernel = torch.exp(-0.5 * (steps / sigma_px).square())
    down, across = (_banded(kernel / kernel.sum(), steps, size).to(image) for size in image.shape)
    return down @ image @ across.mT


def _banded(kernel: Float[Tensor, " k"], steps: Int[Tensor, " k"], size: int) -> Float[Tensor, "n n"]:
    """The matrix that convolves a row of `size` pixels with a kernel, with repeated ends."""
    taken = (torch.arange(size)[:, None] + steps).clamp(0, size - 1)
    return torch.zeros(size, size).scatter_add_(1, taken, kernel.expand(size, -1))
