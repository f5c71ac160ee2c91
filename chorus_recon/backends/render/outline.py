"""A hard silhouette that is differentiable by the motion of its edges."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from chorus_recon.backends.protocols import Renderer
from chorus_recon.geometry.camera import pixel_centers, project, rays
from chorus_recon.types import Camera


def swept_silhouette(
    renderer: Renderer,
    vertices: Float[Tensor, "v 3"],
    faces: Int[Tensor, "f 3"],
    camera: Camera,
    sigma_px: float = 1.0,
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
    """
    seen = renderer.render(vertices.detach(), faces, camera)
    hit = seen.face >= 0
    coverage = hit.to(vertices)
    height, width = hit.shape
    edges = [(axis, side) for axis in (0, 1) for side in (1, -1)]  # across, then down
    found = torch.stack([hit & ~_shifted(hit, axis, side) for axis, side in edges]).nonzero()
    if len(found):
        which, row, col = found.unbind(-1)
        axis, side = torch.tensor(edges)[which].unbind(-1)
        points = _surface(vertices, faces, camera, seen.depth[row, col], seen.face[row, col], row, col)
        moved = project(camera, points)[0].gather(1, axis.to(vertices.device)[:, None])[:, 0]
        swept = 0.5 * side.to(moved) * (moved - moved.detach())
        # the neighbour is in the picture: beyond it every pixel is as the last one inside
        beside = (row + side * axis) * width + col + side * (1 - axis)
        cells = torch.cat([row * width + col, beside]).to(vertices.device)
        coverage = coverage.flatten().index_add(0, cells, torch.cat([swept, swept])).view(height, width)
    return _blurred(coverage, sigma_px)


def _shifted(hit: Tensor, axis: int, side: int) -> Tensor:
    """The value of each pixel's neighbour; at the border the pixel's own value."""
    dim = 1 - axis
    ends = hit.narrow(dim, -1 if side > 0 else 0, 1)
    rest = hit.narrow(dim, 1 if side > 0 else 0, hit.shape[dim] - 1)
    return torch.cat([rest, ends] if side > 0 else [ends, rest], dim)


def _surface(
    vertices: Float[Tensor, "v 3"],
    faces: Int[Tensor, "f 3"],
    camera: Camera,
    depth: Float[Tensor, " n"],
    face: Int[Tensor, " n"],
    row: Int[Tensor, " n"],
    col: Int[Tensor, " n"],
) -> Float[Tensor, "n 3"]:
    """The points hit, as differentiable combinations of their triangles' corners with fixed weights."""
    # the gradient of index_select, unlike that of indexing, does not depend on the number of threads
    corners = vertices.index_select(0, faces[face].flatten()).unflatten(0, (-1, 3))
    with torch.no_grad():
        points = rays(camera, pixel_centers(camera.size_px)[row, col]).to(vertices) * depth[:, None]
        a, b, c = corners.unbind(1)
        normal = torch.linalg.cross(b - a, c - a)
        square = normal.square().sum(-1).clamp_min(1e-20)
        second = (torch.linalg.cross(points - a, c - a) * normal).sum(-1) / square
        third = (torch.linalg.cross(b - a, points - a) * normal).sum(-1) / square
        mix = torch.stack([1 - second - third, second, third], -1).clamp(0, 1)
    return (corners * mix[..., None]).sum(1)


def _blurred(image: Float[Tensor, "h w"], sigma_px: float) -> Float[Tensor, "h w"]:
    """Convolved with a Gaussian, the outermost pixels repeated beyond the picture."""
    reach = max(1, round(3 * sigma_px))
    steps = torch.arange(-reach, reach + 1)
    kernel = torch.exp(-0.5 * (steps / sigma_px).square())
    down, across = (_banded(kernel / kernel.sum(), steps, size).to(image) for size in image.shape)
    return down @ image @ across.mT


def _banded(kernel: Float[Tensor, " k"], steps: Int[Tensor, " k"], size: int) -> Float[Tensor, "n n"]:
    """The matrix that convolves a line of pixels, its ends repeated."""
    taken = (torch.arange(size)[:, None] + steps).clamp(0, size - 1)
    return torch.zeros(size, size).scatter_add_(1, taken, kernel.expand(size, -1))
