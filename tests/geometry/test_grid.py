import pytest
import torch

from chorus_recon.geometry import grid as grids
from chorus_recon.types import VoxelGrid


@pytest.mark.parametrize("longest", [16, 48, 96, 100])
def test_a_finer_grid_covers_the_same_space(longest):
    coarse = VoxelGrid((-1.2, -0.9, -0.5), 0.05, (48, 40, 26))
    fine = grids.with_voxels(coarse, longest)
    assert max(fine.shape) == longest
    before, after = (torch.tensor(g.shape) * g.voxel_m for g in (coarse, fine))
    assert bool((after >= before - 1e-5).all())
    assert bool((after <= before + fine.voxel_m + 1e-5).all())  # rounded up by less than a voxel
    middles = [torch.tensor(g.origin_m) + torch.tensor(g.shape) * g.voxel_m / 2 for g in (coarse, fine)]
    torch.testing.assert_close(*middles)


def test_as_many_voxels_as_it_has_is_the_same_grid():
    same = grids.with_voxels(grids.PAPER_GRID, 48)
    assert same == grids.PAPER_GRID


def test_voxels_near_some_points_are_near_them_to_a_voxel():
    grid = grids.cube(2.0, 20)
    points = torch.tensor([[0.0, 0.3, 0.0], [0.7, 0.0, 0.1], [5.0, 0.0, 0.0]])
    gap = torch.cdist(grids.centers(grid).reshape(-1, 3), points).amin(1).reshape(grid.shape)
    found = grids.near(grid, points, 0.4)
    assert found[gap < 0.4 - 0.09].all()
    assert not found[gap > 0.4 + 0.09].any()
    assert not grids.near(grid, points[2:], 0.4).any()
