import itertools
import math

import pytest
import torch
from scipy.ndimage import gaussian_filter

from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry import warp
from chorus_recon.geometry.rotations import convert
from chorus_recon.types import VoxelGrid
from tests import parity


@pytest.fixture
def stick():
    """A vertical stick of two parts: joint 1 holds the lower half, joint 2 the upper."""
    height = torch.linspace(-0.5, 0.5, 41)
    vertices = torch.stack([torch.zeros(41), height, torch.zeros(41)], -1)
    skin = torch.zeros(41, 3)
    skin[:, 1] = (height < 0).float()
    skin[:, 2] = (height >= 0).float()
    return vertices, skin


@pytest.fixture
def field(stick):
    return warp.weight_field(*stick, voxels.cube(2.4, 24))


def bend(angle: float) -> torch.Tensor:
    """Root and lower part stay, the upper part turns about z at the origin and is lifted."""
    posed = torch.eye(4).repeat(3, 1, 1)
    posed[2, :3, :3] = convert.from_vector(torch.tensor([0.0, 0.0, angle]))
    posed[2, :3, 3] = torch.tensor([0.02, 0.05, 0.0])
    return posed


def test_weights_are_a_partition_of_unity(field):
    assert torch.allclose(field.sum(-1), torch.ones(field.shape[:3]), atol=1e-5)
    assert field.min() >= 0.0


def test_far_voxels_follow_the_root_and_near_ones_their_part(field):
    assert field[0, 0, 0].tolist() == [1.0, 0.0, 0.0]
    assert field[12, 8, 12].argmax() == 1
    assert field[12, 15, 12].argmax() == 2


def test_identity_share_at_the_samples_of_the_method():
    distance = torch.tensor([0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 2.0])
    expected = torch.tensor([0.0, 0.031, 0.061, 0.120, 0.179, 0.307, 0.492, 1.0, 1.0])
    assert torch.allclose(warp.identity_share(distance), expected, atol=6e-4)


def test_identity_transforms_leave_points_alone(field):
    points = voxels.centers(voxels.cube(2.4, 24))
    still = torch.eye(4).repeat(3, 1, 1)
    assert torch.allclose(warp.forward(points, field, still), points, atol=1e-6)


def test_forward_is_equivariant_under_a_rigid_move(field):
    points = voxels.centers(voxels.cube(2.4, 24))
    move = torch.eye(4)
    move[:3, :3] = convert.from_vector(torch.tensor([0.3, -1.0, 0.4]))
    move[:3, 3] = torch.tensor([0.5, -0.2, 3.0])
    moved = warp.forward(points, field, move @ bend(0.5))
    expected = warp.forward(points, field, bend(0.5)) @ move[:3, :3].T + move[:3, 3]
    assert torch.allclose(moved, expected, atol=1e-5)


def test_weights_follow_a_body_that_turns_by_a_right_angle(stick, field):
    vertices, skin = stick
    turned = torch.stack([vertices[:, 1], -vertices[:, 0], vertices[:, 2]], -1)
    other = warp.weight_field(turned, skin, voxels.cube(2.4, 24))
    assert torch.allclose(other.transpose(0, 1).flip(0), field, atol=2e-3)


def ball(grid, center, radius=0.3):
    return ((voxels.centers(grid) - torch.tensor(center)).norm(dim=-1) < radius).float()


def test_carry_keeps_values_in_place_without_motion(field):
    grid = voxels.cube(2.4, 24)
    values = ball(grid, (0.1, 0.4, 0.0))
    there = warp.carry(values[None], grid, field, torch.eye(4).repeat(3, 1, 1))[0]
    assert there.max() <= 1.0 + 1e-6
    assert torch.equal(there[values > 0] > 0.3, torch.ones(int(values.sum()), dtype=torch.bool))
    assert there.sum() == pytest.approx(float(values.sum()), rel=1e-3)


def test_carry_moves_with_a_rigid_motion_of_whole_voxels(field):
    grid = voxels.cube(2.4, 24)
    values = ball(grid, (0.0, 0.3, 0.0))
    shift = torch.eye(4)
    shift[0, 3] = 3 * grid.voxel_m
    still = warp.carry(values[None], grid, field, torch.eye(4).repeat(3, 1, 1))[0]
    moved = warp.carry(values[None], grid, field, shift.repeat(3, 1, 1))[0]
    assert torch.allclose(moved[6:], still[3:-3], atol=1e-4)


