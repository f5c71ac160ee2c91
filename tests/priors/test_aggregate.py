import math

import pytest
import roma
import torch

from chorus_recon.geometry import grid as voxels
from chorus_recon.geometry.camera import pixel_centers, rays
from chorus_recon.priors import aggregate
from chorus_recon.types import Camera

GRID = voxels.cube(1.0, 20)
CENTER = torch.tensor([0.15, 0.1, 0.1])
RADIUS = 0.2
CAMERA = Camera(torch.tensor([180.0, 180.0]), torch.tensor([64.0, 48.0]), (128, 96))


def view(azimuth: float, distance: float = 3.0) -> torch.Tensor:
    """cam_from_canon [1 4 4] of a camera at this azimuth that looks at the pelvis."""
    center = distance * torch.tensor([math.cos(azimuth), 0.0, math.sin(azimuth)])
    forward = -center / distance
    down = torch.tensor([0.0, -1.0, 0.0])
    rotation = torch.stack([torch.linalg.cross(down, forward), down, forward])
    out = torch.eye(4)[None].clone()
    out[0, :3, :3] = rotation
    out[0, :3, 3] = -rotation @ center
    return out


def photograph(azimuth: float, wall_m: float = math.inf) -> aggregate.Observation:
    """A sphere seen from an azimuth; the "person" is a wall at this depth."""
    place = view(azimuth)
    center = place[0, :3, :3] @ CENTER + place[0, :3, 3]
    directions = torch.nn.functional.normalize(rays(CAMERA, pixel_centers(CAMERA.size_px)), dim=-1)
    along = directions @ center
    hit = (center.square().sum() - along.square()) < RADIUS**2
    depth = torch.full(hit.shape, wall_m)
    visible = hit & (along * directions[..., 2] < depth)
    return aggregate.Observation(CAMERA, place, visible, depth)


@pytest.fixture(scope="module")
def weights():
    return torch.ones(*GRID.shape, 1)


def test_azimuth_runs_from_the_persons_left_over_the_front():
    for degrees in (0, 90, 180, 270, 359):
        seen = math.degrees(aggregate.azimuth_rad(view(math.radians(degrees))))
        assert seen == pytest.approx(degrees, abs=1e-3) or seen == pytest.approx(degrees + 360, abs=1e-3)


def test_a_sphere_is_recovered_from_twelve_azimuths(weights):
    total = aggregate.tally((photograph(math.radians(30 * k + 15)) for k in range(12)), GRID, weights)
    occupancy, support = aggregate.finish(total)
    assert total.count.tolist() == [1] * 12
    assert support.min() == 1.0
    away = (voxels.centers(GRID) - CENTER).norm(dim=-1)
    assert occupancy[away < RADIUS - 0.03].min() == 1.0
    level = away[:, 11:13]  # around the sphere's own height, where a ring of cameras carves it free
    assert occupancy[:, 11:13][level > RADIUS + 0.06].max() < 1.0
    assert occupancy[away > 0.45].max() < 0.5


def test_shards_add_up(weights):
    shots = [photograph(0.5 * k) for k in range(10)]
    whole = aggregate.tally(shots, GRID, weights)
    parts = aggregate.tally(shots[:3], GRID, weights) + aggregate.tally(shots[3:], GRID, weights)
    assert torch.equal(whole.hits, parts.hits)
    assert torch.equal(whole.views, parts.views)
    assert torch.equal(whole.count, parts.count)


def test_every_azimuth_counts_the_same_however_often_it_was_seen(weights):
    one, other = photograph(0.1), photograph(2.0)
    once = aggregate.finish(aggregate.tally([one, other], GRID, weights))
    often = aggregate.finish(aggregate.tally([one] * 5 + [other], GRID, weights))
    assert torch.allclose(once[0], often[0], atol=1e-6)
    assert torch.allclose(once[1], often[1], atol=1e-6)


def test_what_the_person_hides_is_not_seen(weights):
    total = aggregate.tally([photograph(0.1, wall_m=2.9)], GRID, weights)
    place = view(0.1)[0]
    depth = (voxels.centers(GRID) @ place[:3, :3].T + place[:3, 3])[..., 2]
    assert total.views.sum(0)[depth > 3.0].max() == 0.0
    assert total.views.sum(0)[depth < 2.85].min() == 1.0


def test_voxels_behind_the_camera_are_not_seen(weights):
    shot = photograph(0.0)
    close = view(0.0, distance=0.3)
    total = aggregate.tally(
        [aggregate.Observation(CAMERA, close, torch.ones_like(shot.object), shot.body_depth)], GRID, weights
    )
    depth = (voxels.centers(GRID) @ close[0, :3, :3].T + close[0, :3, 3])[..., 2]
    assert total.hits.sum(0)[depth <= 0].max() == 0.0
    assert total.hits.sum() > 0


def test_turning_person_and_camera_together_changes_only_the_frame(weights):
    shot = photograph(0.7)
    moved = shot.cam_from_canon.clone()
    turn = roma.rotvec_to_rotmat(torch.tensor([0.0, math.pi / 2, 0.0]))
    moved[0, :3, :3] = moved[0, :3, :3] @ turn
    turned = aggregate.tally(
        [aggregate.Observation(CAMERA, moved, shot.object, shot.body_depth)], GRID, weights
    )
    plain = aggregate.tally([shot], GRID, weights)
    # x_old = turn @ x_new: the new grid is the old one with x' = -z, z' = x
    back = turned.hits.sum(0).transpose(0, 2).flip(2)
    assert (back != plain.hits.sum(0)).float().mean() < 2e-3


def test_nothing_seen_is_zero_not_nan(weights):
    occupancy, support = aggregate.finish(aggregate.empty(GRID))
    assert occupancy.max() == 0.0
    assert support.max() == 0.0
