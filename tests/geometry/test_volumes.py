"""Grids sampled together, against each sampled alone."""

import pytest
import torch

from chorus_recon.geometry import grid as grids
from chorus_recon.geometry import transforms, volumes
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import Rigid, VoxelGrid

FIRST, OTHER = VoxelGrid((-0.5, -0.4, -0.3), 0.1, (9, 8, 6)), VoxelGrid((0.0, 0.0, 0.0), 0.25, (3, 4, 5))


@pytest.fixture(scope="module")
def three():
    """Values held in a part of each grid, up to its edge, and in none of the last."""
    generator = torch.Generator().manual_seed(0)
    out = []
    for grid in (FIRST, OTHER, OTHER):
        values = torch.rand(2, *grid.shape, generator=generator)
        values[:, :1] = values[:, :, -1:] = 0.0
        turn = convert.from_vector(torch.randn(3, generator=generator))
        out.append((values, grid, Rigid(turn, torch.randn(3, generator=generator))))
    out[2] = (torch.zeros_like(out[2][0]), *out[2][1:])
    return out


@pytest.fixture(scope="module")
def points(three):
    """[4 60 3] inside, at the rim of and outside the grids 1, 0, 2, 1."""
    generator = torch.Generator().manual_seed(1)
    inside = []
    for number in (1, 0, 2, 1):
        _, grid, frame = three[number]
        share = 1.6 * torch.rand(60, 3, generator=generator) - 0.3
        local = torch.tensor(grid.origin_m) + share * torch.tensor(grid.shape) * grid.voxel_m
        inside.append(transforms.apply(frame, local))
    return torch.stack(inside)


WHICH = torch.tensor([1, 0, 2, 1])


def alone(three, points):
    rows = []
    for number, some in zip(WHICH.tolist(), points, strict=True):
        values, grid, frame = three[number]
        rows.append(grids.sample(values, grid, transforms.apply_inverse(frame, some)))
    return torch.stack(rows)


def test_grids_sampled_together_are_as_each_sampled_alone(three, points):
    together = volumes.stack(three)
    expected = alone(three, points)
    assert expected[0].max() > 0.5
    assert (expected[0] == 0).any()
    assert torch.allclose(together.sample(WHICH, points), expected[..., 0], atol=1e-5)
    assert torch.allclose(together.mean(WHICH, points), expected.mean(1), atol=1e-5)


def test_the_gradient_is_that_of_each_sampled_alone(three, points):
    free, other = points.clone().requires_grad_(), points.clone().requires_grad_()
    weight = torch.linspace(-1, 1, 60)
    (volumes.stack(three).sample(WHICH, free) * weight).sum().backward()
    (alone(three, other)[..., 0] * weight).sum().backward()
    assert other.grad.abs().max() > 0.5
    assert torch.allclose(free.grad, other.grad, atol=1e-4)
