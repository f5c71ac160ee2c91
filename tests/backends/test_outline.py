"""The swept silhouette against its definition, pixel by pixel."""

import numpy as np
import pytest
import torch
from scipy.ndimage import convolve1d

from chorus_recon.backends.render.embree import EmbreeRenderer
from chorus_recon.backends.render.outline import swept_silhouette
from chorus_recon.geometry.camera import default_camera
from chorus_recon.geometry.rotations import convert
from tests.capsules import box, sphere

CAMERA = default_camera((14, 11))
FACES = torch.tensor([[0, 1, 2], [0, 2, 3]])


def swept_by_pixel(vertices, sigma_px):
    """Each edge between a hit and a missed pixel moves with the surface that was hit."""
    seen = EmbreeRenderer().render(vertices.detach(), FACES, CAMERA)
    hit = (seen.face >= 0).numpy()
    height, width = hit.shape
    grid = [[torch.tensor(float(hit[row, col])) for col in range(width)] for row in range(height)]
    for row, col in zip(*np.nonzero(hit), strict=True):
        for down, right in ((0, 1), (0, -1), (1, 0), (-1, 0)):
            y, x = row + down, col + right
            if not (0 <= y < height and 0 <= x < width) or hit[y, x]:
                continue
            corners = vertices[FACES[seen.face[row, col]]]
            pixels = CAMERA.focal_px * corners[:, :2] / corners[:, 2:] + CAMERA.center_px
            spot = torch.tensor([float(col) + 0.5, float(row) + 0.5])
            system = torch.cat([pixels.detach().T, torch.ones(1, 3)])
            mix = torch.linalg.solve(system, torch.cat([spot, torch.ones(1)]))
            point = (mix[:, None] * corners).sum(0)  # all corners are at one depth
            moved = (CAMERA.focal_px * point[:2] / point[2])[0 if right else 1] * (right + down) / 2
            for r, c in ((row, col), (y, x)):
                grid[r][c] = grid[r][c] + moved - moved.detach()
    sharp = torch.stack([torch.stack(line) for line in grid])
    reach = max(1, round(3 * sigma_px))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma_px) ** 2)
    blur = [
        torch.from_numpy(convolve1d(np.eye(n), kernel / kernel.sum(), axis=0, mode="nearest")).float()
        for n in sharp.shape
    ]
    return blur[0] @ sharp @ blur[1].T


@pytest.mark.parametrize("sigma_px", [0.3, 1.2])
def test_an_outline_is_as_each_of_its_edges_says(sigma_px):
    # a quadrilateral at one depth that leaves the picture on the left
    corners = torch.tensor([[-1.2, -0.3, 2.0], [0.3, -0.5, 2.0], [0.5, 0.35, 2.0], [-1.2, 0.2, 2.0]])
    one, other = corners.clone().requires_grad_(), corners.clone().requires_grad_()
    image = swept_silhouette(EmbreeRenderer(), one, FACES, CAMERA, sigma_px)
    expected = swept_by_pixel(other, sigma_px)
    assert 0.2 < expected.mean() < 0.8
    assert torch.allclose(image, expected, atol=1e-6)
    weight = torch.rand(11, 14, generator=torch.Generator().manual_seed(0))
    (image * weight).sum().backward()
    (expected * weight).sum().backward()
    assert other.grad.abs().max() > 0.5
    assert torch.allclose(one.grad, other.grad, atol=2e-3)


def test_faces_turned_away_make_no_difference_to_a_solid():
    (ball, round_faces), (brick, flat_faces) = sphere(0.5), box((1.4, 0.3, 0.2))
    faces = torch.cat([round_faces, flat_faces + len(ball)])
    turn = convert.from_vector(torch.tensor([0.4, 0.9, -0.3]))
    corners = torch.cat([ball, brick]) @ turn.T + torch.tensor([0.1, 0.0, 2.5])
    view = default_camera((120, 90))
    images, slopes = [], []
    for solid in (False, True):
        free = corners.clone().requires_grad_()
        image = swept_silhouette(EmbreeRenderer(), free, faces, view, 1.0, solid=solid)
        image[:, :60].sum().backward()
        images.append(image.detach())
        slopes.append(free.grad)
    assert 0.05 < images[0].mean() < 0.6
    assert torch.equal(*images)
    assert torch.allclose(*slopes, atol=1e-4)