def test_carry_lands_where_forward_says_and_leaves_no_ghost(field):
    grid = voxels.cube(2.4, 24)
    values = ball(grid, (0.0, 0.4, 0.25), 0.2)
    posed = bend(1.5)
    there = warp.carry(values[None], grid, field, posed)[0]
    points = voxels.centers(grid)
    expected = warp.forward(points, field, posed)[values > 0].mean(0)
    center = (points * there[..., None]).sum((0, 1, 2)) / there.sum()
    assert (center - expected).norm() < 0.05
    assert there[values > 0].mean() < 0.35


def carried_voxel_by_voxel(values, grid, weights, posed):
    """What `carry` says, with each corner of each moved voxel added up in turn."""
    points = warp.forward(voxels.centers(grid), weights, posed).reshape(-1, 3)
    unit = (points - torch.tensor(grid.origin_m)) / grid.voxel_m - 0.5
    sums = torch.zeros(len(values) + 1, *grid.shape)
    source = torch.cat([values.flatten(1), torch.ones(1, len(points))])
    for corner in itertools.product((0, 1), repeat=3):
        cell = unit.floor().long() + torch.tensor(corner)
        share = (1 - (unit - cell).abs()).prod(-1)
        for number in range(len(points)):
            x, y, z = cell[number].tolist()
            if all(0 <= at < size for at, size in zip((x, y, z), grid.shape, strict=True)):
                sums[:, x, y, z] += source[:, number] * share[number]
    smooth = torch.stack([torch.from_numpy(gaussian_filter(one.numpy(), 0.7)) for one in sums])
    return smooth[:-1] / smooth[-1].clamp_min(0.4)


def test_carry_is_the_sum_over_voxels(stick):
    grid = VoxelGrid((-0.5, -0.8, -0.4), 0.16, (7, 10, 5))
    weights = warp.weight_field(*stick, grid)
    values = torch.rand(9, *grid.shape, generator=torch.Generator().manual_seed(0))  # more than one group
    values[:, :3] = 0.0
    posed = bend(1.5)
    expected = carried_voxel_by_voxel(values, grid, weights, posed)
    assert expected.max() > 0.3
    assert torch.allclose(warp.carry(values, grid, weights, posed), expected, atol=1e-6)


def test_warp_has_gradients_in_the_points():
    torch.manual_seed(0)
    weights = torch.rand(5, 3).double().softmax(-1)
    points = torch.rand(5, 3).double().requires_grad_()
    posed = bend(0.7).double()
    assert torch.autograd.gradcheck(lambda p: warp.forward(p, weights, posed), points)


def test_star_pose_spreads_the_legs():
    names = ("pelvis", "left_hip", "right_hip")
    pose = warp.star_pose(names)
    down = torch.tensor([0.0, -1.0, 0.0])
    assert torch.allclose(pose[1] @ down, torch.tensor([0.5, -math.sqrt(0.75), 0.0]), atol=1e-6)
    assert torch.allclose(pose[2] @ down, torch.tensor([-0.5, -math.sqrt(0.75), 0.0]), atol=1e-6)
    assert torch.equal(pose[0], torch.eye(3))


# The published release's own numbers, where the fixture is at hand -------------------------------


@pytest.fixture(scope="module")
def release():
    return parity.arrays("body", "star", "obs", "eval", "grid", "fwd", "weight_field", "carry")


@parity.needed
def test_parity_weight_field(release):
    field = warp.weight_field(
        torch.tensor(release["star_verts"]).float(),
        torch.tensor(release["body_weights"]).float(),
        voxels.PAPER_GRID,
    )
    difference = (field - torch.tensor(release["weight_field"])).abs().amax(-1)
    assert difference.max() < 5e-4
    assert (difference > 1e-5).sum() < 600  # ties of the 30th neighbour


@parity.needed
def test_parity_forward(release):
    points = voxels.centers(voxels.PAPER_GRID).reshape(-1, 3)
    weights = torch.tensor(release["weight_field"]).reshape(len(points), -1)
    for number, expected in enumerate(release["fwd_posed_points"]):
        posed = parity.posed_from_canon(release, release["obs_pose_aa"][number])
        assert (warp.forward(points, weights, posed) - torch.tensor(expected)).abs().max() < 3e-4
